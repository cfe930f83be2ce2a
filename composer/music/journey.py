"""Several versions of one phrase as a journey through them: one bar of each, one after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from composer.music.score import Notes, Score, Track, sort_notes

Place = tuple[int, int]
"""The number of a version (from 0) and of the bar in it (from 0)."""


def bar_count(score: Score) -> int:
    """How many bars a score has after its pickup, one at least."""
    return max(1, math.ceil((score.end - score.pickup) / score.meters[0].bar_quarters - 1e-6))


def places(versions: int, bars: int) -> list[Place]:
    """Which bar of which version the journey plays: each version one bar, the phrase over and over."""
    return [(version, version % bars) for version in range(versions)]


def journey(versions: Sequence[Score]) -> Score:
    """One score of as many bars as there are versions: bar k comes from version k, and goes on where the last one was.

    Tempo and meter are those of the last version. Notes end at the bar lines. Raises ValueError for no versions.
    """
    if not versions:
        raise ValueError("a journey needs at least one version")
    last = versions[-1]
    bar = last.meters[0].bar_quarters
    tracks: dict[str, list[Notes]] = {}
    kinds: dict[str, Track] = {}
    for number, (version, place) in enumerate(places(len(versions), bar_count(last))):
        for track in versions[version].tracks:
            kinds.setdefault(track.name, track)
            cut = _cut(track.notes, last.pickup + place * bar, bar)
            cut["onset"] += number * bar
            tracks.setdefault(track.name, []).append(cut)
    joined = tuple(replace(kinds[name], notes=np.concatenate(parts)) for name, parts in tracks.items())
    return Score(joined, last.tempos[:1], last.meters[:1], last.key)


def _cut(notes: Notes, start: float, length: float) -> Notes:
    """What sounds between start and start + length, moved to begin at 0."""
    begin = np.maximum(notes["onset"], start)
    end = np.minimum(notes["onset"] + notes["duration"], start + length)
    inside = end - begin > 1e-6
    cut = notes[inside].copy()
    cut["onset"], cut["duration"] = begin[inside] - start, (end - begin)[inside]
    return sort_notes(cut)
