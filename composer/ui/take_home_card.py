"""4 Take home: the take on the page as files, each made when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from composer.music.score import Score
from composer.projects.results import Result
from composer.ui.engine import synthesiser
from composer.ui.listen_card import shown_score, shown_take
from composer.ui.menu import is_dark
from composer.ui.state import RESULT

Writer = Callable[[Score, bool], bytes]


def take_home_card() -> None:
    """Draw the card: a button a file format for the take on the page, as it sounds there."""
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        return
    take = shown_take(result)
    score, dark = shown_score(result, take), is_dark()
    stem = f"{_file_name(score.title)}-take-{take + 1}"
    with st.container(border=True, key="card_home"):
        st.header("4 · Take home", anchor=False)
        st.caption(f"Take {take + 1}, with the instruments and the tempo chosen above.")
        with st.container(horizontal=True, gap="small"):
            for label, (extension, mime, icon, help_text, write) in _FORMATS.items():
                st.download_button(
                    label,
                    _later(write, score, dark),
                    f"{stem}.{extension}",
                    mime,
                    icon=icon,
                    help=help_text,
                    key=f"home_{label}",
                    on_click="ignore",
                    type="primary" if label == "MIDI" else "secondary",
                )


def _later(write: Writer, score: Score, dark: bool) -> Callable[[], bytes]:
    return lambda: write(score, dark)


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "music"


def _midi(score: Score, dark: bool) -> bytes:
    from composer.music.midi import write_midi

    return write_midi(score)


def _musicxml(score: Score, dark: bool) -> bytes:
    from composer.music.musicxml_writer import write_musicxml

    return write_musicxml(score)


def _wav(score: Score, dark: bool) -> bytes:
    from composer.music.audio import wav_bytes
    from composer.music.synthesis import mix

    return wav_bytes(mix(synthesiser().render_stems(score)))


def _mp3(score: Score, dark: bool) -> bytes:
    from composer.music.audio import mp3_bytes
    from composer.music.synthesis import mix

    return mp3_bytes(mix(synthesiser().render_stems(score)))


def _picture(score: Score, dark: bool) -> bytes:
    from composer.plots.picture import pianoroll_png

    return pianoroll_png(score, dark)


_FORMATS: dict[str, tuple[str, str, str, str, Writer]] = {
    "MIDI": ("mid", "audio/midi", ":material/piano:", "Notes for any music program or keyboard.", _midi),
    "MusicXML": ("musicxml", "application/vnd.recordare.musicxml+xml", ":material/lyrics:", "Sheet music.", _musicxml),
    "MP3": ("mp3", "audio/mpeg", ":material/headphones:", "Sound, small, plays everywhere.", _mp3),
    "WAV": ("wav", "audio/wav", ":material/graphic_eq:", "Sound without loss, for editing.", _wav),
    "Picture": ("png", "image/png", ":material/image:", "The piano roll as a PNG picture.", _picture),
}
