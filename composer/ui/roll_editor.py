"""The roll editor: notes are drawn, moved and deleted on a piano roll; Python hears of each finished gesture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from composer.errors import BadInput
from composer.music.drums import drum
from composer.music.pianoroll import PITCH, TRACK, Pianoroll
from composer.paths import assets
from composer.plots.pianoroll import MARKS, lane_order
from composer.plots.theme import part_colour, part_pattern
from composer.ui.player import scripts
from composer.ui.roll_messages import Edit, EditorPart, Inbox, Selection

__all__ = ["Edit", "EditorPart", "Selection", "roll_editor"]

REMOVED = "removed"
_USUAL_KIT = (36, 38, 42, 45, 46, 49, 50, 51)
_FOLDER = assets() / "editor"
_SCRIPTS = (
    "words",
    "notes",
    "rows",
    "outbox",
    "sheet",
    "drawing",
    "gestures",
    "pointers",
    "keys",
    "toolbar",
    "editor",
)
_component = st.components.v2.component(
    "composer_roll_editor",
    html='<div class="player-mount"></div>',
    css=(assets() / "player" / "player.css").read_text(encoding="utf-8")
    + (_FOLDER / "editor.css").read_text(encoding="utf-8"),
    js=scripts("roll", "sound")
    + (assets() / "keyboard" / "synth.js").read_text(encoding="utf-8")
    + "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS),
)


def roll_editor(
    roll: Pianoroll,
    parts: Sequence[EditorPart],
    key: str,
    on_edit: Callable[[Edit], None],
    *,
    part: int = 0,
    snap: int = 3,
    marks: Sequence[str] | None = None,
    on_select: Callable[[Selection], None] | None = None,
    on_history: Callable[[str], None] | None = None,
    height: int = 320,
) -> None:
    """Show `roll` to be edited; `parts` says of each of its tracks what it is and whether it may be changed.

    The callbacks run before the page is run again, in the order of what was done: `on_edit` gets all notes that are
    there after a gesture, and the page shows them by giving them back as `roll`; `on_select` gets what is chosen, and
    `on_history` "undo" or "redo" (Ctrl+Z) where they are given. BadInput that they raise is shown below the editor.
    `part` and `snap` (in steps) are what one draws for and on to begin with. `marks`, one of "same", "added" and
    "removed" for each row of `roll.notes`, shows how it differs from another version: removed notes are seen, and no
    longer there. `height` is in pixels. Raises ValueError where there isn't one part a track or one mark a note.
    """
    if len(parts) != roll.tracks or (marks is not None and len(marks) != len(roll.notes)):
        raise ValueError(f"{roll.tracks} tracks and {len(roll.notes)} notes need as many parts and marks")
    present = roll if marks is None else replace(roll, notes=roll.notes[np.array(marks, str) != REMOVED])
    actions = {
        "edit": lambda message: on_edit(Edit.from_message(message, present, parts)),
        "select": lambda message: on_select and on_select(Selection.from_message(message, roll)),
        "history": lambda message: on_history and on_history("redo" if message.get("way") == "redo" else "undo"),
    }

    def received() -> None:
        sent = st.session_state[key].get("sent")
        if sent is not None:
            _read(sent, key, actions)

    data = _plain(roll, parts) | {
        "marks": None if marks is None else list(marks),
        "part": part,
        "snap": snap,
        "height": height,
        "seen": _inbox(key).seen,
        "selects": on_select is not None,
        "undoes": on_history is not None,
    }
    _component(data=data, key=key, on_sent_change=received)
    if st.session_state.get(f"{key}.error"):
        st.error(st.session_state[f"{key}.error"], icon=":material/error:")


def _inbox(key: str) -> Inbox:
    inbox: Inbox = st.session_state.setdefault(f"{key}.inbox", Inbox())
    return inbox


def _read(sent: object, key: str, actions: Mapping[str, Callable[[Mapping[str, Any]], object]]) -> None:
    """Do what the new messages ask for; what can't be used is told below the editor."""

    def act(message: Mapping[str, Any]) -> None:
        action = actions.get(str(message.get("kind")))
        if action is not None:
            action(message)

    st.session_state[f"{key}.error"] = None
    try:
        _inbox(key).read(sent, act)
    except BadInput as error:
        st.session_state[f"{key}.error"] = str(error)


def _plain(roll: Pianoroll, parts: Sequence[EditorPart]) -> dict[str, Any]:
    """The roll and its parts as editor.js reads them."""
    drums = np.array([part.drums for part in parts], bool)
    struck = roll.notes[drums[roll.notes[:, TRACK]], PITCH]
    lanes = {*_USUAL_KIT, *struck.tolist()} if drums.any() else set()
    return {
        "notes": roll.notes.ravel().tolist(),
        "parts": [_plain_part(part) for part in parts],
        "steps": roll.steps,
        "bar": roll.steps_per_bar,
        "pickup": roll.pickup_steps,
        "lanes": [
            {"pitch": lane, "name": drum(lane).name, "mark": MARKS[drum(lane).kind]} for lane in lane_order(lanes)
        ],
    }


def _plain_part(part: EditorPart) -> dict[str, Any]:
    return {
        "name": part.name,
        "drums": part.drums,
        "locked": part.locked,
        "single": part.single,
        "colour": part_colour(part.place),
        "colour_dark": part_colour(part.place, dark=True),
        "pattern": part_pattern(part.place),
    }
