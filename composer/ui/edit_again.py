"""Generating again only here: what is selected, or all that isn't locked; the rest stays note for note."""

from __future__ import annotations

import streamlit as st

from composer.music.region import Region
from composer.projects.by_hand import bar_words, heard_roll
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.edit_actions import GONE, Place, ask_again
from composer.ui.edit_state import fixed_parts, free_parts, locked_parts, region_of, selected
from composer.ui.inside import maker
from composer.ui.plain import plain

_ALL_LOCKED = "All parts are locked; unlock one to have it generated again."
_NOTHING = "Nothing is selected. Select notes in the roll, then the model can play just that place again."


def again_row(result: Result, take: int) -> None:
    """Draw what is selected of a take and the buttons that generate it, or all that is not locked, again."""
    if maker(result) is None:
        st.caption(f":material/info: {GONE}")
        return
    free, locked = free_parts(result), locked_parts(result)
    region, words = _selection(result, take, free)
    st.caption(plain(f"Selected {words}") if region is not None else words)
    place = Place.of(result, take)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Generate again here",
            type="primary",
            icon=":material/auto_fix_high:",
            key="again_here",
            disabled=region is None,
            help="The model plays what is selected anew, each time differently. All else stays note for note.",
            on_click=ask_again,
            args=(place, region, f"Again {words}"),
        )
        if locked:
            st.button(
                "Generate the rest again",
                icon=":material/auto_awesome:",
                key="again_rest",
                disabled=not free,
                help="All parts that are not locked are played anew; the locked ones stay." if free else _ALL_LOCKED,
                on_click=ask_again,
                args=(place, Region.all_but(fixed_parts(result), result.takes[take]), "Again all but locked parts"),
            )


def _selection(result: Result, take: int, free: list[int]) -> tuple[Region | None, str]:
    """What of the selection may be generated again, and where that is in words; None and why not otherwise."""
    chosen = selected(result, take)
    if not free:
        return None, _ALL_LOCKED
    if chosen is None:
        return None, _NOTHING
    parts = [part for part in chosen.parts if part in free]
    if not parts:
        return None, "Only locked parts are selected; select notes of another part, or unlock this one."
    names = ", ".join(part_names(result)[part] for part in parts)
    words = f"{bar_words(heard_roll(result, take), chosen.start, chosen.end)}: {names}"
    return region_of(result, take, parts, chosen.start, chosen.end), words
