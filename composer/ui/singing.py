"""A melody that is sung: recorded or brought as a sound file, and heard."""

from __future__ import annotations

import contextlib
import threading

import streamlit as st

from composer.errors import BadInput
from composer.music.singing import Hearing, hear
from composer.ui.singing_notes import sung_notes
from composer.ui.state import MELODY_ERROR, forget_error

_MICROPHONE, _FILE = "studio.sing.microphone", "studio.sing.file"
_WAITING, _HEARD = "studio.sing.waiting", "studio.sing.heard"
_FILE_TYPES = ["wav", "flac", "mp3", "ogg", "oga", "opus", "aif", "aiff", "m4a", "aac"]
"""The last two can't be read; they may be chosen, so that a sentence says what to do with them."""
_LARGEST_MB = 60
_HELP = (
    "One voice alone, on “la” or hummed, at most 5 minutes. If the browser says that it may not use the microphone: "
    "press the lock or microphone symbol beside the page's address, allow the microphone, and load the page again. "
    "Browsers offer it only where the studio runs on this computer (localhost) or over https."
)
_PRIVACY = (
    "The sound goes only to the studio's own program, on this computer or on the server that it runs on, "
    "and is not saved."
)


def singing() -> None:
    """Draw the recorder, the uploader and, once something is heard, its notes with what puts them right."""
    _warm_ears()
    st.audio_input("Sing or hum", key=_MICROPHONE, help=_HELP, on_change=_take, args=(_MICROPHONE,))
    st.file_uploader(
        "or bring a sound file", _FILE_TYPES, key=_FILE, max_upload_size=_LARGEST_MB, on_change=_take, args=(_FILE,)
    )
    st.caption(f":material/lock: {_PRIVACY}")
    if _WAITING in st.session_state:
        _listen(st.session_state.pop(_WAITING))
    hearing: Hearing | None = st.session_state.get(_HEARD)
    if hearing is not None:
        sung_notes(hearing)


def _take(key: str) -> None:
    """Take down the bytes of a recording or file, to be heard when the card is drawn; one taken away is forgotten."""
    forget_error()
    file = st.session_state.get(key)
    st.session_state[_HEARD] = None
    if file is not None:
        st.session_state[_WAITING] = file.getvalue()


def _listen(data: bytes) -> None:
    try:
        with st.spinner("Listening …", show_time=True):
            st.session_state[_HEARD] = hear(data)
    except BadInput as error:
        st.session_state[MELODY_ERROR] = str(error)


@st.cache_resource(show_spinner=False)
def _warm_ears() -> threading.Thread:
    """Start loading the pitch tracker in the background, once a server; the thread that does it."""
    thread = threading.Thread(target=_load_tracker, name="warm ears", daemon=True)
    thread.start()
    return thread


def _load_tracker() -> None:
    from composer.music.singing.pitch import warm_up

    with contextlib.suppress(BadInput):  # where it is missing, a recording says so
        warm_up()
