"""The on-screen piano: a melody is played and recorded in the browser, and arrives in one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from composer.music.recording import FASTEST_BPM, MAX_EVENTS, METERS, SLOWEST_BPM
from composer.paths import assets
from composer.plots.theme import part_colour
from composer.ui.player import scripts

_FOLDER = assets() / "keyboard"
_SCRIPTS = ("synth", "take", "recorder", "piano", "midi", "controls", "keyboard")
_component = st.components.v2.component(
    "composer_keyboard",
    html='<div class="player-mount"></div>',
    css=(assets() / "player" / "player.css").read_text(encoding="utf-8")
    + (_FOLDER / "keyboard.css").read_text(encoding="utf-8"),
    js=scripts("roll", "sound") + "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS),
)


def keyboard(on_take: Callable[[Mapping[str, Any]], None], key: str) -> None:
    """Show the piano; `on_take` gets the message of a take that is to be used, before the page is run again.

    The message holds what `Recording.from_message` reads, and `strength`, 0 to 100: how far to straighten the rhythm.
    """

    def taken() -> None:
        take = st.session_state[key].get("take")
        if take is not None:
            on_take(take)

    data = {
        "meters": {name: _beats(meter.bar_quarters, meter.denominator) for name, meter in METERS.items()},
        "slowest": SLOWEST_BPM,
        "fastest": FASTEST_BPM,
        "limit": MAX_EVENTS,
        "colour": part_colour(0),
        "colour_dark": part_colour(0, dark=True),
    }
    _component(data=data, key=key, on_take_change=taken)


def _beats(bar_quarters: float, denominator: int) -> tuple[float, float]:
    """Beats a bar and quarters a beat; three eighths make a beat."""
    beat = 1.5 if denominator == 8 else 4 / denominator
    return bar_quarters / beat, beat
