"""What a session of the studio holds: the melody, what is asked for, the result and how it is played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import streamlit as st

from composer.errors import BadInput
from composer.music.melodies import sample_melodies
from composer.music.notation import parse_tune
from composer.music.recording import Recording, recorded_score
from composer.music.score import Score
from composer.projects.link import PARAMETER
from composer.projects.melody import Melody
from composer.projects.performance import first_programs
from composer.projects.request import Request
from composer.projects.results import Result, arrange
from composer.ui.engine import ModelChoice, algorithm_of, model_choices, model_of
from composer.ui.forms import form_values
from composer.ui.steps import add_step, begin_steps

FIRST_MELODY = "Evening Walk"
FIRST_SEED = 1
SLOWEST_BPM, FASTEST_BPM = 30, 240

MELODY, RESULT, PENDING = "studio.melody", "studio.result", "studio.pending"
SAMPLE, TYPED, TRACK, MODEL, SEED = "studio.sample", "studio.typed", "studio.track", "studio.model", "studio.seed"
VIEW, TEMPO = "studio.view", "studio.tempo"
FOLLOW = "follow"
"""The setting, where an algorithm has it, that says whether the person's melody is kept or one is made up."""
ADDRESS = "studio.address"
"""The result's id that the address was last seen to hold: another one there is the person's wish."""
MELODY_ERROR, RESULT_ERROR = "studio.melody_error", "studio.result_error"
NOTICE = "studio.notice"
"""A sentence on what a link asks for and this computer can't give in the same way; None for nothing to say."""
PLAYING = "studio.playing"
"""How the result that is asked for is to be played, where a link or a project says so."""
LINK, TASK = "studio.link", "studio.task"
"""The link that set a task, as it stands in the address, and the task."""


@dataclass(frozen=True)
class Playing:
    """How a result is played: a General MIDI program 0..127 a part, quarter notes a minute, and the take looked at."""

    programs: tuple[int, ...]
    bpm: int
    take: int = 0


@cache
def samples() -> dict[str, Melody]:
    """The shipped melodies by title."""
    return {title: Melody(score) for title, score in sample_melodies().items()}


def use_model(name: str) -> None:
    """Let the studio use the model in the folder called `name` (a shipped model or a run)."""
    st.session_state[MODEL] = name


def form_key(algorithm: str) -> str:
    """The key of the settings form of an algorithm."""
    return f"studio.{algorithm}"


def program_key(part: int) -> str:
    """The key of the instrument of part number `part` (from 0)."""
    return f"studio.program.{part}"


def home_key(score: Score) -> str:
    """The key of the choice of parts that go into the files: one for all music with these parts."""
    return f"studio.home.{'/'.join(track.name for track in score.tracks)}"


def shown_take(result: Result) -> int:
    """The number (from 0) of the take on the page; the first while all are compared."""
    view = st.session_state.get(VIEW, 0)
    return view if 0 <= view < len(result.takes) else 0


def current_playing(result: Result) -> Playing:
    """How the result on the page is played now."""
    programs = tuple(int(st.session_state[program_key(part)]) for part in range(len(result.about["parts"])))
    return Playing(programs, int(st.session_state[TEMPO]), shown_take(result))


def current_request(choice: ModelChoice) -> Request:
    """What a press of Generate asks for now; raises BadInput where the melody or a setting cannot be used."""
    settings = form_values(algorithm_of(choice).GenerateSettings, form_key(choice.algorithm))
    return Request(st.session_state[MELODY].alone, choice.id, settings.as_dict(), int(st.session_state[SEED]))


def ask() -> None:
    """Take down what is wished for now, by the chosen model, to be answered when the listening card is drawn."""
    choice = next((choice for choice in model_choices() if choice.name == st.session_state[MODEL]), None)
    if choice is None:
        st.session_state[RESULT_ERROR] = "This model is no longer there; please choose another."
        return
    ask_for(choice, current_request(choice), pressed=True)


def ask_for(choice: ModelChoice, request: Request, pressed: bool = False) -> None:
    """Take down a request to be answered by the chosen model when the listening card is drawn.

    `pressed` says that a person pressed Generate for it, and that no link did.
    """
    st.session_state[PENDING] = (choice, request, pressed)


def answer() -> Result | None:
    """Answer the request that was taken down, if there is one; where that fails the former result stays.

    The new result where a person pressed Generate for it, else None.
    """
    if PENDING not in st.session_state:
        return None
    choice, request, pressed = st.session_state.pop(PENDING)
    st.session_state[RESULT_ERROR] = None
    result = None
    try:
        result = make(choice, request)
        words = f"Generated, seed {request.seed}" if pressed else ""
        show(result, st.session_state.pop(PLAYING, None), words)
        st.session_state[NOTICE] = None
    except BadInput as error:
        st.session_state[RESULT_ERROR] = str(error)
    write_address()
    return result if pressed else None


