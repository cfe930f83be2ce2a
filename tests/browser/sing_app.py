"""The melody card alone, opened at the way that listens to singing."""

import streamlit as st

from composer.ui.melody_card import melody_card
from composer.ui.opening import begin

begin()
st.session_state.setdefault("studio.way", "Sing")
melody_card()
