"""Rolls of all epochs share one frame, and every note comes through with its part."""

from __future__ import annotations

import json

import numpy as np
import pytest

from composer.music.score import Score, Tempo, Track, make_notes
from composer.plots.epochs import PART, PITCH, START, epochs_data, spread

EARLY = Score((Track("Melody", make_notes([0, 1], 1.0, [72, 74])),), (Tempo(0.0, 60.0),))
LATE = Score(
    (
        Track("Melody", make_notes([0, 1], 1.0, [72, 74])),
        Track("Bass", make_notes(0, 4, 40)),
        Track("Drums", make_notes([0, 0.5], 0.25, [36, 42]), is_drum=True),
    ),
    (Tempo(0.0, 60.0),),
)


def test_the_frame_fits_all_epochs_and_is_ready_for_json() -> None:
    frame, _ = epochs_data({1: EARLY, 4: LATE})
    assert frame["epochs"] == [1, 4] and frame["counts"] == [2, 5]
    assert frame["low"] <= 38 and frame["high"] >= 74 and frame["seconds"] == 4
    assert [part["name"] for part in frame["parts"]] == ["Melody", "Bass", "Drums"]
    assert {lane["pitch"] for lane in frame["lanes"]} == {36, 42}
    assert "start" not in frame["parts"][0] and json.loads(json.dumps(frame)) == frame


def test_notes_stand_epoch_by_epoch_in_milliseconds() -> None:
    _, notes = epochs_data({1: EARLY, 4: LATE})
    assert notes.shape == (7, 4) and notes.dtype == np.int32
    np.testing.assert_array_equal(notes[:2], [[0, 0, 1000, 72], [0, 1000, 1000, 74]])
    assert notes[2:, PART].tolist() == [0, 0, 1, 2, 2]
    assert notes[-1, START] == 500 and notes[-1, PITCH] == 42


def test_an_early_epoch_with_more_parts_than_the_newest_keeps_them() -> None:
    frame, notes = epochs_data({1: LATE, 2: EARLY})
    assert [part["name"] for part in frame["parts"]] == ["Melody", "Bass", "Drums"]
    assert notes[:5, PART].tolist() == [0, 0, 1, 2, 2]


def test_no_samples_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        epochs_data({})


@pytest.mark.parametrize("count", [1, 5, 32, 33, 411, 2000])
def test_epochs_are_spread_from_the_first_to_the_last_and_denser_at_the_beginning(count: int) -> None:
    chosen = spread(range(1, count + 1), 32)
    assert chosen[0] == 1 and chosen[-1] == count and len(chosen) <= 32
    assert np.all(np.diff(chosen) > 0) and (count <= 32 or chosen[-1] - chosen[-2] > chosen[1] - chosen[0])
    assert count > 32 or len(chosen) == count
