"""Check what was read before it is kept: each file with its reason, tracks and their parts, a look and a listen."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from composer.data.own.assembling import Assembly, Verdict
from composer.data.own.parts import LAYOUTS, LEFT_OUT, KindRow, Layout
from composer.ui.dataset_look import draw_look
from composer.ui.dataset_state import (
    AUTOMATIC,
    LAYOUT,
    LEAVE_OUT,
    TITLE,
    Import,
    content_id,
    current_assembly,
    discard,
    keep,
    part_key,
)

_KINDS = 12
"""Kinds of tracks shown for correction at first; the commonest come first."""
_MORE = "datasets.more"


def check_card(found: Import) -> None:
    """Draw the card of files that were read: what is kept, in which parts, how it sounds, and the button to keep it."""
    with st.container(border=True, key="card_check"):
        st.header("Check and keep", anchor=False)
        top = st.container()
        layout = _pick_layout()
        assembly = current_assembly(found)
        with top:
            st.markdown(summary_words(assembly))
        files, parts, look = st.tabs(
            ["Files", "Tracks and parts", "Look and listen"], key="datasets.tab", on_change="rerun"
        )
        with files:
            _draw_files(assembly.verdicts)
        with parts:
            _draw_parts(found, layout)
        with look:
            if not look.open:  # sound takes a moment, and a roll can't be drawn where nobody sees it
                pass
            elif assembly.pieces:
                draw_look(content_id(found), assembly.pieces, layout.parts)
            else:
                st.caption("There is nothing to hear yet: no file is kept.")
        _draw_keep(assembly)


def summary_words(assembly: Assembly) -> str:
    """How many files are kept and left out, in Markdown."""
    kept = sum(verdict.kept for verdict in assembly.verdicts)
    left = len(assembly.verdicts) - kept
    bars = sum(verdict.bars for verdict in assembly.verdicts)
    out = f" · **{left:,}** left out" if left else ""
    return f"**{kept:,}** file{'s' * (kept != 1)} kept, {bars:,} bars{out}"


def file_rows(verdicts: tuple[Verdict, ...]) -> list[dict[str, Any]]:
    """The table of files, those that were left out first."""
    ordered = sorted(verdicts, key=lambda verdict: verdict.kept)
    return [
        {
            "File": verdict.name,
            "": "Kept" if verdict.kept else "Left out",
            "Bars": verdict.bars or None,
            "Why": verdict.reason,
        }
        for verdict in ordered
    ]


def _pick_layout() -> Layout:
    name = st.segmented_control(
        "What plays",
        list(LAYOUTS),
        key=LAYOUT,
        required=True,
        format_func=lambda name: LAYOUTS[name].title,
        help="The parts that a model learns. Proposed is what most of your files have.",
    )
    layout = LAYOUTS[name or next(iter(LAYOUTS))]
    st.caption("Parts: " + ", ".join(layout.parts))
    return layout


def _draw_files(verdicts: tuple[Verdict, ...]) -> None:
    st.dataframe(
        file_rows(verdicts),
        hide_index=True,
        height=min(38 + 35 * len(verdicts), 390),
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "": st.column_config.TextColumn(width="small"),
            "Bars": st.column_config.NumberColumn(width="small"),
            "Why": st.column_config.TextColumn(width="large"),
        },
    )


def _draw_parts(found: Import, layout: Layout) -> None:
    rows = found.rows(layout)
    st.caption("Tracks with the same name and instrument are placed together. Change what isn't right.")
    shown = len(rows) if st.session_state.get(_MORE) else _KINDS
    columns = st.columns(3)
    for number, row in enumerate(rows[:shown]):
        with columns[number % 3]:
            st.selectbox(
                kind_words(row),
                [AUTOMATIC, *layout.parts, LEAVE_OUT],
                key=part_key(found, layout, number),
                format_func=partial(part_words, row),
                persist_state="session",
            )
    if len(rows) > shown:
        st.button(f"Show {len(rows) - shown} rarer ones", key="more_kinds", on_click=_show_more)


def _show_more() -> None:
    st.session_state[_MORE] = True


def kind_words(row: KindRow) -> str:
    """What a kind of tracks is called: "Solo · Flute · in 24 files"."""
    name, instrument = row.kind
    title = f"{name[:1].upper()}{name[1:]}" if name else "Unnamed"
    both = title if title == instrument else f"{title} · {instrument}"
    return f"{both} · in {row.files:,} file{'s' * (row.files != 1)}"


def part_words(row: KindRow, part: str) -> str:
    """A choice of the box for a kind of tracks; the automatic one says where its tracks go."""
    if part != AUTOMATIC:
        return "Left out" if part == LEAVE_OUT else part
    placed = [(name if name != LEFT_OUT else "left out", count) for name, count in row.parts]
    if len(placed) == 1:
        return f"{placed[0][0][:1].upper()}{placed[0][0][1:]} (automatic)"
    return ", ".join(f"{name} in {count:,}" for name, count in placed[:3]) + " (automatic)"


def _draw_keep(assembly: Assembly) -> None:
    if assembly.missing:
        st.warning(assembly.missing, icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="keep_row"):
        st.text_input("Name of the dataset", key=TITLE, max_chars=60, persist_state="session")
        st.button(
            "Save",
            type="primary",
            icon=":material/save:",
            key="keep",
            on_click=keep,
            disabled=bool(assembly.missing),
        )
        st.button("Discard", icon=":material/close:", key="discard", on_click=discard)
