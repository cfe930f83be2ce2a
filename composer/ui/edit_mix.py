"""Mixing takes: one part from this take, another from that."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.edit_actions import Place, mix
from composer.ui.edit_state import free_parts

_IN_A_ROW = 3


def mix_form(result: Result, take: int) -> None:
    """Draw a box for each part that may change, which says from what take it is to come; nothing for a single take."""
    if len(result.takes) < 2:
        return
    with st.expander("Mix takes", icon=":material/shuffle:", type="compact", key="mix"):
        st.caption(f"Choose a take for each part; the mix replaces take {take + 1}. Undo brings it back.")
        free = free_parts(result)
        for first in range(0, len(free), _IN_A_ROW):
            for part, column in zip(free[first : first + _IN_A_ROW], st.columns(_IN_A_ROW), strict=False):
                with column:
                    _take_box(result, take, part)
        source = _source(result, take, free)
        words = mix_words(part_names(result), source, take)
        st.button(
            "Make this mix",
            icon=":material/shuffle:",
            key="make_mix",
            disabled=not words,
            help=None if words else "Choose another take for one of the parts first.",
            on_click=mix,
            args=(Place.of(result, take), source, words),
        )


def mix_words(names: Sequence[str], source: Sequence[int], take: int) -> str:
    """What a mix brings into a take (numbers from 0): “Mixed in: Alto of take 2, Bass of take 3”; "" for nothing."""
    brought = [f"{name} of take {number + 1}" for name, number in zip(names, source, strict=True) if number != take]
    return f"Mixed in: {', '.join(brought)}" if brought else ""


def _key(result: Result, take: int, part: int) -> str:
    return f"studio.mix.{result.id}.{take}.{part}"


def _take_box(result: Result, take: int, part: int) -> None:
    st.session_state.setdefault(_key(result, take, part), take)
    st.selectbox(
        part_names(result)[part],
        range(len(result.takes)),
        key=_key(result, take, part),
        format_func=lambda number: f"Take {number + 1}",
        persist_state="session",
    )


def _source(result: Result, take: int, free: Sequence[int]) -> list[int]:
    """The number of the take (from 0) that each part is to come from; this one for parts that may not change."""
    names = part_names(result)
    return [st.session_state[_key(result, take, part)] if part in free else take for part in range(len(names))]
