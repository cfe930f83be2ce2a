"""1 Melody: pick a sample, bring a file, type, play, draw or sing a tune; see and hear it."""

from __future__ import annotations

import streamlit as st

from composer.music.grid import melody_choices
from composer.music.notation import NOTATION_HELP
from composer.projects.melody import Melody
from composer.ui.drawing import begin_from_melody, drawing_board
from composer.ui.engine import players, synthesiser
from composer.ui.keyboard import keyboard
from composer.ui.plain import plain
from composer.ui.player import PlayerData, player, player_data
from composer.ui.singing import singing
from composer.ui.state import (
    MELODY,
    MELODY_ERROR,
    SAMPLE,
    TRACK,
    TYPED,
    forget_error,
    samples,
    take_played,
    take_sample,
    take_track,
    take_typed,
    take_upload,
)

_WAY, _UPLOAD = "studio.way", "studio.upload"
_FILE_TYPES = ["mid", "midi", "musicxml", "xml", "mxl"]
_LARGEST_MB = 10


def melody_card() -> None:
    """Draw the card; what is chosen here becomes the session's melody."""
    with st.container(border=True, key="card_melody"):
        st.header("1 · Melody", anchor=False)
        ways = {
            "Sample": _sample_picker,
            "Upload": _uploader,
            "Type": _typewriter,
            "Play": _piano,
            "Draw": drawing_board,
            "Sing": singing,
        }
        st.session_state.setdefault(_WAY, "Sample")
        way = st.segmented_control(
            "Where the melody comes from",
            list(ways),
            required=True,
            key=_WAY,
            on_change=forget_error,
            label_visibility="collapsed",
            width="stretch",
            persist_state="session",
        )
        ways[way or "Sample"]()
        if st.session_state.get(MELODY_ERROR):
            st.error(st.session_state[MELODY_ERROR], icon=":material/error:")
        _track_picker(st.session_state[MELODY])
        _show(st.session_state[MELODY])


def _sample_picker() -> None:
    st.selectbox(
        "Sample melody",
        list(samples()),
        key=SAMPLE,
        index=None,
        required=True,
        placeholder="Choose a melody",
        format_func=lambda title: f"{title} · {samples()[title].bars} bars",
        on_change=take_sample,
        label_visibility="collapsed",
        persist_state="session",
    )


def _uploader() -> None:
    st.file_uploader(
        "MIDI or MusicXML file",
        _FILE_TYPES,
        key=_UPLOAD,
        max_upload_size=_LARGEST_MB,
        on_change=_uploaded,
        label_visibility="collapsed",
    )


def _uploaded() -> None:
    file = st.session_state.get(_UPLOAD)
    if file is not None:
        take_upload(file.getvalue(), file.name)


def _typewriter() -> None:
    st.text_area(
        "Note letters",
        key=TYPED,
        placeholder="C4 C G G | A A G:2 | F F E E | D D C:2",
        help=NOTATION_HELP,
        on_change=take_typed,
        persist_state="session",
    )
    st.button("Use this tune", icon=":material/check:", on_click=take_typed, width="stretch")


def _piano() -> None:
    keyboard(take_played, key="studio_keyboard")


def _track_picker(melody: Melody) -> None:
    choices = melody_choices(melody.score)
    if len(choices) > 1:
        st.session_state.setdefault(TRACK, melody.track)
        st.selectbox(
            "Which track is the melody?",
            list(choices),
            key=TRACK,
            format_func=choices.__getitem__,
            on_change=take_track,
            persist_state="session",
        )


def _show(melody: Melody) -> None:
    with st.container(key="melody_shown", gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{plain(melody.name)}**")
            if st.session_state[_WAY] != "Draw":
                st.button(
                    "Edit",
                    type="tertiary",
                    icon=":material/edit:",
                    key="edit_melody",
                    help="Change its notes by hand",
                    on_click=_edit,
                )
        player(players().get(melody.id, lambda: _data(melody)), key="studio_melody_player")
        st.caption(melody.caption())
        for message in melody.grid.messages:
            st.caption(f":material/info: {message}")


def _edit() -> None:
    begin_from_melody()
    st.session_state[_WAY] = "Draw"


def _data(melody: Melody) -> PlayerData:
    return player_data(melody.alone, synthesiser().render_stems(melody.alone), compact=True)
