"""What a button does may fail: then a sentence is told on the page, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from composer.errors import BadInput


def attempt(act: Callable[[], object], error: str, *said: str) -> None:
    """Do what a button stands for; where that can't be done the session holds the sentence that says why at `error`.

    What was told before, there and at the other keys, goes first.
    """
    for key in (error, *said):
        st.session_state[key] = None
    try:
        act()
    except BadInput as problem:
        st.session_state[error] = str(problem)
