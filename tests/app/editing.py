"""What tests of editing share: a stand-in for the editor in the browser, and what they look at on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st
from streamlit.testing.v1 import AppTest

from composer.music.editing import as_roll
from composer.music.pianoroll import TRACK, Pianoroll
from composer.ui.roll_editor import Edit, EditorPart, Selection
from tests.app.test_studio import clean, generate, open_studio, shown

ROLL_EDITOR = "composer.ui.edit_roll.roll_editor"
"""What an Editor stands in for."""


class Editor:
    """Stands in for the editor in the browser: it remembers what it was shown, and does what a test says."""

    roll: Pianoroll
    parts: Sequence[EditorPart]
    marks: Sequence[str] | None
    on_edit: Callable[[Edit], None]
    on_select: Callable[[Selection], None] | None
    on_history: Callable[[str], None] | None

    def __call__(self, roll: Pianoroll, parts: Sequence[EditorPart], key: str, on_edit: Any, **more: Any) -> None:
        self.roll, self.parts, self.on_edit = roll, parts, on_edit
        self.marks, self.on_select, self.on_history = (more.get(name) for name in ("marks", "on_select", "on_history"))
        st.button("Do", key="do", on_click=self._act)

    def _act(self) -> None:
        self.wish()

    def do(self, studio: AppTest, act: Callable[[], None]) -> AppTest:
        self.wish = act
        return clean(studio.button(key="do").click().run())

    def edit(self, studio: AppTest, notes: Any, said: str = "Changed notes") -> AppTest:
        return self.do(studio, lambda: self.on_edit(Edit(np.asarray(notes, np.int32), said)))

    def delete_first(self, studio: AppTest, part: int) -> AppTest:
        first = np.flatnonzero(self.roll.notes[:, TRACK] == part)[0]
        return self.edit(studio, np.delete(self.roll.notes, first, axis=0), "Deleted 1 note")

    def select(self, studio: AppTest, parts: Sequence[int], start: int, end: int) -> AppTest:
        return self.do(studio, lambda: self.on_select(Selection(tuple(parts), start, end)))  # type: ignore[misc]


def opened(takes: int = 2, **address: str) -> AppTest:
    """The studio with the editor open and quick takes just generated."""
    studio = open_studio(**address)
    studio.slider(key="studio.unet-gan.passes").set_value(1)
    studio.slider(key="studio.unet-gan.takes").set_value(takes)
    studio.toggle(key="studio.edit").set_value(True)
    return generate(studio)


def rows(studio: AppTest, take: int = 0) -> Any:
    return as_roll(shown(studio).takes[take]).notes


def press(studio: AppTest, key: str) -> AppTest:
    return clean(studio.button(key=key).click().run())


def pictures(studio: AppTest) -> str:
    found: Any = studio.get("html")
    return "".join(element.body for element in found)
