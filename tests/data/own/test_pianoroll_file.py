"""Rolls as pypianoroll writes them become scores; everything else is refused without unpickling."""

from __future__ import annotations

import io

import numpy as np
import pytest

from composer.data.own.pianoroll_file import read_pianoroll_file
from composer.errors import BadInput
from composer.music.score import Meter
from tests.data.own.files import npz

INFO = {"beat_resolution": 24, "name": "x", "0": {"program": 33, "is_drum": False, "name": "Bass"}}


def roll(steps: int = 24 * 16) -> np.ndarray:
    cells = np.zeros((steps, 128), np.uint8)
    cells[0:24, 40] = 90
    cells[24:48, 40] = 100  # louder: a note of its own
    cells[48:60, 52] = 80
    return cells


def test_cells_become_notes_with_their_track() -> None:
    score = read_pianoroll_file(npz([roll()], INFO))
    [track] = score.tracks
    assert (track.name, track.program, track.is_drum, score.title) == ("Bass", 33, False, "x")
    assert track.notes["onset"].tolist() == [0, 1, 2] and track.notes["duration"].tolist() == [1, 1, 0.5]
    assert track.notes["pitch"].tolist() == [40, 40, 52] and track.notes["velocity"].tolist() == [90, 100, 80]


def test_bits_tempo_bars_and_both_names_of_the_resolution_are_read() -> None:
    steps = 12 * 12
    cells = np.zeros((steps, 128), bool)
    cells[6:18, 60] = True
    tempo, downbeat = np.full(steps, 90.0), np.zeros(steps, bool)
    tempo[72:] = 60.0
    downbeat[12::36] = True
    score = read_pianoroll_file(npz([cells], {"resolution": 12}, tempo=tempo, downbeat=downbeat))
    assert score.tracks[0].notes["onset"].tolist() == [0.5] and score.tracks[0].notes["duration"].tolist() == [1.0]
    assert [(t.onset, t.bpm) for t in score.tempos] == [(0.0, 90.0), (6.0, 60.0)]
    assert score.meters == (Meter(0.0, 3, 4),) and score.pickup == 1.0


def test_drums_are_drums() -> None:
    score = read_pianoroll_file(npz([roll(), roll()], INFO | {"1": {"program": 0, "is_drum": True, "name": "Drums"}}))
    assert [track.is_drum for track in score.tracks] == [False, True]


def pickled() -> bytes:
    out = io.BytesIO()
    np.savez(out, pianoroll_0_csc_data=np.array([{"a": 1}], object))
    return out.getvalue()


def changed(**arrays: np.ndarray) -> bytes:
    return npz([roll()], INFO, **{f"pianoroll_1_csc_{name}": array for name, array in arrays.items()})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not a zip",
        pickled(),
        npz([roll()], INFO)[:200],
        npz([np.zeros((10, 64), bool)], INFO),
        npz([roll()], {"resolution": 0}),
        npz([roll()], {"0": 5}),
        changed(
            data=np.ones(3), indices=np.array([1, 2, -3]), indptr=np.r_[np.zeros(128), 3], shape=np.array([9, 128])
        ),
        changed(data=np.ones(3), indices=np.arange(3), indptr=np.arange(5), shape=np.array([9, 128])),
        changed(
            data=np.array([np.nan]), indices=np.arange(1), indptr=np.r_[np.zeros(128), 1], shape=np.array([9, 128])
        ),
        changed(data=np.ones(1)),
    ],
)
def test_what_is_no_roll_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="no piano roll that can be read"):
        read_pianoroll_file(data)


def test_silence_and_endless_rolls_are_refused() -> None:
    with pytest.raises(BadInput, match="no notes"):
        read_pianoroll_file(npz([np.zeros((96, 128), bool)], INFO))
    with pytest.raises(BadInput, match="unpacks to more than"):
        read_pianoroll_file(npz([roll()], INFO, tempo=np.zeros(8_000_000)))
