"""What every page begins with: its name, the menu, and the few rules of style that the theme cannot say."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import streamlit as st

from composer import trash
from composer.jobs.house import hold
from composer.paths import app_root, assets
from composer.ui.house import open_house


@dataclass(frozen=True)
class Entry:
    """A line of the menu: the page's file, seen from the app's root, its label and its icon."""

    file: str
    label: str
    icon: str


MENU = (
    Entry("streamlit_app.py", "Studio", ":material/piano:"),
    Entry("pages/4_Projects.py", "Projects", ":material/folder_open:"),
    Entry("pages/1_Train.py", "Train", ":material/model_training:"),
    Entry("pages/3_Runs.py", "Runs", ":material/table_chart:"),
    Entry("pages/2_Datasets.py", "Datasets", ":material/library_music:"),
)

_ICON = assets() / "images" / "icon.svg"
# Menus that open lie outside of .stApp, where light-dark() does not know the theme: what may stand in one says its
# colour by currentColor.
_STYLE = """
<style>
.stMainBlockContainer { padding: 2.6rem clamp(1rem, 3vw, 3rem) 3rem; max-width: 1560px; }
.stMainBlockContainer h1 { font-size: 1.9rem; font-weight: 650; letter-spacing: -0.02em; padding: 0; }
.stMainBlockContainer h2 { font-size: 1.06rem; font-weight: 650; letter-spacing: -0.005em; padding: 0.1rem 0 0.5rem; }
.stMainBlockContainer h3 { font-size: 0.94rem; font-weight: 600; padding: 0.2rem 0; }
header[data-testid="stHeader"] { background: transparent; height: 2.6rem; min-height: 2.6rem; }
[data-testid="stSidebarUserContent"] { padding-top: 0; }
.brand { display: flex; align-items: center; gap: 0.65rem; font-size: 1.1rem; font-weight: 650; }
.brand img { width: 2rem; height: 2rem; flex: none; }
[data-testid="stCaptionContainer"] { color: color-mix(in srgb, currentColor 72%, transparent); opacity: 1; }
[data-testid="stBaseButton-primary"], .stMultiSelect [data-tag] * { color: light-dark(#FFFFFF, #14141C); }
[data-testid="stBaseButton-primary"]:is(:hover, :active):enabled { background: light-dark(#4338CA, #BCB8FF); }
.st-key-studio-way [role="radiogroup"] { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; }
.st-key-studio-way [role="radio"] { border-radius: 10px; margin: 0; }
.st-key-studio-way [role="radio"][aria-checked="false"] { border-color: light-dark(#E2E2EA, #33353F) !important; }
[data-testid="stPageLink"] a { min-height: 2.75rem; border-radius: 12px; }
[data-testid="stPageLink"] a:focus-visible { outline: 3px solid light-dark(#4F46E5, #A5A0FF); outline-offset: -3px; }
.stSelectbox .react-aria-ComboBox > div:focus-within { border-color: light-dark(#4F46E5, #A5A0FF); }
</style>
"""


def page(title: str, lead: str) -> None:
    """Begin a page: browser title, style, the menu in the sidebar, the heading and one sentence below it."""
    st.set_page_config(page_title=f"{title} · Composer Studio", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)
    open_house()
    _empty_trash()
    with st.sidebar:
        _draw_menu()
    st.title(title, anchor=False)
    st.caption(lead)


def link_to(label: str, words: str = "") -> None:
    """Draw a link to the page called `label` in the menu, saying `words` or its label; nothing where it is missing."""
    entry = next(entry for entry in MENU if entry.label == label)
    if (app_root() / entry.file).exists():
        st.page_link(entry.file, label=words or entry.label, icon=entry.icon)


def is_dark() -> bool:
    """Whether the page is shown on a dark ground now."""
    return st.context.theme.type == "dark"


@st.cache_resource(show_spinner=False)
def _empty_trash() -> None:
    """Once a server, unless it is a second one: what was deleted before it started is gone for good."""
    if hold():
        trash.empty()


def _draw_menu() -> None:
    icon = base64.b64encode(_ICON.read_bytes()).decode()
    st.html(f'<div class="brand"><img alt="" src="data:image/svg+xml;base64,{icon}">Composer Studio</div>')
    for entry in MENU:
        link_to(entry.label)
    st.divider()
    st.caption("Everything runs on this computer. Nothing is sent anywhere.")
