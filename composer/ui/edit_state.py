"""What the editor of the take on the page looks at: the parts that may change, what is selected, what is heard."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from composer.music.pianoroll import FINE_STEPS, Pianoroll
from composer.music.region import Region
from composer.music.voices import STEPS_PER_QUARTER
from composer.projects.by_hand import own_parts
from composer.projects.results import Result
from composer.ui.roll_editor import Selection
from composer.ui.steps import current_history

EDITING = "studio.edit"
"""Whether the editor is open."""
HEARD, NOW, BEFORE = "studio.edit.heard", "Now", "Before"
"""What the player plays: the take as it is, or as it was before it was changed last."""
MARKED = "studio.edit.marked"
"""Whether the editor shows what changed."""
TOLD = "studio.edit.told"
"""A sentence on what was done last, or why it couldn't be."""
CHANGED = "studio.edit.changed"
"""Something outside of the editor has to follow what was done in it."""
_SELECTED, _HELD = "studio.edit.selected", "studio.edit.held"


def lock_key(result: Result) -> str:
    """The key of the parts that are locked: one for all results of a band with these parts."""
    return f"studio.locks.{'/'.join(result.about['parts'])}"


def locked_parts(result: Result) -> set[int]:
    """The numbers (from 0) of the parts that a person locked."""
    return set(st.session_state.get(lock_key(result)) or ()) - own_parts(result)


def fixed_parts(result: Result) -> set[int]:
    """The numbers (from 0) of the parts that may not change: the person's own melody, and what is locked."""
    return locked_parts(result) | own_parts(result)


def free_parts(result: Result) -> list[int]:
    """The numbers (from 0) of the parts that may change."""
    return [part for part in range(len(result.about["parts"])) if part not in fixed_parts(result)]


def select(result: Result, take: int, selection: Selection | None) -> None:
    """Remember what is selected of a take; it stays while the take is edited.

    The notes that were selected are gone once they are generated again; their place stays selected, for another try.
    """
    empty = selection is None or not selection.parts
    if empty and st.session_state.pop(_HELD, False):
        return
    st.session_state[_HELD] = False
    st.session_state[_SELECTED] = (result.id, take, selection)


def hold_selection() -> None:
    """Let the selection stay when the editor says that nothing is selected, once."""
    st.session_state[_HELD] = True


def selected(result: Result, take: int) -> Selection | None:
    """What is selected of a take, if anything."""
    result_id, number, selection = st.session_state.get(_SELECTED, ("", 0, None))
    chosen: Selection | None = selection if (result_id, number) == (result.id, take) else None
    return chosen if chosen is not None and chosen.parts and chosen.end > chosen.start else None


def region_of(result: Result, take: int, parts: Collection[int], start: int, end: int) -> Region:
    """Steps start..end of a FINE_STEPS grid in some parts, on the take's own grid: what lies in them at all."""
    a_step = 1 if isinstance(result.takes[take], Pianoroll) else FINE_STEPS // STEPS_PER_QUARTER
    return Region(tuple(sorted(parts)), start // a_step, -(-end // a_step))


def before(result: Result, take: int) -> Result | None:
    """The music in which the take last had other notes, if this session knows one."""
    history = current_history()
    return history.before(take) if history is not None else None


def heard(result: Result, take: int) -> Result:
    """The music whose take is to be played: as it is, or as it was where the person compares."""
    if st.session_state.get(EDITING) and st.session_state.get(HEARD) == BEFORE:
        return before(result, take) or result
    return result
