"""The steps of this session that led to the music on the page."""

from __future__ import annotations

import streamlit as st

from composer.projects.history import History, Step
from composer.projects.result_file import Result

HISTORY = "studio.history"
FIRST_WORDS = "As it was opened"


def current_history() -> History | None:
    """The steps of the session; None where there is no music yet."""
    history: History | None = st.session_state.get(HISTORY)
    return history


def begin_steps(result: Result, words: str = FIRST_WORDS) -> None:
    """Begin anew with `result`: what was there before can't be brought back by undo."""
    st.session_state[HISTORY] = History((Step(result, words),))


def add_step(result: Result, words: str, take: int | None = None) -> None:
    """Note what was done to the music; nothing where it has the same notes as before."""
    history = current_history()
    if history is None:
        begin_steps(result, words)
    elif not same_notes(history.now.result, result):
        st.session_state[HISTORY] = history.then(Step(result, words, take))


def same_notes(one: Result, other: Result) -> bool:
    """Whether two results answer the same request with the same notes in every take."""
    return _notes(one) == _notes(other)


def _notes(result: Result) -> list[str]:
    return [result.fingerprint(take) for take in range(len(result.takes))]
