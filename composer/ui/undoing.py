"""Taking back what was done to the music on the page, and doing it again."""

from __future__ import annotations

import streamlit as st

from composer.projects.history import History
from composer.projects.results import Result
from composer.ui.edit_state import HEARD, NOW, TOLD
from composer.ui.filling import fill_from
from composer.ui.keeping import keep_again
from composer.ui.state import NOTICE, RESULT, RESULT_ERROR, VIEW, put_on_page
from composer.ui.steps import HISTORY, current_history, same_notes

UNDO, REDO = "undo", "redo"


def undo() -> None:
    """Put back what was on the page before the last step; nothing where there was none."""
    history = current_history()
    if history is not None and history.can_undo:
        _go(history.undone(), history.now.take)


def redo() -> None:
    """Do again what was taken back last; nothing where nothing was."""
    history = current_history()
    if history is not None and history.can_redo:
        _go(history.redone(), history.redone().now.take)


def by_key(what: str) -> None:
    """Undo or redo, as the keys pressed in the editor say."""
    {UNDO: undo, REDO: redo}[what]()


def go_to(place: int) -> None:
    """Put the music after step number `place` (from 0) on the page."""
    history = current_history()
    if history is not None and 0 <= place < len(history.steps):
        _go(history.at(place), history.steps[place].take)


def go_to_result(result_id: str) -> bool:
    """Put the music of that id on the page as it was there last, if it was in this session; whether it was."""
    history = current_history()
    steps = enumerate(history.steps) if history is not None else ()
    place = max((number for number, step in steps if step.result.id == result_id), default=None)
    if place is None or st.session_state.get(RESULT) is None:
        return False
    go_to(place)
    return True


def settle_steps() -> None:
    """Finish what a rerun cut short: the step that the history is at is the music that belongs on the page."""
    history, result = current_history(), st.session_state.get(RESULT)
    if history is not None and result is not None and not same_notes(history.now.result, result):
        _go(history, history.now.take)


def _go(history: History, take: int | None) -> None:
    """Make another step of the session the one on the page, looking at `take` unless all are compared."""
    before: Result = st.session_state[RESULT]
    result = history.now.result
    st.session_state[HISTORY] = history
    put_on_page(result)
    st.session_state[RESULT_ERROR] = st.session_state[NOTICE] = st.session_state[TOLD] = None
    st.session_state[HEARD] = NOW
    if take is not None and st.session_state[VIEW] >= 0:
        st.session_state[VIEW] = take
    if before.request.id != result.request.id:
        fill_from(result)
    keep_again(result)
