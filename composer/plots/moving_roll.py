"""The piano roll as a page of its own: one HTML file that plays its sound, with a playhead that moves along."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from html import escape
from typing import Any

from composer.music.score import Score
from composer.paths import assets
from composer.plots.pens import VectorPen
from composer.plots.pianoroll import roll_data
from composer.plots.picture import drawn
from composer.plots.theme import DARK, LIGHT, Theme

MP3_DELAY_S = 0.025
"""How much later than its notes the sound of an MP3 begins: 1,105 samples, which every decoder puts in front."""


def moving_roll_html(score: Score, mp3: bytes, places: Sequence[int] | None = None) -> bytes:
    """An HTML file with the roll of `score` and its sound, `mp3`, inside; it asks nothing of anywhere.

    It is dark or light as the viewer's system is, and for one who wishes for less motion the playhead goes from beat to
    beat. `places` are as in `pianoroll_png`.
    """
    data = roll_data(score, places)
    for part in data["parts"]:
        number = LIGHT.parts.index(part["colour"])
        part["colour"] = _variable(f"part_{number}")
    picture = drawn(data, _by_name(), False, VectorPen)
    place = {
        "left": picture.left,
        "right": picture.right,
        "top": picture.top,
        "bottom": picture.bottom,
        "seconds": data["seconds"],
        "beats": data["beats"],
        "delay": MP3_DELAY_S,
    }
    title = score.title or "Piano roll"
    words = {
        "title": escape(title),
        "colours_light": _definitions(LIGHT),
        "colours_dark": _definitions(DARK),
        "picture": picture.pen.svg(title),
        "caption": escape(" ".join(part["summary"] for part in data["parts"])),
        "place": json.dumps(place),
        "sound": base64.b64encode(mp3).decode(),
    }
    template = (assets() / "takeaway" / "roll.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], template).encode()


def _by_name() -> Theme:
    """A theme whose colours are variables of CSS, which mean one thing in light and another in dark."""
    names = (field.name for field in fields(Theme) if field.name != "parts")
    colours: dict[str, Any] = {name: _variable(name) for name in names}
    return replace(LIGHT, **colours)


def _definitions(theme: Theme) -> str:
    colours = {field.name: getattr(theme, field.name) for field in fields(Theme) if field.name != "parts"}
    colours |= {f"part_{number}": colour for number, colour in enumerate(theme.parts)}
    return " ".join(f"{_property(name)}: {colour};" for name, colour in colours.items())


def _variable(name: str) -> str:
    return f"var({_property(name)})"


def _property(name: str) -> str:
    return f"--{name.replace('_', '-')}"
