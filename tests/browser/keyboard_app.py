"""A page with nothing but the piano, a text field, and what arrived from the piano."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from composer.ui.keyboard import keyboard

st.set_page_config(page_title="Keyboard")


def arrive(take: Mapping[str, Any]) -> None:
    """Keep the take, and how many have come."""
    st.session_state.messages = st.session_state.get("messages", 0) + 1
    st.session_state.arrived = dict(take) | {"messages": st.session_state.messages}


st.text_input("Name", key="name")
keyboard(arrive, key="keyboard")
if "arrived" in st.session_state:
    st.text(json.dumps(st.session_state.arrived))
