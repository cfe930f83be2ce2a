"""Well-formed MIDI, both ways: what goes out comes back, and other programs agree on what was written."""

from __future__ import annotations

import io
from dataclasses import replace

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.midi import read_midi, resolve_overlaps, write_midi
from composer.music.score import Key, Meter, Notes, Score, Tempo, Track, make_notes
from tests.music import midi_bytes as mb


@st.composite
def note_arrays(draw: st.DrawFn, grid: int = 12) -> Notes:
    """Up to 30 notes on a grid of `grid` a quarter, overlaps allowed."""
    row = st.tuples(st.integers(0, 40 * grid), st.integers(1, 8 * grid), st.integers(0, 127), st.integers(1, 127))
    rows = np.array(draw(st.lists(row, min_size=1, max_size=30)))
    return make_notes(rows[:, 0] / grid, rows[:, 1] / grid, rows[:, 2], rows[:, 3])


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Scores with several tracks, drums, programs, a tempo map, meters, a key and a pickup."""
    track = st.builds(
        Track,
        name=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20),
        notes=note_arrays().map(resolve_overlaps),
        program=st.integers(0, 127),
    )
    drums = st.builds(Track, name=st.just("Drums"), notes=note_arrays().map(resolve_overlaps), is_drum=st.just(True))
    return Score(
        tracks=(*draw(st.lists(track, min_size=1, max_size=20)), *draw(st.lists(drums, max_size=1))),
        tempos=(Tempo(0.0, draw(st.sampled_from([60.0, 96.0, 110.0, 187.5]))), Tempo(4.0, 72.0)),
        meters=draw(st.sampled_from([(Meter(0.0, 4, 4),), (Meter(0.0, 3, 4), Meter(9.0, 6, 8))])),
        key=draw(st.none() | st.builds(Key, st.integers(0, 11), st.sampled_from(["major", "minor"]))),
        pickup=draw(st.sampled_from([0.0, 0.5, 1.0])),
        title=draw(st.sampled_from(["", "Évening walk"])),
    )


def assert_same_notes(got: Notes, expected: Notes) -> None:
    """Every note equal: pitch and velocity exactly, times to a thousandth of a tick."""
    assert len(got) == len(expected)
    np.testing.assert_array_equal(got["pitch"], expected["pitch"])
    np.testing.assert_array_equal(got["velocity"], expected["velocity"])
    np.testing.assert_allclose(got["onset"], expected["onset"], atol=1e-6)
    np.testing.assert_allclose(got["duration"], expected["duration"], atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(scores())
def test_everything_survives_a_round_trip(score: Score) -> None:
    back = read_midi(write_midi(score))
    assert [(t.name, t.is_drum) for t in back.tracks] == [(t.name, t.is_drum) for t in score.tracks]
    assert [t.program for t in back.tracks if not t.is_drum] == [t.program for t in score.tracks if not t.is_drum]
    for got, expected in zip(back.tracks, score.tracks, strict=True):
        assert_same_notes(got.notes, expected.notes)
    assert (back.tempos, back.meters, back.key) == (score.tempos, score.meters, score.key)
    assert (back.pickup, back.title) == (score.pickup, score.title)


@settings(max_examples=60, deadline=None)
@given(note_arrays())
def test_overlaps_are_resolved_on_the_way_out(notes: Notes) -> None:
    back = read_midi(write_midi(Score((Track("a", notes),))))
    assert_same_notes(back.tracks[0].notes, resolve_overlaps(notes))


@settings(max_examples=60, deadline=None)
@given(note_arrays())
def test_resolving_overlaps_keeps_each_attack_and_leaves_none(notes: Notes) -> None:
    resolved = resolve_overlaps(notes)
    attacks = set(zip(notes["onset"].tolist(), notes["pitch"].tolist(), strict=True))
    assert set(zip(resolved["onset"].tolist(), resolved["pitch"].tolist(), strict=True)) == attacks
    for pitch in np.unique(resolved["pitch"]):
        own = resolved[resolved["pitch"] == pitch]
        assert np.all(own["onset"][:-1] + own["duration"][:-1] <= own["onset"][1:] + 1e-9)


@pytest.mark.parametrize("ticks", [96, 120, 220, 384, 480, 960, 1024, 10_080])
def test_files_of_any_resolution_keep_their_notes(ticks: int) -> None:
    data = mb.file(mb.track(*mb.scale(60, 62, 64, 65, ticks=ticks // 3)), division=ticks)
    score = read_midi(data)
    np.testing.assert_allclose(score.tracks[0].notes["onset"] * ticks, np.arange(4) * (ticks // 3), atol=1e-9)
    again = read_midi(write_midi(score))
    np.testing.assert_allclose(again.tracks[0].notes["onset"], score.tracks[0].notes["onset"], atol=1 / 15_360)


def test_triplets_and_sixteenths_are_exact_in_ticks() -> None:
    onsets = np.array([0, 1 / 3, 2 / 3, 1, 1.25, 1.5, 1.75])
    written = mido.MidiFile(file=io.BytesIO(write_midi(Score((Track("a", make_notes(onsets, 0.25, 60)),)))))
    assert written.ticks_per_beat == 480
    ticks = np.cumsum([m.time for m in written.tracks[1]])
    starts = [int(t) for t, m in zip(ticks, written.tracks[1], strict=True) if m.type == "note_on"]
    assert starts == [0, 160, 320, 480, 600, 720, 840]


def test_another_reader_finds_the_same_music() -> None:
    tracks = (
        Track("Tune", make_notes([0, 1, 2.5], [1, 1.5, 0.5], [60, 64, 67], [70, 80, 90]), program=40),
        Track("Drums", make_notes([0, 2], 0.5, [36, 38]), is_drum=True),
    )
    score = Score(tracks, tempos=(Tempo(0.0, 90.0), Tempo(2.0, 180.0)), meters=(Meter(0.0, 6, 8),), key=Key(9, "minor"))
    other = pretty_midi.PrettyMIDI(io.BytesIO(write_midi(score)))
    tune, drums = other.instruments
    assert (tune.program, tune.is_drum, drums.is_drum) == (40, False, True)
    assert [(n.pitch, n.velocity) for n in tune.notes] == [(60, 70), (64, 80), (67, 90)]
    np.testing.assert_allclose([n.start for n in tune.notes], score.seconds([0, 1, 2.5]), atol=1e-4)
    assert (other.time_signature_changes[0].numerator, other.time_signature_changes[0].denominator) == (6, 8)
    assert pretty_midi.key_number_to_key_name(other.key_signature_changes[0].key_number) == "A minor"


def test_more_than_fifteen_instruments_share_channels_but_never_the_drums() -> None:
    tracks = tuple(Track(f"part {i}", make_notes([0, 1], 1, 40 + i), program=i) for i in range(40))
    score = Score((*tracks, Track("Drums", make_notes(0, 1, 36), is_drum=True)))
    written = mido.MidiFile(file=io.BytesIO(write_midi(score)))
    channels = [{m.channel for m in track if m.type == "note_on"} for track in written.tracks[1:]]
    assert all(9 not in c for c in channels[:-1]) and channels[-1] == {9}
    assert read_midi(write_midi(score)).note_count == 81


def test_a_pickup_is_written_as_a_short_bar() -> None:
    score = Score((Track("a", make_notes([0, 1, 2, 3], 1, 60)),), meters=(Meter(0.0, 3, 4),), pickup=1.0)
    written = mido.MidiFile(file=io.BytesIO(write_midi(score)))
    meters = [(m.numerator, m.denominator) for m in written.tracks[0] if m.type == "time_signature"]
    assert meters == [(1, 4), (3, 4)]
    assert read_midi(write_midi(score)).bar_lines().tolist() == score.bar_lines().tolist()


def test_a_score_without_notes_can_be_written_and_is_refused_as_melody() -> None:
    data = write_midi(Score(()))
    with pytest.raises(BadInput, match="no notes"):
        read_midi(data)


def test_writing_is_deterministic() -> None:
    score = Score((Track("a", make_notes([0, 0.5], 0.5, [60, 62])),), title="x")
    assert write_midi(score) == write_midi(replace(score))
