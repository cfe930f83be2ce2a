"""Small made-up music in four parts: a scale harmonised in triads, in any key and meter."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import strategies as st

from composer.data.dataset import Dataset, Piece
from composer.music.editing import as_roll
from composer.music.pianoroll import ONSET, TRACK, Music, Pianoroll, part_count, pianoroll_from_notes
from composer.music.region import Region, open_notes
from composer.music.score import make_notes
from composer.music.voices import REST, Voices

PARTS = ("Soprano", "Alto", "Tenor", "Bass")
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])
LENGTHS = (4, 4, 4, 8, 2)
"""Lengths of melody notes in steps, drawn at random."""


def hymn(seed: int, bars: int = 8, tonic: int = 0, steps_per_bar: int = 16, pickup: int = 0) -> Voices:
    """A melody that walks along a major scale, each note with a triad below it; shape (4, pickup + bars of steps)."""
    random = np.random.default_rng(seed)
    steps = pickup + bars * steps_per_bar
    lengths = random.choice(LENGTHS, steps)
    note = np.repeat(np.arange(steps), lengths)[:steps]  # which note sounds at each step
    path = random.integers(12) + np.cumsum(random.choice([-2, -1, -1, 0, 1, 1, 2], steps))
    walk = np.abs(path % 12 - 6) - 2  # turns round at both ends of its range
    root = walk - 2 * random.integers(0, 3, steps)
    degrees = np.stack([walk + 7, np.where(root == walk, walk + 4, walk + 5), walk + 2, root % 7 - 7])[:, note]
    pitch = 60 + tonic + SCALE[degrees % 7] + 12 * (degrees // 7)
    attack = np.tile(np.diff(note, prepend=-1) > 0, (4, 1))
    return Voices(pitch, attack, steps_per_bar, pickup)


def shuffled(pieces: list[Voices]) -> list[Voices]:
    """Pieces of one length with their parts dealt anew: the k-th voice comes from the piece k places further on."""
    return [
        Voices(*(np.stack([getattr(pieces[(i + k) % len(pieces)], part)[k] for k in range(4)]) for part in PLANES))
        for i in range(len(pieces))
    ]


PLANES = ("pitch", "attack")


def tiny_dataset(train: int = 6, bars: int = 4, name: str = "tiny") -> Dataset:
    """`train` hymns to learn from and two each to validate and to test, in several keys."""
    splits = ["train"] * train + ["valid"] * 2 + ["test"] * 2
    pieces = [Piece(f"hymn-{i:02d}", split, hymn(i, bars, tonic=i % 5 - 2)) for i, split in enumerate(splits)]
    return Dataset(name, PARTS, tuple(pieces))


@st.composite
def any_voices(draw: st.DrawFn, low: int = 36, high: int = 84, voices: int = 4) -> Voices:
    """Voices of any length up to 80 steps, meter and pickup, with rests, repeated notes and leaps."""
    steps, bar = draw(st.integers(1, 80)), draw(st.sampled_from([8, 12, 14, 16, 20, 24]))
    pickup = draw(st.integers(0, bar - 1))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pitch = random.integers(low, high + 1, (voices, steps))
    held = random.random((voices, steps)) < draw(st.sampled_from([0.0, 0.5, 0.9]))
    last_new = np.maximum.accumulate(np.where(held, 0, np.arange(steps)), axis=1)
    pitch = np.take_along_axis(pitch, last_new, 1)
    pitch[random.random((voices, steps)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = REST
    return Voices(pitch, random.random((voices, steps)) < 0.2, bar, pickup)


@st.composite
def any_roll(draw: st.DrawFn, tracks: int = 3, low: int = 30, high: int = 90) -> Pianoroll:
    """A roll of any length up to 150 steps, meter and pickup, with up to 30 notes a track, many at once."""
    steps, bar = draw(st.integers(1, 150)), draw(st.sampled_from([24, 36, 42, 48]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = [draw(st.integers(0, 30)) for _ in range(tracks)]
    parts = [
        make_notes(
            random.integers(0, steps, count) / 12,
            random.integers(1, 30, count) / 12,
            random.integers(low, high + 1, count),
        )
        for count in counts
    ]
    return pianoroll_from_notes(parts, steps, bar, draw(st.integers(0, bar - 1)))


@st.composite
def any_region(draw: st.DrawFn, music: Music, given: int = 0) -> Region:
    """A region of the music that leaves the first `given` parts alone and may reach beyond the end."""
    parts = draw(st.sets(st.integers(given, part_count(music) - 1), min_size=1))
    start = draw(st.integers(0, music.steps - 1))
    return Region(tuple(parts), start, start + draw(st.integers(1, music.steps)))


def changed_only(where: Region, before: Music, after: Music) -> bool:
    """Whether all but the notes of a region came back note for note, and new ones begin in its parts at its start."""
    old, new = as_roll(before), as_roll(after)
    region = where if isinstance(before, Pianoroll) else where.on_fine_grid()
    kept = Counter(map(tuple, old.notes[~open_notes(old, region)].tolist()))
    found = Counter(map(tuple, new.notes.tolist()))
    inside = all(note[TRACK] in region.parts and note[ONSET] >= region.start for note in found - kept)
    return kept <= found and inside and _size(before) == _size(after)


def _size(music: Music) -> tuple[object, ...]:
    return type(music), part_count(music), music.steps, music.steps_per_bar, music.pickup_steps


def same(one: Voices, other: Voices) -> bool:
    """Whether two pieces hold the same notes in the same bars."""
    planes = all(np.array_equal(getattr(one, plane), getattr(other, plane)) for plane in PLANES)
    return planes and (one.steps_per_bar, one.pickup_steps) == (other.steps_per_bar, other.pickup_steps)
