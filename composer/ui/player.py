"""The player on a page: piano roll, transport and mixer in one component."""

from __future__ import annotations

import json
from dataclasses import dataclass

import streamlit as st

from composer.music.score import Score
from composer.music.stems import Stems, pans
from composer.paths import assets
from composer.plots.pianoroll import roll_data
from composer.ui.stem_files import addresses, stem_files

_FOLDER = assets() / "player"


def scripts(*names: str) -> str:
    """Several scripts of assets/player as one text, since a component has just one."""
    return "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names)


_component = st.components.v2.component(
    "composer_player",
    html='<div class="player-mount"></div>',
    css=(_FOLDER / "player.css").read_text(encoding="utf-8"),
    js=scripts(
        *("roll", "sound", "decoding", "stems", "place", "clicks", "memory"),
        *("loop", "mixer", "shortcuts", "transport", "head", "player"),
    ),
)


@dataclass(frozen=True)
class PlayerData:
    """What `player` shows, as JSON, and the sound file of each part."""

    header: str
    files: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.header) + sum(map(len, self.files))


def player_data(score: Score, stems: Stems, compact: bool = False) -> PlayerData:
    """What `player` shows and plays: roll and stems of one score, to be cached by the caller.

    `compact` asks for a small roll with a play button only. Raises ValueError where there isn't one stem a track.
    """
    if len(stems.audio) != len(score.tracks):
        raise ValueError(f"{len(score.tracks)} tracks need as many stems, not {len(stems.audio)}")
    files = stem_files(stems)
    header = {
        "roll": roll_data(score),
        "compact": compact,
        "pans": pans(len(files)),
        "gains": [stems.level * file.gain for file in files],
    }
    return PlayerData(json.dumps(header), tuple(file.data for file in files))


def player(data: PlayerData, key: str) -> None:
    """Show the player of `player_data`.

    Under one `key` it keeps its mixer, and while the piece is the same its place: another instrument, tempo or take
    joins in where the music is. Only those sound files travel that the browser hasn't had yet.
    """
    _component(data={"header": data.header, "stems": addresses(data.files, f"player.{key}")}, key=key)
