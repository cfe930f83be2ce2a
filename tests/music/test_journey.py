"""A journey through versions of a phrase: each plays one bar, the phrase goes on, and notes end at the bar lines."""

from __future__ import annotations

import numpy as np
import pytest

from composer.music.journey import bar_count, journey, places
from composer.music.score import Meter, Score, Tempo, Track, make_notes


def version(pitch: int, bars: int = 2, meter: Meter = Meter(0.0, 3, 4)) -> Score:  # noqa: B008
    """A melody of quarter notes and one long note below, its pitch that of the version."""
    length = int(bars * meter.bar_quarters)
    melody = make_notes(np.arange(length), 1.0, 70 + np.arange(length))
    return Score((Track("Melody", melody), Track("Bass", make_notes(0, length, pitch))), (Tempo(0.0, 90.0),), (meter,))


def test_bar_k_comes_from_version_k_and_the_phrase_begins_again() -> None:
    joined = journey([version(pitch) for pitch in (40, 41, 42)])
    melody, bass = (track.notes for track in joined.tracks)
    assert melody["pitch"].tolist() == [70, 71, 72, 73, 74, 75, 70, 71, 72]
    assert melody["onset"].tolist() == list(range(9))
    assert bass["pitch"].tolist() == [40, 41, 42]
    assert bass["onset"].tolist() == [0, 3, 6] and bass["duration"].tolist() == [3, 3, 3]


def test_the_last_version_gives_tempo_and_meter() -> None:
    joined = journey([version(40), version(41).with_tempo(60)])
    assert joined.tempos[0].bpm == 60 and joined.meters[0].bar_quarters == 3 and joined.end == 6


def test_a_part_that_rests_in_some_versions_keeps_its_place() -> None:
    alone = Score(version(40).tracks[:1], meters=(Meter(0.0, 3, 4),))
    joined = journey([alone, version(41)])
    assert [track.name for track in joined.tracks] == ["Melody", "Bass"]
    assert joined.tracks[1].notes["onset"].tolist() == [3]


def test_bars_are_counted_after_the_pickup_and_a_short_end_is_one() -> None:
    assert bar_count(version(40, 4)) == 4
    assert bar_count(Score((Track("A", make_notes(0, 9.5, 60)),), pickup=1.0)) == 3
    assert bar_count(Score(())) == 1


def test_places_walk_through_the_phrase() -> None:
    assert places(5, 2) == [(0, 0), (1, 1), (2, 0), (3, 1), (4, 0)]


def test_nothing_is_no_journey() -> None:
    with pytest.raises(ValueError, match="at least one"):
        journey([])
