"""The notes that were heard on a roll, where what was misheard is put right before it becomes the melody."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from composer.music.score import Score
from composer.projects.drawing import Drafts, Drawing
from composer.projects.melody import Melody
from composer.ui.roll_editor import Edit, EditorPart, roll_editor
from composer.ui.state import take_sung

NAME = "Sung tune"
_HELD = "studio.sing.notes"
_PART = EditorPart("Melody", 0, single=True)
_EIGHTH = 6
_HEIGHT_PX = 260


@dataclass(frozen=True)
class _Held:
    """What was heard, and what was made of it on the roll."""

    melody: Melody
    drafts: Drafts


def roll_of_sung_notes(score: Score) -> None:
    """Draw the roll with the notes that were heard; where others are heard, what was changed before is forgotten."""
    melody = Melody(score, 0, NAME)
    held: _Held | None = st.session_state.get(_HELD)
    if held is None or held.melody.id != melody.id:
        held = st.session_state[_HELD] = _Held(melody, Drafts(Drawing.of(melody)))
    st.caption("Put right what was misheard: drag notes, draw new ones, or choose some and press Delete.")
    roll = held.drafts.now.roll
    roll_editor(roll, [_PART], "studio_sung", take_edit, snap=_EIGHTH, on_history=travel, height=_HEIGHT_PX)


def take_edit(edit: Edit) -> None:
    """Put the notes that an edit left on the roll."""
    held: _Held = st.session_state[_HELD]
    drafts = held.drafts.then(held.drafts.now.with_notes(edit.notes))
    st.session_state[_HELD] = _Held(held.melody, drafts)


def travel(way: str) -> None:
    """Take the last change back ("undo"), or make it again ("redo")."""
    held: _Held = st.session_state[_HELD]
    drafts = held.drafts.undone() if way == "undo" else held.drafts.redone()
    st.session_state[_HELD] = _Held(held.melody, drafts)


def use_sung_notes() -> None:
    """Make what is on the roll the session's melody: as it was heard, with its loudness, where nothing was changed."""
    held: _Held = st.session_state[_HELD]
    take_sung(lambda: Melody.proposed(held.drafts.now.score(), NAME) if held.drafts.past else held.melody)
