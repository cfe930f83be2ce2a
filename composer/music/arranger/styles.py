"""Styles as data: for every part of the band and every meter, patterns that fill a bar, read from styles/*.toml.

A pattern is a text over one bar, its characters of equal length (16 for sixteenths in 4/4, 12 for triplets). In all
of them "-" holds what sounds and "." is silence. Piano, guitar and strings: "x" strikes the whole chord, "~" the same
but holding notes that sound already, "u" all but its lowest note, a digit one note counted from the lowest. Bass: "R"
root, "8" the root an octave up, "3" and "5" third and fifth, "a" a step into the next chord's root. Drums have a
pattern for each instrument: "x" a stroke, "?" a stroke in some bars.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from composer.errors import BadInput

_FOLDER = Path(__file__).with_name("styles")
STYLES: dict[str, str] = {"rock": "Rock", "pop": "Pop", "jazz": "Jazz", "symphony": "Symphony", "folk": "Folk"}
"""The names of the styles and their titles."""
KIT: dict[str, int] = {
    "kick": 36,
    "stick": 37,
    "snare": 38,
    "clap": 39,
    "closed": 42,
    "low_tom": 45,
    "pedal": 44,
    "open": 46,
    "mid_tom": 47,
    "crash": 49,
    "high_tom": 50,
    "ride": 51,
    "tambourine": 54,
    "triangle": 81,
}
"""Keys of the General MIDI drum kit."""
DrumBar = Mapping[str, str]
"""A drum pattern: for each instrument of KIT a text over one bar."""


@dataclass(frozen=True)
class PartStyle:
    """How a pitched part plays: its `patterns` by meter, its range `low`..`high` and how many `notes` at once.

    `tones` says which notes of a chord it takes: "all", "power" (root and fifth) or "upper" (none but the root's).
    It plays in a share `plays` of the phrases, and rests in a share `rests` of the bars of those. `over_tune` lets it
    play above the tune.
    """

    patterns: Mapping[str, tuple[str, ...]]
    low: int
    high: int
    notes: int
    plays: float
    rests: float = 0.0
    tones: str = "all"
    over_tune: bool = False


@dataclass(frozen=True)
class Style:
    """All that a style knows: the pitched parts by name, drum patterns and fills by meter, and colours of chords.

    `drums_play` is the share of phrases with drums, `crash` whether a cymbal follows a fill.
    """

    parts: Mapping[str, PartStyle]
    drums: Mapping[str, tuple[DrumBar, ...]]
    fills: Mapping[str, tuple[DrumBar, ...]]
    colours: Mapping[str, str]
    drums_play: float
    crash: bool


@cache
def load_style(name: str) -> Style:
    """The style called `name`; raises BadInput naming those there are."""
    if name not in STYLES:
        raise BadInput(f"There is no style called “{name}”; there are: {', '.join(STYLES)}.")
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    drums = data.pop("Drums")
    return Style(
        parts={part: _part(about) for part, about in data.items() if isinstance(about, dict) and part != "colours"},
        drums={meter: tuple(bars) for meter, bars in drums["patterns"].items()},
        fills={meter: tuple(bars) for meter, bars in drums["fills"].items()},
        colours=data["colours"],
        drums_play=drums["plays"],
        crash=drums["crash"],
    )


def _part(about: dict[str, Any]) -> PartStyle:
    patterns = {meter: tuple(texts) for meter, texts in about.pop("patterns").items()}
    return PartStyle(patterns, **about)