def make(choice: ModelChoice, request: Request) -> Result:
    """What a model answers to a request, made or found again; raises BadInput where it can't."""
    settings = algorithm_of(choice).GenerateSettings.from_dict(request.settings)
    return arrange(request, lambda melody: model_of(choice).generate(melody, settings, request.seed), choice.about())


def choose_melody(melody: Melody) -> None:
    """Make `melody` the session's; raises BadInput, and changes nothing, where it can't be put on the grid."""
    sample = samples().get(melody.name)
    is_sample = sample is not None and sample.id == melody.id
    _ = melody.grid
    st.session_state[MELODY] = melody
    st.session_state[SAMPLE] = melody.name if is_sample else None
    st.session_state[TRACK] = melody.track


def forget_error() -> None:
    """Take the sentence about a melody that could not be used off the page."""
    st.session_state[MELODY_ERROR] = None


def take_sample() -> None:
    """Use the sample that was picked."""
    title = st.session_state[SAMPLE]
    if title is not None:
        _try_melody(lambda: samples()[title])


def take_typed() -> None:
    """Use the tune that was typed."""
    _try_melody(lambda: Melody.proposed(parse_tune(st.session_state[TYPED]), "My tune"))


def take_played(message: Mapping[str, Any]) -> None:
    """Use the take that the on-screen piano sent."""
    _try_melody(lambda: Melody.proposed(recorded_score(Recording.from_message(message)), "Played tune"))


def take_drawn(score: Score) -> None:
    """Use what was drawn on the roll."""
    _try_melody(lambda: Melody.proposed(score, "Drawn tune"))


def take_sung(melody: Callable[[], Melody]) -> None:
    """Use what was sung; `melody` may raise BadInput."""
    _try_melody(melody)


def take_upload(data: bytes, name: str) -> None:
    """Use the melody of a file's bytes; `name` is the file's."""
    from composer.music.reading import read_score

    _try_melody(lambda: Melody.proposed(read_score(data), name.rpartition(".")[0]))


def take_track() -> None:
    """Use the track that was picked as the melody."""
    melody: Melody = st.session_state[MELODY]
    _try_melody(lambda: replace(melody, track=st.session_state[TRACK]))


def _try_melody(make: Callable[[], Melody]) -> None:
    forget_error()
    try:
        choose_melody(make())
    except BadInput as error:
        st.session_state[MELODY_ERROR] = str(error)


def show(result: Result, playing: Playing | None = None, words: str = "") -> None:
    """Make `result` the one on the page, played as `playing` says; else instruments and tempo stay where they fit.

    `words` say what was done to get it, for undo; without them nothing that was there before can be brought back.
    """
    goes_on = words and st.session_state.get(RESULT) is not None
    add_step(result, words) if goes_on else begin_steps(result)  # first, for a rerun may cut in: see settle_steps
    put_on_page(result)
    st.session_state[VIEW] = 0
    if playing is not None:
        _play_as(result, playing)


def put_on_page(result: Result) -> None:
    """Make `result` the one on the page; a band or a tune that wasn't there before brings instruments and tempo."""
    before: Result | None = st.session_state.get(RESULT)
    st.session_state[RESULT] = result
    another_tune = before is None or Melody(before.request.melody).id != Melody(result.request.melody).id
    another_band = before is None or before.about["parts"] != result.about["parts"]
    if another_tune:
        _set_tempo(result.request.melody.tempos[0].bpm)
    for part, program in enumerate(first_programs(result)):
        if another_band or (another_tune and part == 0):
            st.session_state[program_key(part)] = program


def _play_as(result: Result, playing: Playing) -> None:
    _set_tempo(playing.bpm)
    st.session_state[VIEW] = playing.take if 0 <= playing.take < len(result.takes) else 0
    if len(playing.programs) == len(result.about["parts"]):
        for part, program in enumerate(playing.programs):
            st.session_state[program_key(part)] = program


def _set_tempo(bpm: float) -> None:
    st.session_state[TEMPO] = round(min(max(bpm, SLOWEST_BPM), FASTEST_BPM))


def write_address() -> None:
    """Put the result on the page, and the link of a task, into the address.

    A rerun may cut in here, so what was written is noted last.
    """
    link = st.session_state.get(LINK)
    if link and st.query_params.get(PARAMETER) != link:
        st.query_params[PARAMETER] = link
    result: Result | None = st.session_state.get(RESULT)
    if result is not None and st.query_params.get("result") != result.id:
        st.query_params["result"] = result.id
    st.session_state[ADDRESS] = result.id if result else None
