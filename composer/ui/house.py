"""One server to a data folder: the first one may train and delete, a second one says that it only reads."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from composer.jobs.house import READS_ONLY, hold
from composer.paths import home


def open_house() -> None:
    """Take the data folder for this server where it is free, and see to what an earlier server left; once a server."""
    _open(str(home()))


def reads_only() -> bool:
    """Whether this is a second server, so that buttons that train or delete are to be disabled."""
    return not hold()


def why_disabled(otherwise: str | None = None) -> str | None:
    """The help of a button that trains or deletes: why a second server disables it, else `otherwise`."""
    return READS_ONLY if reads_only() else otherwise


def guest_note() -> None:
    """Draw the sentence that says why buttons are disabled; nothing where they are not."""
    if reads_only():
        st.info(READS_ONLY, icon=":material/lock:")


@st.cache_resource(max_entries=8, show_spinner=False)
def _open(folder: str) -> None:
    if hold() and _something_left(Path(folder)):
        threading.Thread(target=_catch_up, name="catches up", daemon=True).start()


def _something_left(folder: Path) -> bool:
    patterns = ("queue/*.json", "runs/*/process.json", "*.partial", "*/*.partial", "runs/*/*.partial")
    return any(next(folder.glob(pattern), None) is not None for pattern in patterns)


def _catch_up() -> None:
    from composer.jobs.again import catch_up  # brings torch along, which a first page does not wait for

    catch_up()
