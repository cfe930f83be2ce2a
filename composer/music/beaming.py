"""Which short notes are joined by beams: those that follow each other within a beat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from composer.music.engraving import UNITS, VALUES, Bar, Symbol

_FLAGS = {"eighth": 1, "16th": 2, "32nd": 3}
Beams = tuple[str, ...]
"""What the first, second and third beam do at a note, in MusicXML's words; shorter where there are fewer."""


def beams(symbols: Sequence[Symbol], bar: Bar) -> list[Beams]:
    """The beams at each symbol of a bar; none for rests, for long notes and for a short note alone in its beat."""
    compound = bar.meter.denominator >= 8 and bar.meter.numerator % 3 == 0
    beat = UNITS * 3 // 2 if compound else UNITS
    flags = [_FLAGS.get(VALUES[symbol.length][0], 0) if symbol.sounds else 0 for symbol in symbols]
    groups = groupby(range(len(symbols)), lambda i: ((symbols[i].start - bar.start) // beat, flags[i] > 0))
    found: list[Beams] = []
    for (_, short), members in groups:
        found += _joined([flags[i] for i in members]) if short else [() for _ in members]
    return found


def _joined(flags: list[int]) -> list[Beams]:
    """The beams of notes that stand in one group, from how many flags each would have alone."""
    if len(flags) == 1:
        return [()]
    return [tuple(_beam(flags, i, level) for level in range(1, own + 1)) for i, own in enumerate(flags)]


def _beam(flags: list[int], i: int, level: int) -> str:
    before = i > 0 and flags[i - 1] >= level
    after = i + 1 < len(flags) and flags[i + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "backward hook" if i else "forward hook"
