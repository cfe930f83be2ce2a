"""A person's melody on the grid and back: any octave, key, meter, timing and texture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.grid import (
    MAX_BARS,
    GridMelody,
    fit_to_grid,
    melody_choices,
    propose_melody,
    to_score,
    top_line,
)
from composer.music.midi import read_midi, write_midi
from composer.music.notation import parse_tune
from composer.music.score import Meter, Notes, Score, Tempo, Track, make_notes, sort_notes
from composer.music.voices import REST, Voices

NAMES, PROGRAMS = ("Soprano", "Alto", "Tenor", "Bass"), (73, 68, 71, 70)


def a_score(notes: Notes, **fields: object) -> Score:
    return replace(Score((Track("Tune", notes),)), **fields)


def fitted(text: str) -> GridMelody:
    return fit_to_grid(parse_tune(text), 0)


def attacks(melody: GridMelody) -> list[int]:
    """Steps at which a note begins."""
    return np.flatnonzero(melody.voices.attack[0]).tolist()


def lengths(melody: GridMelody) -> list[int]:
    """Lengths of the notes in steps."""
    return (melody.voices.notes(0)["duration"] * 4).astype(int).tolist()


def arranged(melody: GridMelody, drop: int = 12) -> Score:
    """The melody with three parts that follow it note for note, `drop` semitones lower each."""
    line, struck = melody.voices.pitch[0], melody.voices.attack[0]
    rows = [np.where(line == REST, REST, line - drop * i) for i in range(4)]
    voices = Voices(np.array(rows), np.array([struck] * 4), melody.voices.steps_per_bar, melody.voices.pickup_steps)
    return to_score(melody, voices, NAMES, PROGRAMS)


@st.composite
def lines(draw: st.DrawFn) -> Notes:
    """Monophonic notes on sixteenths with rests and repeats."""
    spans = draw(
        st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(60, 81)), min_size=1, max_size=30)
    )
    gaps, durations, pitches = map(np.array, zip(*spans, strict=True))
    onsets = np.cumsum(gaps) + np.cumsum(durations) - durations
    return make_notes(onsets / 4, durations / 4, pitches, 77)


@settings(deadline=None)
@given(lines(), st.sampled_from([(4, 4), (3, 4), (6, 8), (5, 4), (2, 2), (7, 8)]))
def test_music_on_the_grid_is_exact(notes: Notes, meter: tuple[int, int]) -> None:
    melody = fit_to_grid(a_score(notes, meters=(Meter(0.0, *meter),)), 0)
    back = melody.voices.notes(0)
    start = melody.step_onsets[0]
    np.testing.assert_allclose(back["onset"] + start, notes["onset"])
    np.testing.assert_allclose(back["duration"], notes["duration"])
    np.testing.assert_array_equal(back["pitch"], notes["pitch"])
    bar = Meter(0.0, *meter).bar_quarters
    assert (start + melody.voices.pickup_steps / 4) % bar == pytest.approx(0)
    assert melody.voices.steps_per_bar == bar * 4


@settings(deadline=None)
@given(lines(), st.integers(-40, 20), st.floats(0, 40), st.integers(0, 10_000))
def test_the_persons_notes_come_back_as_they_were(notes: Notes, shift: int, late: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    played = notes.copy()
    played["onset"] = np.maximum(played["onset"] + late + rng.normal(0, 0.02, len(notes)), 0)
    played["pitch"] += shift
    played["velocity"] = rng.integers(1, 128, len(notes))
    played = sort_notes(played)
    score = a_score(played, tempos=(Tempo(0.0, 96.0), Tempo(3.0, 60.0)))
    melody = fit_to_grid(score, 0)
    result = arranged(melody)
    np.testing.assert_array_equal(result.tracks[0].notes, played)
    assert (result.tempos, result.meters) == (score.tempos, score.meters)
    assert np.all(np.diff(melody.step_onsets) >= 0) and len(melody.step_onsets) == melody.voices.steps + 1


@settings(deadline=None)
@given(lines(), st.integers(0, 10_000))
def test_human_timing_finds_its_steps_and_the_parts_follow_it(notes: Notes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    played = notes.copy()
    played["onset"] += 8 + rng.uniform(-0.05, 0.05, len(notes))
    melody = fit_to_grid(a_score(played), 0)
    steps = np.array(attacks(melody))
    np.testing.assert_array_equal(steps - steps[0], np.round((notes["onset"] - notes["onset"][0]) * 4))
    result = arranged(melody)
    np.testing.assert_allclose(result.tracks[3].notes["onset"], played["onset"], atol=1e-9)


def test_swing_becomes_even_eighths_and_the_parts_swing() -> None:
    onsets = np.repeat(np.arange(8.0), 2) + np.tile([0, 2 / 3], 8)
    melody = fit_to_grid(a_score(make_notes(onsets, 0.3, 72)), 0)
    assert attacks(melody) == list(range(0, 32, 2))
    assert any("swing" in m for m in melody.messages)
    np.testing.assert_allclose(melody.step_onsets[:5], [0, 1 / 3, 2 / 3, 5 / 6, 1])
    np.testing.assert_allclose(arranged(melody).tracks[2].notes["onset"], onsets)


def test_swing_where_the_melody_rests_is_kept_too() -> None:
    onsets = np.array([0, 2 / 3, 1, 1 + 2 / 3, 2, 2 + 2 / 3, 3, 5, 6])
    melody = fit_to_grid(a_score(make_notes(onsets, 1 / 3, 72)), 0)
    assert melody.step_onsets[4 * 4 + 2] == pytest.approx(4 + 2 / 3)


def test_triplets_keep_their_order_and_stay_apart() -> None:
    melody = fitted("C5:1/3 D:1/3 E:1/3 F G:1/3 A:1/3 B:1/3 C")
    assert attacks(melody) == [0, 1, 3, 4, 8, 9, 11, 12]
    assert not any("swing" in m for m in melody.messages)
    third = 1 / 3
    np.testing.assert_allclose(melody.step_onsets[[0, 1, 3, 4]], [0, third, 2 * third, 1], atol=1e-9)


def test_thirty_seconds_leave_the_choir_its_steps_and_the_person_all_notes() -> None:
    notes = make_notes(np.arange(16) / 8, 1 / 8, 72 + np.arange(16) % 2)
    melody = fit_to_grid(a_score(notes), 0)
    assert len(melody.notes) == 16 and attacks(melody)[:8] == list(range(8))
    assert set(melody.voices.pitch[0, :8].tolist()) == {72}
    assert any("quick" in m for m in melody.messages)


def test_two_quick_notes_are_put_on_neighbouring_steps_where_there_is_room() -> None:
    assert attacks(fit_to_grid(a_score(make_notes([0, 1, 1.12, 2], [1, 0.12, 0.8, 1], [60, 62, 64, 65])), 0)) == [
        0,
        4,
        5,
        8,
    ]


def test_a_grace_note_leaves_the_main_note_on_its_beat() -> None:
    notes = make_notes([0, 1.97, 2.04], [1.9, 0.07, 1.9], [72, 76, 74])
    melody = fit_to_grid(a_score(notes), 0)
    assert attacks(melody) == [0, 8] and melody.voices.pitch[0, 8] == 74
    assert len(melody.notes) == 3


def test_a_constant_lag_is_taken_out() -> None:
    tune = parse_tune("C5 D E F | G A B C").tracks[0].notes.copy()
    for late in (0.1, -0.06, 0.37):
        moved = tune.copy()
        moved["onset"] += 4 + late
        melody = fit_to_grid(a_score(moved), 0)
        assert attacks(melody) == list(range(0, 32, 4)) and melody.voices.pickup_steps == 0
        np.testing.assert_allclose(melody.step_onsets[::4][:8], moved["onset"])


def test_off_beats_on_the_grid_are_not_a_lag() -> None:
    melody = fit_to_grid(a_score(make_notes(np.arange(8) + 0.5, 0.5, 72)), 0)
    assert attacks(melody) == list(range(2, 34, 4)) and melody.voices.pickup_steps == 0


def test_legato_and_short_gaps_make_no_rests() -> None:
    notes = make_notes(np.arange(4), [0.8, 1.1, 0.95, 0.5], [72, 74, 76, 77])
    assert lengths(fit_to_grid(a_score(notes), 0)) == [4, 4, 4, 2]


def test_silence_at_the_start_is_cut_at_a_bar_line_and_comes_back() -> None:
    melody = fitted("- - - - | -:4 | C5 D E F | G:4")
    assert attacks(melody)[0] == 0 and melody.voices.pickup_steps == 0
    assert melody.step_onsets[0] == 8
    assert arranged(melody).tracks[3].notes["onset"][0] == 8


@pytest.mark.parametrize(
    ("text", "pickup_steps", "first"),
    [
        ("G4 | C5 D E F |", 4, 0),
        ("-:3 G4 | C5 D E F |", 4, 0),
        ("meter: 6/8\nG4:1/2 | C5:3/2 D:3/2 | E:3", 2, 0),
        ("meter: 3/4\nG4:1/2 A:1/2 | C5:2 D | E:3", 4, 0),
        ("- C5 D E | F:4", 0, 4),
        ("meter: 3/4\npickup: 2\nC5 D | E:3", 8, 0),
        ("-:4 | -:2.5 C5:1.5 | D:4", 6, 0),
    ],
)
def test_pickups(text: str, pickup_steps: int, first: int) -> None:
    melody = fitted(text)
    assert (melody.voices.pickup_steps, attacks(melody)[0]) == (pickup_steps, first)


@pytest.mark.parametrize(
    ("meter", "steps"), [("4/4", 16), ("3/4", 12), ("6/8", 12), ("5/4", 20), ("2/2", 16), ("7/8", 14), ("12/8", 24)]
)
def test_meters(meter: str, steps: int) -> None:
    assert fit_to_grid(parse_tune("C5 D E F G A B C", meter=meter), 0).voices.steps_per_bar == steps


def test_the_meter_that_holds_longest_counts_the_bars() -> None:
    score = a_score(make_notes(np.arange(20), 1, 72), meters=(Meter(0.0, 4, 4), Meter(8.0, 3, 4)))
    melody = fit_to_grid(score, 0)
    assert (melody.meter, melody.voices.steps_per_bar) == (Meter(8.0, 3, 4), 12)
    assert melody.voices.bar_position()[8 * 4] == 0
    assert any("3/4" in m for m in melody.messages)


def test_long_pieces_end_after_the_last_bar_allowed() -> None:
    score = a_score(make_notes(np.arange(3 * 200), 1, 72), meters=(Meter(0.0, 3, 4),))
    melody = fit_to_grid(score, 0)
    assert melody.voices.steps == MAX_BARS * 12 and len(melody.notes) == MAX_BARS * 3
    assert f"Only the first {MAX_BARS} bars are used." in melody.messages
    assert not any("Only" in m for m in fit_to_grid(a_score(make_notes(np.arange(MAX_BARS * 4), 1, 72)), 0).messages)


def test_a_held_last_note_ends_with_the_last_bar() -> None:
    melody = fit_to_grid(a_score(make_notes([0, 500], [1, 100], [72, 74])), 0)
    assert melody.voices.steps == MAX_BARS * 16


@pytest.mark.parametrize(
    ("text", "shift", "words"),
    [
        ("C3 D E", 12, "Moved up an octave"),
        ("C7 D E", -24, "Moved down 2 octaves"),
        ("A3 D5 F5", 3, "Moved up 3 semitones"),
        ("C5 D E", 0, ""),
    ],
)
def test_melodies_move_into_range_and_parts_move_back(text: str, shift: int, words: str) -> None:
    melody = fitted(text)
    assert melody.shift == shift and words in " ".join(melody.messages)
    assert bool(words) == any("Moved" in m for m in melody.messages)
    result = arranged(melody, drop=3)
    np.testing.assert_array_equal(result.tracks[0].notes["pitch"] - 3, result.tracks[1].notes["pitch"])


def test_a_melody_wider_than_a_voice_is_folded_for_the_choir_only() -> None:
    melody = fitted("C3 C4 C5 C6 C7")
    assert melody.notes["pitch"].tolist() == [48, 60, 72, 84, 96]
    assert melody.voices.pitch.min() >= 60 and melody.voices.pitch.max() <= 81
    assert any("wider" in m for m in melody.messages)


def test_parts_never_leave_midis_range() -> None:
    result = arranged(fitted("C0 D E"), drop=12)
    assert min(int(t.notes["pitch"].min()) for t in result.tracks) >= 0
    assert read_midi(write_midi(result)).note_count == result.note_count


def test_names_programs_and_softer_parts() -> None:
    result = arranged(fitted("C5 D E"))
    assert [(t.name, t.program) for t in result.tracks] == list(zip(NAMES, PROGRAMS, strict=True))
    assert result.tracks[1].notes["velocity"].max() < result.tracks[0].notes["velocity"].min()
    melody = fitted("C5 D E")
    with pytest.raises(ValueError, match="names"):
        to_score(melody, melody.voices, NAMES, PROGRAMS)
    with pytest.raises(ValueError, match="steps"):
        to_score(melody, fitted("C5").voices, NAMES[:1], PROGRAMS[:1])


def test_chords_give_their_top_line() -> None:
    chords = make_notes(np.repeat(np.arange(4), 3), 1, np.tile([60, 64, 67], 4) + np.repeat([0, 2, 4, 5], 3))
    melody = fit_to_grid(a_score(chords), 0)
    assert melody.notes["pitch"].tolist() == [67, 69, 71, 72]
    assert "Took the top line of the chords." in melody.messages


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 1, 60), (0.03, 1, 64), (0.05, 1, 67), (1, 1, 65)], [67, 65]),
        ([(0, 4, 72), (1, 1, 60), (2, 1, 62), (4, 1, 71)], [72, 71]),
        ([(0, 1.1, 72), (1, 1.1, 71), (2, 1, 69)], [72, 71, 69]),
        ([(0, 4, 48), (0.5, 1, 72), (2, 1, 74)], [48, 72, 74]),
        ([(i / 16, 1 / 16, 72 - i) for i in range(8)], [72 - i for i in range(8)]),
        ([(0, 0.25, 72), (0, 4, 60), (1, 1, 74)], [72, 74]),
    ],
)
def test_top_lines(rows: list[tuple[float, float, int]], expected: list[int]) -> None:
    onset, duration, pitch = zip(*rows, strict=True)
    assert top_line(make_notes(onset, duration, pitch))["pitch"].tolist() == expected


def test_the_likeliest_melody_is_proposed() -> None:
    tune = make_notes(np.arange(16), 1, 72 + np.arange(16) % 5)
    bass = make_notes(np.arange(16), 1, 40)
    chords = make_notes(np.repeat(np.arange(16), 3), 1, np.tile([60, 64, 67], 16))
    drums = Track("Melody drums", make_notes(np.arange(64) / 4, 0.2, 60), is_drum=True)
    plain = Score((drums, Track("a", bass, 33), Track("b", chords), Track("c", tune)))
    assert propose_melody(plain) == 3
    hinted = Score((Track("Piano", tune), Track("Lead vocal", tune), Track("Bass", bass)))
    assert propose_melody(hinted) == 1
    chorale = Score(tuple(Track("", make_notes(np.arange(9), 1, p)) for p in (74, 67, 60, 48)))
    assert propose_melody(chorale) == 0


def test_choices_are_labelled_and_leave_out_drums() -> None:
    score = Score((Track("D", make_notes(0, 1, 36), is_drum=True), Track("Flute", make_notes([0, 1], 1, [60, 81]))))
    assert melody_choices(score) == {1: "Flute: 2 notes, C4 to A5"}


def test_percussion_only_is_refused() -> None:
    score = Score((Track("D", make_notes(0, 1, 36), is_drum=True),))
    for call in (propose_melody, melody_choices):
        with pytest.raises(BadInput, match="percussion"):
            call(score)
    with pytest.raises(BadInput, match="percussion"):
        fit_to_grid(score, 0)


def test_a_track_that_cannot_be_the_melody_is_refused() -> None:
    score = Score((Track("D", make_notes(0, 1, 36), is_drum=True), Track("a", make_notes(0, 1, 60))))
    for index in (0, 7, -1):
        with pytest.raises(BadInput, match="choose another"):
            fit_to_grid(score, index)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.floats(0.001, 20), st.integers(0, 127), st.integers(1, 127)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([(4, 4), (3, 8), (1, 64), (5, 32), (13, 4)]),
    st.sampled_from([0.0, 0.25, 0.3]),
)
def test_any_notes_can_be_fitted_and_come_back(
    rows: list[tuple[float, float, int, int]], meter: tuple[int, int], pickup: float
) -> None:
    score = a_score(make_notes(*map(np.array, zip(*rows, strict=True))), meters=(Meter(0.0, *meter),), pickup=pickup)
    melody = fit_to_grid(score, 0)
    assert melody.voices.steps == len(melody.step_onsets) - 1 > 0
    assert np.all(np.diff(melody.step_onsets) >= 0)
    result = arranged(melody)
    np.testing.assert_array_equal(result.tracks[0].notes, melody.notes)
    assert all(np.all(track.notes["duration"] > 0) for track in result.tracks)
    assert read_midi(write_midi(result)).note_count > 0
