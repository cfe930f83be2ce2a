"""The take on the page as sheet music: engraved when a person opens it, a page below the other."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from composer.errors import BadInput
from composer.music.remembering import LimitedCache
from composer.music.sheet import sheet_pages
from composer.ui.home_files import Taken

_SHEETS_BYTES = 16 * 2**20
_PAPER = "<style>.st-key-sheet_pages img { background: #fff; border-radius: 12px; border: 1px solid #d5d5e0; }</style>"


def sheet_music(taken: Taken, key: Hashable, stem: str) -> None:
    """Draw the pages of what is taken home, each with a button that saves it, once the person has opened them.

    `key` stands for the notes, `stem` begins the files' names. Where Verovio is missing a sentence says so.
    """
    opened = st.expander(
        "Sheet music", icon=":material/menu_book:", type="compact", key="sheet_music", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        try:
            with st.spinner("Engraving …"):
                content = (key, *taken.parts, taken.score.tempos[0].bpm)
                pages = _sheets().get(content, lambda: sheet_pages(taken.chosen))
        except BadInput as error:
            st.caption(f":material/info: {error}")
            return
        st.html(_PAPER)
        with st.container(key="sheet_pages"):
            for number, page in enumerate(pages, 1):
                st.image(page, width="stretch", alt=f"Sheet music, page {number} of {len(pages)}")
                st.download_button(
                    f"Page {number} of {len(pages)} as SVG",
                    page,
                    f"{stem}-page-{number}.svg",
                    "image/svg+xml",
                    icon=":material/download:",
                    key=f"sheet_page_{number}",
                    on_click="ignore",
                )


@st.cache_resource(show_spinner=False)
def _sheets() -> LimitedCache[list[str]]:
    """The pages engraved last, by what is on them."""
    return LimitedCache(_SHEETS_BYTES, lambda pages: sum(map(len, pages)))
