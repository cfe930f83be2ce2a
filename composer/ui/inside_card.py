"""Look inside: how the takes of the result on the page hang together, and what the model's critic says of them."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.projects.results import Result
from composer.ui.chart import load_charts
from composer.ui.engine import ModelChoice
from composer.ui.inside import maker
from composer.ui.inside_blend import blend_view
from composer.ui.inside_critic import critic_view
from composer.ui.plain import plain
from composer.ui.state import RESULT, shown_take

_VIEWS = {"Blend two takes": blend_view, "The critic's view": critic_view}
_VIEW = "studio.inside"


def inside_card() -> None:
    """Draw the card, closed at first, with what is in it once it is opened; nothing where there is no result."""
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        return
    opened = st.expander("Look inside", icon=":material/visibility:", key="inside", on_change="rerun")
    if not opened.open:
        return
    with opened:
        load_charts()
        choice = maker(result)
        if choice is None:
            st.caption(
                ":material/info: The model that made this is gone or has learned since, so there is nothing to look "
                "into; press Generate to look inside the model as it is now."
            )
            return
        st.fragment(_inside)(result, choice, shown_take(result))


def _inside(result: Result, choice: ModelChoice, take: int) -> None:
    st.session_state.setdefault(_VIEW, next(iter(_VIEWS)))
    view = st.segmented_control(
        "What to look at",
        list(_VIEWS),
        key=_VIEW,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    try:
        _VIEWS[view or next(iter(_VIEWS))](result, choice, take)
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/error:")
