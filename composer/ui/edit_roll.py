"""The roll of the take on the page: to be edited, or with what changed since the step before marked in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from composer.music.editing import ADDED, REMOVED, differences
from composer.music.pianoroll import DRUMS
from composer.music.voices import Voices
from composer.projects.by_hand import heard_roll
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.edit_actions import Place, edit
from composer.ui.edit_state import CHANGED, fixed_parts, free_parts, select
from composer.ui.roll_editor import EditorPart, roll_editor
from composer.ui.undoing import by_key

_KEY = "studio_editor"


def edit_roll(result: Result, take: int) -> None:
    """Draw the editor of take number `take` (from 0); what a person does in it changes the take at once."""
    place = Place.of(result, take)
    roll_editor(
        heard_roll(result, take),
        editor_parts(result, take, fixed_parts(result)),
        _KEY,
        lambda done: edit(place, done),
        part=_first_free(result),
        on_select=lambda chosen: select(result, take, chosen),
        on_history=_undone,
    )


def marked_roll(result: Result, former: Result, take: int) -> None:
    """Draw a take and what it was before over one another, to be looked at, with the difference in words."""
    roll, found = differences(heard_roll(former, take), heard_roll(result, take))
    marks: list[str] = found.tolist()
    st.caption(difference_words(marks))
    roll_editor(
        roll,
        editor_parts(result, take, range(roll.tracks)),
        _KEY,
        lambda _: None,
        part=_first_free(result),
        marks=marks,
        on_history=_undone,
    )


def _undone(way: str) -> None:
    st.session_state[CHANGED] = True
    by_key(way)


def editor_parts(result: Result, take: int, fixed: Collection[int]) -> list[EditorPart]:
    """The parts of a take as the editor shows them; those numbered `fixed` can only be looked at."""
    single = isinstance(result.takes[take], Voices)
    return [
        EditorPart(name, part, drums=name == DRUMS, locked=part in fixed, single=single)
        for part, name in enumerate(part_names(result))
    ]


def difference_words(marks: Sequence[str]) -> str:
    """How many notes are new and how many are gone: “3 notes added, 2 removed.”"""
    added, removed = (sum(mark == which for mark in marks) for which in (ADDED, REMOVED))
    return f"{added} note{'s' * (added != 1)} added, {removed} removed."


def _first_free(result: Result) -> int:
    """The number (from 0) of the part that one draws for to begin with."""
    return next(iter(free_parts(result)), 0)
