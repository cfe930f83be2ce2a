"""How long a link is: many made-up tunes of eight bars, each put into an address and taken out again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.evaluation.bench import Result, Subject
from composer.evaluation.intervals import Figure
from composer.music.score import Key, Meter, Notes, Score, Tempo, Track, make_notes
from composer.projects.link import PARAMETER, Shared, decode, encode
from composer.projects.request import Request

TUNES = 500
_BARS = 8
_TICKS = 480
_NAMES = ("Melody", "Flute", "Right hand", "Violin 1", "Track 3")
_SYLLABLES = ("la", "ri", "mo", "ten", "sha", "vi", "do", "gar", "el", "un")


def bench_link(subject: Subject) -> list[Result]:
    """The longest and the median query of TUNES links, and how many came back with every note as it was."""
    model = f"{subject.model.name if subject.model else 'model'}-0123456789ab"
    settings = subject.algorithm.GenerateSettings().as_dict()
    wishes = [
        Shared(Request(tune, model, settings, number), subject.algorithm.name, (68, 71, 60, 70), 60 + number % 120)
        for number, tune in enumerate(tunes(TUNES))
    ]
    texts = [encode(wish) for wish in wishes]
    lengths = [len(f"?{PARAMETER}={text}") for text in texts]
    same = sum(decode(text).request.id == wish.request.id for text, wish in zip(texts, wishes, strict=True))
    title = f"Longest of {TUNES} links of {_BARS} bars with settings"
    return [
        Result(title, Figure(max(lengths)), "characters", "at most 600"),
        Result("... median", Figure(float(np.median(lengths))), "characters"),
        Result("... came back note for note", Figure(same), "links", f"all {TUNES}"),
    ]


def tunes(count: int, seed: int = 0) -> Iterator[Score]:
    """Made-up tunes of eight bars: a third on the grid, a third with triplets or swing, a third as a person plays.

    They have 8 to 64 notes, a title, a key, a meter and a tempo.
    """
    random = np.random.default_rng(seed)
    for number in range(count):
        meter = Meter(0.0, *((4, 4), (3, 4), (6, 8), (2, 4))[random.integers(4)])
        sixteenths = round(_BARS * meter.bar_quarters * 4)
        notes = (_even, _swung, _played)[number % 3](
            random, int(random.integers(8, min(64, sixteenths) + 1)), sixteenths
        )
        title = "".join(random.choice(_SYLLABLES, random.integers(2, 8))).capitalize()
        track = Track(str(random.choice(_NAMES)), notes, int(random.integers(128)))
        tempo = Tempo(0.0, round(float(random.uniform(50, 180)), 3))
        yield Score((track,), (tempo,), (meter,), Key(int(random.integers(12))), title=title)


def _even(random: np.random.Generator, count: int, sixteenths: int) -> Notes:
    onset = _starts(random, count, sixteenths)
    return _notes(random, onset / 4, np.diff(onset, append=sixteenths) / 4, 80)


def _swung(random: np.random.Generator, count: int, sixteenths: int) -> Notes:
    twelfths = _starts(random, min(count, sixteenths // 2), sixteenths // 4 * 3) * 4
    return _notes(random, twelfths / 12, np.diff(twelfths, append=sixteenths * 3) / 12, 80)


def _played(random: np.random.Generator, count: int, sixteenths: int) -> Notes:
    """As a reader of MIDI gives them: times rounded one by one, so that an end less an onset is no whole tick."""
    ticks = np.sort(_starts(random, count, sixteenths) * _TICKS // 4 + random.integers(0, 40, count))
    length = np.maximum(np.diff(ticks, append=ticks[-1] + _TICKS) * random.uniform(0.6, 1.1, count), 12).astype(int)
    return _notes(random, ticks / _TICKS, (ticks + length) / _TICKS - ticks / _TICKS, random.integers(50, 110, count))


def _starts(random: np.random.Generator, count: int, places: int) -> NDArray[np.int64]:
    """`count` different places of 0..places-1, rising."""
    return np.sort(random.choice(places, count, replace=False))


def _notes(random: np.random.Generator, onset: ArrayLike, duration: ArrayLike, velocity: ArrayLike) -> Notes:
    pitch = np.clip(random.integers(58, 76) + np.cumsum(random.integers(-4, 5, np.size(onset))), 36, 96)
    return make_notes(onset, duration, pitch, velocity)
