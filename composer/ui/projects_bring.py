"""A project file that somebody sent, taken in."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.projects.project import EXTENSION, LARGEST_FILE
from composer.projects.shelf import shelf
from composer.ui.plain import plain

_UPLOAD, _TOLD, _REFUSED = "projects.upload", "projects.told", "projects.refused"


def bring_card() -> None:
    """Draw the card that takes a project file; what is wrong with one is said in a sentence."""
    with st.container(border=True, key="card_bring_project"):
        st.header("Import a project", anchor=False)
        st.file_uploader(
            f"Project file (.{EXTENSION})",
            [EXTENSION],
            key=_UPLOAD,
            max_upload_size=LARGEST_FILE // 1_000_000,
            on_change=_take_in,
            help="From “Export” on this page, or from “Share” in the studio.",
        )
        if st.session_state.get(_REFUSED):
            st.error(plain(st.session_state[_REFUSED]), icon=":material/error:")
        if st.session_state.get(_TOLD):
            st.success(st.session_state[_TOLD], icon=":material/check:")


def import_project(data: bytes) -> None:
    """Take in the project in a file's bytes; where it can't be used nothing changes but the sentence on the page."""
    st.session_state[_TOLD] = st.session_state[_REFUSED] = None
    try:
        project = shelf().add(data)
        st.session_state[_TOLD] = f"“{plain(project.name)}” is here."
    except BadInput as error:
        st.session_state[_REFUSED] = str(error)


def _take_in() -> None:
    file = st.session_state.get(_UPLOAD)
    if file is not None:
        import_project(file.getvalue())
