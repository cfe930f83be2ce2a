"""A link on a page with a button that copies it."""

from __future__ import annotations

import streamlit as st

from composer.paths import assets

_FOLDER = assets() / "takeaway"
_HTML = """
<div class="copy-link"><input readonly><button type="button"></button><span class="told" role="status"></span></div>
"""
_component = st.components.v2.component(
    "composer_copy_link",
    html=_HTML,
    css=(_FOLDER / "copy.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "copy.js").read_text(encoding="utf-8"),
)


def copy_link(query: str, label: str, button: str, key: str) -> None:
    """Show this page's address with `query` after its "?"; `label` tells a screen reader what the link is."""
    _component(data={"query": query, "label": label, "button": button}, key=key)
