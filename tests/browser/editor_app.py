"""A page with the roll editor and what arrived from it; it keeps a history, as a card of the studio does."""

from __future__ import annotations

import json
import time

import numpy as np
import streamlit as st

from composer.music.pianoroll import Pianoroll
from composer.ui.roll_editor import Edit, EditorPart, Selection, roll_editor

st.set_page_config(page_title="Roll editor", layout="wide")

PARTS = [EditorPart("Soprano", 0, single=True), EditorPart("Alto", 1), EditorPart("Bass", 3, locked=True)]
BAND = [*PARTS, EditorPart("Drums", 4, drums=True)]
NOTES = [(0, 12 * step, 12, pitch) for step, pitch in enumerate((72, 74, 76, 77, 79, 77, 76, 74))]
NOTES += [(1, 24 * step, 24, pitch) for step, pitch in enumerate((64, 65, 67, 65))]
NOTES += [(2, 48 * step, 48, pitch) for step, pitch in enumerate((48, 55))]
BEATS = [(3, 12 * step, 3, (36, 42, 38, 42)[step % 4]) for step in range(16)]
STEPS = 4 * 48

band, marked, slow = (name in st.query_params for name in ("band", "marked", "slow"))
parts = BAND if band else PARTS
rolls = st.session_state.setdefault("rolls", [np.array(NOTES + BEATS * band, np.int32)])
undone = st.session_state.setdefault("undone", [])
log = st.session_state.setdefault("log", {"words": [], "chosen": None})


def edited(edit: Edit) -> None:
    """A new state; where the page is to be slow, it takes its time."""
    time.sleep(0.4 * slow)
    rolls.append(edit.notes)
    undone.clear()
    log["words"].append(edit.words)


def travel(way: str) -> None:
    """One state back, or one on again."""
    log["words"].append(way)
    if way == "undo" and len(rolls) > 1:
        undone.append(rolls.pop())
    elif way == "redo" and undone:
        rolls.append(undone.pop())


def chosen(selection: Selection) -> None:
    """Keep what is chosen."""
    log["chosen"] = [list(selection.parts), selection.start, selection.end]


roll = Pianoroll(rolls[-1], len(parts), STEPS)
marks = [("same", "same", "added", "removed")[i % 4] for i in range(len(roll.notes))] if marked else None
roll_editor(roll, parts, "editor", edited, marks=marks, on_select=chosen, on_history=travel, height=360)
st.text(json.dumps(log | {"notes": roll.notes.tolist()}))
