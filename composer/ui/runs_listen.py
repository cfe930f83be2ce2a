"""The same melody by each of the compared runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from composer.errors import BadInput
from composer.jobs.overview import Overview
from composer.ui.plain import plain
from composer.ui.runs_music import arranged, melody_box, play
from composer.ui.runs_state import name_of


def listen_view(found: Sequence[Overview], letters: Mapping[str, str]) -> None:
    """Draw a player for each run; where one has no model, a sentence in its place."""
    title = melody_box()
    with st.spinner("Arranging …"):
        for each in found:
            st.subheader(f"{letters[each.id]} · {plain(name_of(each.record))}", anchor=False)
            try:
                play(arranged(each.record.run.folder, title), key=f"runs_listen_{letters[each.id]}")
            except BadInput as error:
                st.caption(str(error))
