"""Who plays in which bar, and with which pattern: sections that return, phrases that rest, bars that vary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.chords import PHRASE_BARS
from composer.music.arranger.styles import Style

_VARIED = (0.1, 0.25, 0.1, 0.4)
"""Chance that a bar of a phrase takes another pattern than its section's."""
_FILLS = (0.35, 0.9)
"""Chance of a drum fill at the end of the first and the second phrase of a section."""
REST = -1
HARMONY = ("Piano", "Guitar", "Strings")
"""Parts of which one at least plays chords at any time."""


@dataclass(frozen=True)
class Form:
    """For each pitched part, for the "Drums" and for their "fills" a row (bars,): a pattern's number or REST."""

    rows: dict[str, NDArray[np.int64]]


def plan(style: Style, meter: str, bars: int, random: np.random.Generator) -> Form:
    """Draw a form for a tune of `bars` bars whose bars begin with a cell of `meter`.

    Each section of two phrases has one of two patterns for each part, so that what was heard returns. A part rests
    for whole phrases, and in single bars; in the last phrase all play.
    """
    counts = {name: len(part.patterns[meter]) for name, part in style.parts.items()}
    rows = {name: _patterns(count, bars, random) for name, count in counts.items()}
    playing = {name: _phrases(part.plays, bars, random) for name, part in style.parts.items()}
    chords = [name for name in HARMONY if name in playing]
    nobody = ~np.any([playing[name] for name in chords], axis=0)
    playing[max(chords, key=lambda name: style.parts[name].plays)] |= nobody
    for name, part in style.parts.items():
        rows[name][~playing[name] | (random.random(bars) < part.rests) & ~nobody] = REST
    drums = _patterns(len(style.drums[meter]), bars, random)
    rows["Drums"] = np.where(_phrases(style.drums_play, bars, random), drums, REST)
    rows["fills"] = _fills(len(style.fills[meter]), rows["Drums"], random)
    return Form(rows)


def _patterns(count: int, bars: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Numbers of patterns (bars,) below `count`: two that take turns by section, with others here and there."""
    bar = np.arange(bars)
    two = random.permutation(count)[[0, -1]]
    other = random.integers(count, size=bars)
    varied = random.random(bars) < np.array(_VARIED)[bar % PHRASE_BARS]
    return np.where(varied, other, two[bar // (2 * PHRASE_BARS) % 2])


def _phrases(share: float, bars: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """Whether a part plays, drawn anew for each phrase; shape (bars,)."""
    phrase = np.arange(bars) // PHRASE_BARS
    drawn = random.random(bars // PHRASE_BARS + 1) < share
    return np.asarray(drawn[phrase] | (phrase == phrase[-1:]) & (share > 0.3))


def _fills(count: int, drums: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Numbers of fills (bars,) at the ends of phrases in which the drums play."""
    bar = np.arange(len(drums))
    chance = np.where(bar % PHRASE_BARS == PHRASE_BARS - 1, np.array(_FILLS)[bar // PHRASE_BARS % 2], 0.0)
    number = random.integers(count, size=len(drums))
    return np.where((random.random(len(drums)) < chance) & (drums != REST), number, REST)
