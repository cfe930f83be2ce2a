"""The player on a page: piano roll, transport and mixer in one component."""

from __future__ import annotations

import hashlib
import json

import streamlit as st

from composer.music.audio import flac_bytes
from composer.music.score import Score
from composer.music.stems import Stems, pans
from composer.paths import assets
from composer.plots.pianoroll import roll_data

_FOLDER = assets() / "player"


def scripts(*names: str) -> str:
    """Several scripts of assets/player as one text, since a component has just one."""
    return "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names)


_component = st.components.v2.component(
    "composer_player",
    html='<div class="player-mount"></div>',
    css=(_FOLDER / "player.css").read_text(encoding="utf-8"),
    js=scripts("roll", "sound", "loop", "mixer", "shortcuts", "player"),
)


def player_data(score: Score, stems: Stems, compact: bool = False) -> bytes:
    """What `player` shows and plays, as one block of bytes: roll and stems of one score, to be cached by the caller.

    `compact` asks for a small roll with a play button only. The stems travel as FLAC: half the size of WAV, exact, and
    without the silence that MP3 puts in front. Raises ValueError where there isn't one stem a track.
    """
    if len(stems.audio) != len(score.tracks):
        raise ValueError(f"{len(score.tracks)} tracks need as many stems, not {len(stems.audio)}")
    files = [flac_bytes(audio, stems.sample_rate) for audio in stems.audio]
    header = {"roll": roll_data(score), "pans": pans(len(files)), "compact": compact, "sizes": [len(f) for f in files]}
    content = hashlib.sha256(json.dumps(header).encode() + b"".join(files)).hexdigest()[:16]
    packed = json.dumps(header | {"rev": content}).encode()
    return b"".join([len(packed).to_bytes(4, "little"), packed, *files])


def player(data: bytes, key: str) -> None:
    """Show the player of `player_data`; under one `key` it keeps its mixer, and its place if the length is the same."""
    _component(data=data, key=key)
