"""Rolls of all epochs in one component: a person scrubs through them, compares them with the newest, and listens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from composer.music.audio import flac_bytes
from composer.music.journey import bar_count, places
from composer.music.score import Score
from composer.music.stems import Stems, pans
from composer.paths import assets
from composer.plots.epochs import epochs_data, spread
from composer.ui.player import scripts

JOURNEY = "journey"
"""What is asked for by this name is the sound of the journey; else it is that of an epoch, by its number."""
JOURNEY_EPOCHS = 32
_FOLDER = assets() / "player"
_component = st.components.v2.component(
    "composer_hear",
    html='<div class="player-mount"></div>',
    css="".join((_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in ("player", "hear")),
    js=scripts("roll", "sound", "decoding", "stems", "hear"),
)


def hear(data: bytes, key: str) -> None:
    """Show the rolls of `hear_data`; where a sound is missing that a person asks for, the page is run again."""

    def note_wish() -> None:
        st.session_state[f"{key}.wish"] = str(st.session_state[key]["wish"]).split()[0]

    _component(data=data, key=key, on_wish_change=note_wish)


def take_wish(key: str) -> str | None:
    """The sound that a person has just asked the component of this key for: an epoch's number or JOURNEY.

    It is told once; what was sent stays with the component.
    """
    wish: str | None = st.session_state.pop(f"{key}.wish", None)
    return wish


def journey_epochs(epochs: list[int]) -> list[int]:
    """The epochs whose bars the journey plays, at most JOURNEY_EPOCHS of them."""
    return spread(epochs, JOURNEY_EPOCHS)


def hear_data(samples: Mapping[int, Score], group: str, wished: str | None = None, stems: Stems | None = None) -> bytes:
    """What `hear` shows, as one block of bytes: a header, the notes of all epochs, and the sound that was wished for.

    `group` is that of the charts that show the chosen epoch.
    """
    frame, notes = epochs_data(samples)
    newest = list(samples.values())[-1]
    bars = bar_count(newest)
    chosen = journey_epochs(frame["epochs"])
    bar = newest.meters[0].bar_quarters
    starts = newest.seconds([newest.pickup + place * bar for _, place in places(len(chosen), bars)])
    files = [flac_bytes(audio * np.float32(stems.level), stems.sample_rate) for audio in stems.audio] if stems else []
    header: dict[str, Any] = {
        "roll": frame,
        "group": group,
        "journey": {"epochs": chosen, "starts": starts.round(4).tolist(), "bar": float(newest.seconds(bar))},
        "sound": wished if stems else None,
        "content": hashlib.sha256(b"".join(files)).hexdigest()[:16],
        "pans": pans(len(files)),
        "sizes": [notes.nbytes, *map(len, files)],
    }
    packed = json.dumps(header).encode()
    return b"".join([len(packed).to_bytes(4, "little"), packed, notes.astype("<i4").tobytes(), *files])
