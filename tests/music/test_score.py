"""Score: times through the tempo map, bar lines, and notes in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.score import NOTE, Key, Meter, Score, Tempo, Track, from_start, make_notes


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 4), st.integers(0, 127), st.integers(1, 127)), max_size=20))
def test_notes_are_sorted_by_onset_then_pitch_and_none_is_lost(rows: list[tuple[float, float, int, int]]) -> None:
    columns = np.array(rows).reshape(-1, 4).T
    notes = make_notes(*columns)
    assert notes.dtype == NOTE
    assert notes[["onset", "pitch"]].tolist() == sorted(notes[["onset", "pitch"]].tolist())
    assert sorted(notes.tolist()) == sorted((o, d, int(p), int(v)) for o, d, p, v in rows)


def test_one_number_serves_all_notes() -> None:
    notes = make_notes([0, 1], 1, 60, 90)
    assert notes.tolist() == [(0.0, 1.0, 60, 90), (1.0, 1.0, 60, 90)]


def test_seconds_follow_the_tempo_map() -> None:
    score = Score((), tempos=(Tempo(0.0, 60.0), Tempo(2.0, 120.0), Tempo(4.0, 30.0)))
    np.testing.assert_allclose(score.seconds([0, 1, 2, 3, 4, 5]), [0, 1, 2, 2.5, 3, 5])
    assert float(score.with_tempo(120).seconds(8)) == 4


@given(st.lists(st.floats(20, 300), min_size=1, max_size=5), st.lists(st.floats(0, 50), min_size=2, max_size=10))
def test_seconds_never_run_backwards(tempos: list[float], places: list[float]) -> None:
    score = Score((), tempos=tuple(Tempo(7.0 * i, bpm) for i, bpm in enumerate(tempos)))
    assert np.all(np.diff(score.seconds(sorted(places))) >= 0)


@pytest.mark.parametrize(
    ("meters", "pickup", "end", "lines"),
    [
        ((Meter(0.0, 4, 4),), 0.0, 8, [0, 4, 8]),
        ((Meter(0.0, 3, 4),), 1.0, 8, [1, 4, 7]),
        ((Meter(0.0, 6, 8),), 0.5, 4, [0.5, 3.5]),
        ((Meter(0.0, 4, 4), Meter(8.0, 3, 4)), 0.0, 14, [0, 4, 8, 11, 14]),
    ],
)
def test_bar_lines(meters: tuple[Meter, ...], pickup: float, end: float, lines: list[float]) -> None:
    score = Score((Track("a", make_notes(0, end, 60)),), meters=meters, pickup=pickup)
    np.testing.assert_allclose(score.bar_lines(), lines)


def test_the_end_is_where_the_last_note_stops() -> None:
    score = Score((Track("a", make_notes([0, 1], [9, 1], 60)), Track("b", make_notes(2, 3, 60))))
    assert (score.end, score.tracks[1].end, score.note_count) == (9, 5, 3)
    assert (Score(()).end, Score(()).note_count) == (0, 0)


def test_bars_of_common_meters() -> None:
    bars = [Meter(0.0, n, d).bar_quarters for n, d in ((4, 4), (3, 4), (6, 8), (2, 2), (7, 8), (5, 16))]
    assert bars == [4, 3, 3, 4, 3.5, 1.25]


def test_keys_have_names() -> None:
    assert (str(Key(0)), str(Key(9, "minor")), str(Key(10))) == ("C major", "A minor", "B♭ major")


def test_events_start_at_zero_and_the_last_of_an_instant_holds() -> None:
    default = Tempo(0.0, 120.0)
    assert from_start([], default) == (default,)
    assert from_start([Tempo(2.0, 90.0), Tempo(0.0, 70.0), Tempo(2.0, 80.0)], default) == (
        Tempo(0.0, 70.0),
        Tempo(2.0, 80.0),
    )
