"""What a session of the studio holds, and how it is found again: by a result's id in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import streamlit as st

from composer.errors import BadInput
from composer.music.melodies import sample_melodies
from composer.music.notation import parse_tune
from composer.projects.melody import Melody
from composer.projects.performance import first_programs
from composer.projects.request import Request
from composer.projects.results import Result, arrange, find_result, ready_made
from composer.ui.engine import ModelChoice, algorithm_of, model_choices, model_of
from composer.ui.forms import fill_form, form_values

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


@cache
def samples() -> dict[str, Melody]:
    """The shipped melodies by title."""
    return {title: Melody(score) for title, score in sample_melodies().items()}


def begin() -> None:
    """Fill a new session: with the result in the address, else with the ready-made one, else with a melody alone.

    Where the session shows a result already, its id is put back into the address (switching pages takes it away).
    """
    address = st.query_params.get("result")
    if RESULT not in st.session_state or address not in (None, st.session_state.get(ADDRESS)):
        _open(address)
    _write_address()
    st.session_state.setdefault(MELODY, samples()[FIRST_MELODY])
    st.session_state.setdefault(SAMPLE, st.session_state[MELODY].name)
    st.session_state.setdefault(SEED, FIRST_SEED)
    if "model" in st.query_params:
        use_model(st.query_params.pop("model"))


def use_model(name: str) -> None:
    """Let the studio use the model in the folder called `name` (a shipped model or a run)."""
    st.session_state[MODEL] = name


def form_key(algorithm: str) -> str:
    """The key of the settings form of an algorithm."""
    return f"studio.{algorithm}"


def program_key(part: int) -> str:
    """The key of the instrument of part number `part` (from 0)."""
    return f"studio.program.{part}"


def home_key(result: Result) -> str:
    """The key of the choice of parts that go into the files: one for all results of a band with these parts."""
    return f"studio.home.{'/'.join(result.about['parts'])}"


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
    st.session_state[PENDING] = (choice, current_request(choice))


def answer() -> None:
    """Answer the request that was taken down, if there is one; where that fails the former result stays."""
    if PENDING not in st.session_state:
        return
    choice, request = st.session_state.pop(PENDING)
    settings = algorithm_of(choice).GenerateSettings.from_dict(request.settings)
    st.session_state[RESULT_ERROR] = None
    try:
        _show(
            arrange(request, lambda melody: model_of(choice).generate(melody, settings, request.seed), choice.about())
        )
    except BadInput as error:
        st.session_state[RESULT_ERROR] = str(error)
    _write_address()


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


def _open(result_id: str | None) -> None:
    """Show a result from its id, and set melody, model, settings and seed to those it was made with."""
    result = find_result(result_id) if result_id else None
    if result_id and result is None:
        st.session_state[RESULT_ERROR] = "That result is no longer kept on this computer. Generate makes it anew."
    result = result or ready_made().newest()
    if result is None:
        return
    _show(result)
    fill_form(result.request.settings, form_key(result.about["algorithm"]))
    choose_melody(Melody(result.request.melody))
    st.session_state[MODEL] = result.about["model_name"]
    st.session_state[SEED] = result.request.seed


def _show(result: Result) -> None:
    """Make `result` the one on the page and in the address; instruments and tempo stay where they still fit."""
    before: Result | None = st.session_state.get(RESULT)
    st.session_state[RESULT] = result
    st.session_state[VIEW] = 0
    another_tune = before is None or Melody(before.request.melody).id != Melody(result.request.melody).id
    another_band = before is None or before.about["parts"] != result.about["parts"]
    if another_tune:
        st.session_state[TEMPO] = round(min(max(result.request.melody.tempos[0].bpm, SLOWEST_BPM), FASTEST_BPM))
    for part, program in enumerate(first_programs(result)):
        if another_band or (another_tune and part == 0):
            st.session_state[program_key(part)] = program


def _write_address() -> None:
    """Put the result on the page into the address. A rerun may cut in here, so what was written is noted last."""
    result: Result | None = st.session_state.get(RESULT)
    if result is not None and st.query_params.get("result") != result.id:
        st.query_params["result"] = result.id
    st.session_state[ADDRESS] = result.id if result else None
