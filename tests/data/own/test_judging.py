"""Files are read, put on the grid of twelve steps and judged, each refusal with one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.data.own.archive import Entry
from composer.data.own.gridding import MAX_BARS, to_grid
from composer.data.own.judging import judge
from composer.data.own.reading import judge_all
from composer.errors import BadInput
from composer.music.midi import write_midi
from composer.music.musicxml import write_musicxml
from composer.music.pianoroll import FINE_STEPS
from composer.music.score import Meter, Score, Tempo, Track, make_notes
from tests.data.own.files import hymn, judged, midi, npz, song


def one_track(onset: object, duration: object, pitch: object = 60, **about: object) -> Score:
    return Score((Track("x", make_notes(onset, duration, pitch)),), **about)


def test_a_song_keeps_every_track_note_for_note() -> None:
    score, found = song(1), judged(song(1))
    assert not found.refusal and found.bars == 12
    assert [(t.name, t.is_drum) for t in found.tracks] == [(t.name, t.is_drum) for t in score.tracks]
    for row, track in enumerate(score.tracks):
        part = found.roll.part(row)
        assert all(np.array_equal(part[name], track.notes[name]) for name in ("onset", "duration", "pitch"))
    assert found.tracks[found.melody].name == "Flute"


def test_musicxml_and_rolls_are_read_too() -> None:
    assert judge(Entry("a.musicxml", write_musicxml(hymn(1)))).bars == 12
    cells = np.zeros((24 * 24, 128), bool)
    cells[np.arange(0, 24 * 24, 24)[:, None] + np.arange(20), 60] = True
    assert judge(Entry("a.npz", npz([cells], {"resolution": 24}))).bars == 6


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        (replace(song(1), tracks=song(1).tracks[3:]), "only percussion"),
        (song(1, bars=3), "too short: 3 bars"),
        (song(1, bpm=900), "Its tempo, 900 beats a minute"),
        (song(1, bpm=8), "Its tempo, 8 beats a minute"),
    ],
)
def test_what_can_not_be_learned_from_is_refused(score: Score, reason: str) -> None:
    found = judged(score)
    assert reason in found.refusal and found.roll is None and found.refusal.endswith(".")


@pytest.mark.parametrize("data", [b"", b"MThd", b"hello", b"<score/>", midi(1)[:300], b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["a.mid", "a.mxl", "a.npz"])
def test_rubbish_is_refused_with_a_sentence(data: bytes, name: str) -> None:
    assert judge(Entry(name, data)).refusal.endswith(".")


@given(st.integers(0, 2**32 - 1))
def test_no_damage_to_a_file_raises(seed: int) -> None:
    random = np.random.default_rng(seed)
    data = np.frombuffer(midi(3, 4), np.uint8).copy()
    data[random.integers(0, len(data), 8)] = random.integers(0, 256, 8)
    found = judge(Entry("a.mid", data.tobytes()))
    assert (found.roll is None) == bool(found.refusal)


def test_a_long_piece_is_cut_and_said_so() -> None:
    found = judged(song(2, bars=MAX_BARS + 10))
    assert found.bars == MAX_BARS and "Cut after 256 bars" in found.remark


def test_triplets_and_swing_stay_and_a_lag_goes() -> None:
    onsets = np.arange(48) / 3
    roll, _ = to_grid(one_track(onsets + 0.12, 1 / 3))
    assert roll.notes[:, 1].tolist() == (onsets * FINE_STEPS).round().astype(int).tolist()


@pytest.mark.parametrize(("first", "pickup"), [(0.0, 0), (1.0, 0), (3.0, 12), (6.0, 24), (9.0, 0)])
def test_the_roll_begins_with_a_bar_or_a_pickup(first: float, pickup: int) -> None:
    onsets = first + np.arange(32)
    roll, _ = to_grid(one_track(onsets, 1.0))
    assert roll.pickup_steps == pickup
    assert (roll.notes[0, 1] - pickup) % 48 == first * 12 % 48


def test_bars_are_those_of_the_longest_meter() -> None:
    meters = (Meter(0.0, 4, 4), Meter(8.0, 3, 4))
    roll, _ = to_grid(one_track(np.arange(60), 1.0, meters=meters, tempos=(Tempo(0.0, 100.0),)))
    assert roll.steps_per_bar == 36 and (8 * 12 + roll.notes[0, 1] - roll.pickup_steps) % 36 == 0


def test_many_files_are_read_in_order_with_progress() -> None:
    data = {seed: midi(seed, 4) for seed in range(3)}
    entries = [Entry(f"{n}.mid", data[n % 3] if n % 5 else b"bad", share=(n + 1) / 40) for n in range(40)]
    told: list[float] = []
    found = judge_all(entries, lambda share, words: told.append(share))
    assert [file.name for file in found] == [entry.name for entry in entries]
    assert [bool(file.refusal) for file in found] == [n % 5 == 0 for n in range(40)]
    assert told == sorted(told) and told[-1] == 1.0


def test_a_dataset_can_be_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("composer.data.own.reading.MAX_NOTES", 500)
    found = judge_all([Entry(f"{n}.mid", midi(n)) for n in range(3)])
    assert [bool(file.refusal) for file in found] == [False, True, True] and "full" in found[1].refusal


def test_nothing_brought_is_said() -> None:
    with pytest.raises(BadInput, match="no files"):
        judge_all([])


def test_notes_are_found_in_one_track_files() -> None:
    assert judge(Entry("a.mid", write_midi(one_track(np.arange(32), 1.0)))).bars == 8
