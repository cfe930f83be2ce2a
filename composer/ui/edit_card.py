"""Editing the take on the page: its notes by hand, places that are generated again, and what was there before."""

from __future__ import annotations

import streamlit as st

from composer.projects.by_hand import own_parts
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.edit_again import again_row
from composer.ui.edit_mix import mix_form
from composer.ui.edit_roll import edit_roll, marked_roll
from composer.ui.edit_state import BEFORE, CHANGED, EDITING, HEARD, MARKED, NOW, TOLD, before, lock_key
from composer.ui.history_row import history_row
from composer.ui.plain import plain

_HOW = (
    "Choose a part, then draw in the roll. Select notes to change them, or to let the model play just that place "
    "again. Every step can be undone."
)
_OWN = (
    ":material/lock: The first part is your melody, so it can't be changed here. To change it, choose Draw in 1 · "
    "Melody, then press Generate."
)


def edit_card(result: Result, take: int) -> None:
    """Draw a switch and, once a person has turned it on, the editor of take number `take` (from 0) below it."""
    on = st.toggle(
        "Edit notes",
        key=EDITING,
        help="Move, lengthen, add and delete notes, or let the model play a place again. All else stays as it is.",
        persist_state="session",
    )
    if on:
        st.fragment(_card)(result, take)


def _card(result: Result, take: int) -> None:
    """What is below the switch; where the rest of the page has to follow what was done in it, all is drawn anew."""
    if st.session_state.get(CHANGED):
        st.rerun()
    with st.container(key="card_edit"):
        st.caption(_HOW)
        former = before(result, take)
        looking = former is not None and _compare_row()
        if st.session_state.get(TOLD):
            st.warning(plain(st.session_state[TOLD]), icon=":material/info:")
        if former is not None and looking:
            marked_roll(result, former, take)
        else:
            edit_roll(result, take)
        if own_parts(result):
            st.caption(_OWN)
        again_row(result, take)
        _locks(result)
        mix_form(result, take)
        history_row()


def _compare_row() -> bool:
    """Draw what is to be heard and whether changes are marked; whether the roll is only to be looked at."""
    st.session_state.setdefault(HEARD, NOW)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        heard = st.segmented_control(
            "Listen to",
            [NOW, BEFORE],
            key=HEARD,
            required=True,
            help="Before plays this take as it was before it was changed last.",
            on_change=_follow,
            persist_state="session",
        )
        marked = st.toggle(
            "Show what changed",
            key=MARKED,
            help="Marks new notes and those that are gone. Switch it off to go on editing.",
            persist_state="session",
        )
    return marked or heard == BEFORE


def _follow() -> None:
    """Let the player follow what is chosen here."""
    st.session_state[CHANGED] = True


def _locks(result: Result) -> None:
    names = part_names(result)
    st.pills(
        "Locked parts",
        [part for part in range(len(names)) if part not in own_parts(result)],
        selection_mode="multi",
        key=lock_key(result),
        format_func=names.__getitem__,
        help="A locked part can't be changed here, and it stays as it is when something is generated again.",
        persist_state="session",
    )
