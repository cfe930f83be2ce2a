"""1 Bring your music: the uploader, progress while reading, and the promise that nothing leaves this machine."""

from __future__ import annotations

import streamlit as st

from composer.ui.dataset_state import ERROR, SAID, UPLOADS, take_files

_TYPES = ["mid", "midi", "kar", "musicxml", "xml", "mxl", "npz", "zip"]
_LARGEST_MB = 500
_SEEN = "datasets.seen"


def bring_card() -> None:
    """Draw the card; files that are dropped here are read at once and then checked."""
    with st.container(border=True, key="card_bring"):
        st.header("Bring your own music", anchor=False)
        files = st.file_uploader(
            "Files to learn from",
            _TYPES,
            accept_multiple_files=True,
            max_upload_size=_LARGEST_MB,
            key=f"{UPLOADS}.{st.session_state.get(UPLOADS, 0)}",
            label_visibility="collapsed",
        )
        st.caption(
            ":material/lock: Your music stays on this machine: nothing is sent anywhere.",
            help="MIDI, MusicXML, piano rolls of the pypianoroll library (.npz), or a zip of many. The page is served "
            "by a program on this computer, so “upload” only means that this program reads the files.",
        )
        ids = tuple(file.file_id for file in files)
        if ids and ids != st.session_state.get(_SEEN):
            bar = st.progress(0.0, "Reading …")
            take_files([(file.name, file) for file in files], lambda share, words: _tell(bar, share, words))
            st.session_state[_SEEN] = ids
            st.rerun()
        if st.session_state.get(ERROR):
            st.error(st.session_state[ERROR], icon=":material/error:")
        if st.session_state.get(SAID):
            st.success(st.session_state[SAID], icon=":material/check:")


def _tell(bar: st.delta_generator.DeltaGenerator, share: float, words: str) -> None:
    bar.progress(min(share, 1.0), words)
