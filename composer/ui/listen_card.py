"""3 Listen: the takes, their sound and what can be measured of them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from composer.music.instruments import INSTRUMENTS, instrument_name
from composer.music.measures import measure
from composer.music.pianoroll import DRUMS, Pianoroll, pitched_lines
from composer.music.score import Score
from composer.music.similarity import melody_similarity
from composer.projects.edited import edited_words
from composer.projects.performance import follows_melody, part_names, perform
from composer.projects.results import Result
from composer.ui.chain_row import chain_foot, chain_row
from composer.ui.chain_running import run_rest, take_in_answer
from composer.ui.chain_sound import steps_before, with_steps_before
from composer.ui.edit_actions import generate_waiting
from composer.ui.edit_card import edit_card
from composer.ui.edit_state import heard
from composer.ui.engine import model_choices, players, synthesiser
from composer.ui.figures import compare_html, measures_html
from composer.ui.history_row import undo_buttons
from composer.ui.keeping import keep
from composer.ui.plain import plain
from composer.ui.player import PlayerData, player, player_data
from composer.ui.state import (
    FASTEST_BPM,
    MODEL,
    NOTICE,
    RESULT,
    RESULT_ERROR,
    SLOWEST_BPM,
    TEMPO,
    VIEW,
    answer,
    ask,
    program_key,
)

_BUSY = """<style>
.st-key-listen_status [data-testid="stSpinner"] { position: fixed; bottom: 1.5rem; left: 50%;
  transform: translateX(-50%); z-index: 100; width: max-content; padding: 0.6rem 1.2rem; border-radius: 2rem;
  color: light-dark(#FFFFFF, #14141C); background: light-dark(#4F46E5, #A5A0FF);
  box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
</style>"""
"""On small screens the card lies below the button that was pressed: what says that it works floats above the page."""
_COMPARE = -1
_IN_A_ROW = 4
"""Boxes for instruments in a row; of more there are rows of three."""
_FOR_A_BAND = ("chord_rate", "agreement", "steps", "similarity")
"""Measures that mean something where parts play chords; the rest are about voices that each sing one line."""
_PROGRAMS = [instrument.program for instrument in INSTRUMENTS]


def listen_card() -> DeltaGenerator:
    """Answer a request that waits, draw the card, and return the slot of its status line."""
    with st.container(border=True, key="card_listen"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.header("3 · Listen", anchor=False)
            tools = st.empty()
        steps = st.empty()
        st.html(_BUSY)
        status = st.container(key="listen_status").empty()
        with status, st.spinner("Arranging …"):
            made = answer()
            generate_waiting()
        take_in_answer()
        if made is not None:
            keep(made)
        with status:
            run_rest()
        if st.session_state.get(RESULT_ERROR):
            st.error(plain(st.session_state[RESULT_ERROR]), icon=":material/error:")
        _notice()
        result: Result | None = st.session_state.get(RESULT)
        if result is None:
            status.caption("Nothing here yet: press Generate.")
            return status
        whose = "" if follows_melody(result) else " · melody made up"
        edited = f" · {edited_words(result)}" if edited_words(result) else ""
        status.caption(f"{plain(result.about['model'])} · seed {result.request.seed}{whose}{edited}")
        with steps.container():
            chain_row()
        with tools.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            undo_buttons()
            view = _take_switch(result)
        with st.container(key="listen_stage"):
            _all_takes(result) if view == _COMPARE else _one_take(heard(result, view), view)
        if view != _COMPARE:
            edit_card(result, view)
            with st.container(key="listen_facts"):
                st.html(measures_html(_measures(heard(result, view), view)))
        chain_foot(result)
    return status


def _notice() -> None:
    """What a link asks for and can't be had here in the same way, and what to do about it."""
    if not st.session_state.get(NOTICE):
        return
    st.warning(plain(st.session_state[NOTICE]), icon=":material/difference:")
    if any(choice.name == st.session_state.get(MODEL) for choice in model_choices()):
        st.button("Generate with the model here", icon=":material/auto_awesome:", on_click=ask, key="generate_here")


def shown_score(result: Result, take: int) -> Score:
    """A take with the instruments and the tempo that are chosen now."""
    parts = part_names(result)
    programs = [st.session_state[program_key(part)] for part in range(len(parts))]
    return perform(result, take, programs, st.session_state[TEMPO])


def heard_score(result: Result, take: int) -> Score:
    """The same, together with the steps before where a person wishes it."""
    return with_steps_before(shown_score(result, take))


def sound_of(score: Score) -> tuple[int | float, ...]:
    """What, besides the notes, decides how a score sounds: each part's program, and the first tempo."""
    return (*(track.program for track in score.tracks), score.tempos[0].bpm)


def _take_switch(result: Result) -> int:
    views = {take: f"Take {take + 1}" for take in range(len(result.takes))}
    if len(views) > 1:
        views[_COMPARE] = "Compare"
    if st.session_state.get(VIEW) not in views:
        st.session_state[VIEW] = 0
    view = st.segmented_control(
        "Take",
        list(views),
        key=VIEW,
        format_func=views.__getitem__,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return int(view or 0)


def _one_take(result: Result, take: int) -> None:
    stage = st.empty()
    _sound_controls(result)
    score = heard_score(result, take)
    with stage:
        player(_data(result, take, score), key="studio_player")


def _sound_controls(result: Result) -> None:
    names = part_names(result)
    in_a_row = len(names) if len(names) <= _IN_A_ROW else 3
    with st.expander("Instruments and tempo", icon=":material/piano:", type="compact", key="sound_controls"):
        for first in range(0, len(names), in_a_row):
            for part, column in enumerate(st.columns(in_a_row)[: len(names) - first], first):
                with column:
                    _instrument_box(part, names[part])
        st.slider(
            "Tempo",
            SLOWEST_BPM,
            FASTEST_BPM,
            key=TEMPO,
            format="%d bpm",
            help="Quarter notes a minute. Changing it keeps the notes.",
            persist_state="session",
        )
    if synthesiser().note:
        st.caption(f":material/info: {synthesiser().note}")


def _instrument_box(part: int, name: str) -> None:
    """The choice of an instrument for a part; a drum kit is its own."""
    if name == DRUMS:
        st.selectbox(name, [instrument_name(0, is_drum=True)], disabled=True, key=f"studio.kit.{part}")
        return
    own = st.session_state[program_key(part)]
    st.selectbox(
        name,
        _PROGRAMS if own in _PROGRAMS else [own, *_PROGRAMS],
        key=program_key(part),
        format_func=instrument_name,
        persist_state="session",
    )


def _all_takes(result: Result) -> None:
    for take in range(len(result.takes)):
        score = heard_score(result, take)
        st.subheader(f"Take {take + 1}", anchor=False)
        player(_data(result, take, score, compact=True), key=f"studio_compare_{take}")
    st.html(compare_html([_measures(result, take) for take in range(len(result.takes))]))


def _measures(result: Result, take: int) -> dict[str, float]:
    voices = pitched_lines(result.takes[take], result.about["parts"])
    measures = measure(voices) | {"similarity": melody_similarity(voices)}
    if isinstance(result.takes[take], Pianoroll):
        return {name: measures[name] for name in _FOR_A_BAND}
    return measures


def _data(result: Result, take: int, score: Score, compact: bool = False) -> PlayerData:
    return players().get(
        (result.fingerprint(take), steps_before(), sound_of(score), compact),
        lambda: player_data(score, synthesiser().render_stems(score), compact),
    )
