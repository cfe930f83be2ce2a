"""4 Take home: the take on the page as files, each made when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from composer.music.score import Score
from composer.music.stems import Audio, mix
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.engine import synthesiser
from composer.ui.listen_card import shown_score, shown_take
from composer.ui.menu import is_dark
from composer.ui.state import RESULT, home_key

Writer = Callable[[Score, Sequence[int], bool], bytes]
"""Makes a file of the parts of a score with these numbers, in light or dark."""


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
        parts = _part_switches(result)
        with st.container(horizontal=True, gap="small"):
            for label, (extension, mime, icon, help_text, write) in _FORMATS.items():
                st.download_button(
                    label,
                    _later(write, score, parts, dark),
                    f"{stem}.{extension}",
                    mime,
                    icon=icon,
                    help=help_text,
                    key=f"home_{label}",
                    on_click="ignore",
                    type="primary" if label == "MIDI" else "secondary",
                )


def _part_switches(result: Result) -> list[int]:
    """The numbers (from 0) of the parts that go into the files: all at first, and always one at least."""
    names, key = part_names(result), home_key(result)
    st.session_state.setdefault(key, list(range(len(names))))
    chosen = st.pills(
        "Parts in the files",
        range(len(names)),
        selection_mode="multi",
        key=key,
        format_func=names.__getitem__,
        help="Switch off what you don't want to take home. One part stays on.",
        on_change=_keep_one,
        args=(key,),
        persist_state="session",
    )
    st.session_state[f"{key}.last"] = chosen
    return sorted(chosen)


def _keep_one(key: str) -> None:
    """Put the last part back where a person has switched it off."""
    st.session_state[key] = st.session_state[key] or st.session_state[f"{key}.last"]


def _later(write: Writer, score: Score, parts: Sequence[int], dark: bool) -> Callable[[], bytes]:
    return lambda: write(score, parts, dark)


def _only(score: Score, parts: Sequence[int]) -> Score:
    return replace(score, tracks=tuple(score.tracks[part] for part in parts))


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "music"


def _midi(score: Score, parts: Sequence[int], dark: bool) -> bytes:
    from composer.music.midi import write_midi

    return write_midi(_only(score, parts))


def _musicxml(score: Score, parts: Sequence[int], dark: bool) -> bytes:
    from composer.music.musicxml_writer import write_musicxml

    return write_musicxml(_only(score, parts))


def _wav(score: Score, parts: Sequence[int], dark: bool) -> bytes:
    from composer.music.audio import wav_bytes

    return wav_bytes(_sound(score, parts))


def _mp3(score: Score, parts: Sequence[int], dark: bool) -> bytes:
    from composer.music.audio import mp3_bytes

    return mp3_bytes(_sound(score, parts))


def _sound(score: Score, parts: Sequence[int]) -> Audio:
    """The mix (frames, 2) with all other parts silent: as long, as loud and as far left or right as on the page."""
    return mix(synthesiser().render_stems(score), [float(part in parts) for part in range(len(score.tracks))])


def _picture(score: Score, parts: Sequence[int], dark: bool) -> bytes:
    from composer.plots.picture import pianoroll_png

    return pianoroll_png(_only(score, parts), dark, parts)


_FORMATS: dict[str, tuple[str, str, str, str, Writer]] = {
    "MIDI": ("mid", "audio/midi", ":material/piano:", "Notes for any music program or keyboard.", _midi),
    "MusicXML": ("musicxml", "application/vnd.recordare.musicxml+xml", ":material/lyrics:", "Sheet music.", _musicxml),
    "MP3": ("mp3", "audio/mpeg", ":material/headphones:", "Sound, small, plays everywhere.", _mp3),
    "WAV": ("wav", "audio/wav", ":material/graphic_eq:", "Sound without loss, for editing.", _wav),
    "Picture": ("png", "image/png", ":material/image:", "The piano roll as a PNG picture.", _picture),
}
