"""Stems as files that the browser fetches one by one: each is written once, and its address stands for its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from streamlit import runtime

from composer.music.audio import flac_bytes
from composer.music.remembering import LimitedCache
from composer.music.stems import Audio, Stems

FILES_BYTES = 64 * 2**20
_PEAK = 0.5
"""Where a stem's file peaks: at full range it would be larger by an eighth and sound no better."""


@dataclass(frozen=True)
class StemFile:
    """A stem as FLAC: exact, half the size of WAV, and without the silence that MP3 puts in front.

    Its samples times `gain` are the stem's own, so its bytes don't depend on how loud the other stems are.
    """

    data: bytes
    gain: float


def stem_files(stems: Stems) -> list[StemFile]:
    """A file a stem, those that were written lately from what they were written to."""
    pairs = zip(stems.audio, stems.contents, strict=True)
    return [_files().get(content, partial(_file, audio, stems.sample_rate)) for audio, content in pairs]


def addresses(files: Sequence[bytes], place: str) -> list[str]:
    """Where the browser finds each file for as long as this session shows them at `place`, a name of its own."""
    if not runtime.exists():
        return [""] * len(files)
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    keep = runtime.get_instance().media_file_mgr.add
    found = [keep(file, "audio/flac", f"{place}.{number}") for number, file in enumerate(files)]
    return [f"/{base}{address}" if base else address for address in found]


@st.cache_resource(show_spinner=False)
def _files() -> LimitedCache[StemFile]:
    return LimitedCache(FILES_BYTES, lambda file: len(file.data))


def _file(audio: Audio, sample_rate: int) -> StemFile:
    peak = float(max(audio.max(initial=0.0), -audio.min(initial=0.0)))
    gain = peak / _PEAK or 1.0
    return StemFile(flac_bytes(audio / np.float32(gain), sample_rate), gain)
