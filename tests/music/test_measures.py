"""Measures: exact figures of music written by hand, and Bach's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from composer.data.dataset import Dataset
from composer.music import measures as m
from composer.music.voices import REST, Voices
from tests.made_up import any_voices, hymn


def held(*chords: tuple[int, ...], steps: int = 4) -> Voices:
    """Each chord (highest voice first) held for `steps`, attacked anew each time."""
    pitch = np.repeat(np.array(chords).T, steps, axis=1)
    return Voices(pitch, np.tile(np.arange(pitch.shape[1]) % steps == 0, (len(pitch), 1)))


CHORDS_THAT_FIT = [
    (67, 64, 60),
    (67, 63, 60),
    (66, 63, 60),
    (68, 64, 60),
    (70, 67, 64, 60),
    (70, 67, 63, 60),
    (71, 67, 64, 60),
    (70, 66, 63, 60),
    (69, 66, 63, 60),
    (64, 60),  # part of a chord
    (72, 67),
    (70, 60),
    (66, 60),
    (71, 60),  # two classes of a major seventh
]
CHORDS_THAT_DO_NOT = [
    (62, 61, 60),
    (67, 65, 60),  # suspended
    (67, 62, 60),
    (71, 67, 63, 60),  # minor with a major seventh
    (71, 68, 64, 60),
    (69, 67, 64, 60, 62),
    (70, 66, 64, 60),
]


@pytest.mark.parametrize("transposition", [0, 5, -11])
def test_chord_table(transposition: int) -> None:
    for chords, rate in ((CHORDS_THAT_FIT, 1.0), (CHORDS_THAT_DO_NOT, 0.0)):
        for chord in chords:
            assert m.chord_rate(held(chord).transposed(transposition)) == rate, chord


def test_chord_rate_counts_moments_with_two_classes_only() -> None:
    voices = held((72, 72, 60), (67, 64, 60), (62, 61, 60), (REST, REST, 60), (REST, 67, 60))
    assert m.chord_rate(voices) == pytest.approx(2 / 3)


def test_chord_rate_listens_at_eighths() -> None:
    voices = held((67, 64, 60), (62, 61, 60), (67, 64, 60), (62, 61, 60), steps=1)  # the clashes are off the eighths
    assert m.chord_rate(voices) == 1.0


@pytest.mark.parametrize("chord", [(72, 60), (REST, 60), (REST, REST)])
def test_chord_rate_and_agreement_without_anything_to_judge(chord: tuple[int, ...]) -> None:
    assert math.isnan(m.chord_rate(held(chord)))
    assert math.isnan(m.agreement(held(chord))) == (REST in chord)


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ((67, 60), (69, 62), 1),  # a fifth to a fifth, both up
        ((69, 62), (67, 60), 1),
        ((79, 60), (81, 62), 1),  # a twelfth
        ((72, 60), (74, 62), 1),  # octaves
        ((60, 60), (62, 62), 1),  # unisons
        ((72, 60), (62, 62), 0),  # an octave to a unison: they move apart in direction
        ((67, 60), (81, 62), 1),  # a fifth to a twelfth
        ((67, 60), (67, 60), 0),  # repeated
        ((67, 60), (62, 67), 0),  # against each other
        ((67, 60), (67, 62), 0),
        ((67, 60), (74, 62), 0),  # a fifth to an octave
        ((64, 60), (66, 62), 0),  # thirds
        ((65, 60), (67, 62), 0),  # fourths
        ((REST, 60), (69, 62), 0),
        ((67, 60), (REST, 62), 0),
    ],
)
def test_parallels(before: tuple[int, int], after: tuple[int, int], count: int) -> None:
    assert m.parallels(held(before, after)) == count


def test_a_parallel_is_counted_once_and_for_its_pair() -> None:
    voices = held((76, 67, 60), (77, 69, 62), (77, 69, 62), (79, 65, 64))
    assert m.parallels(voices) == 1
    moves = {(upper, lower): steps.tolist() for upper, lower, steps in m.parallel_moves(voices)}
    assert moves == {(0, 1): [], (0, 2): [], (1, 2): [4]}


def test_parallels_are_between_neighbouring_steps_only() -> None:
    assert m.parallels(held((67, 60), (REST, REST), (69, 62))) == 0


def test_crossing_is_a_share_of_pairs_that_both_sound() -> None:
    voices = held((67, 60, 48), (60, 64, 48), (REST, 64, 65), (67, 67, REST))
    assert m.crossing(voices) == pytest.approx(2 / (2 + 2 + 1 + 1))
    assert m.crossing(held((60, REST))) == 0
    assert m.crossing(held((60, REST, 65))) == 0  # not neighbours


def test_spacing_leaves_out_the_bass() -> None:
    voices = held((72, 60, 48, 24), (73, 60, 48, 24), (74, 60, 47, 24), (REST, 60, 47, 24))
    assert m.spacing(voices) == pytest.approx((0 + 1 + 2 + 1) / 8)
    assert m.spacing(held((72, 36))) == 0


@pytest.mark.parametrize(("semitones", "score"), list(enumerate([1, -1, -1, 1, 1, 0, -1, 1, 1, 1, -1, -1, 1, -1])))
def test_agreement_of_an_interval(semitones: int, score: int) -> None:
    assert m.agreement(held((72, 72 - semitones))) == score
    assert m.agreement(held((72, 72 + semitones))) == score


def test_agreement_asks_the_first_voice_at_eighths() -> None:
    assert m.agreement(held((72, 68, 67), (72, 71, REST))) == pytest.approx((1 + 0 + 1 + 0 - 1 - 1) / 6)


def test_onsets_count_repeated_notes_in_a_window_of_32_steps() -> None:
    voices = held((67, 60), (67, 62), (67, REST), (67, 62))  # 16 steps
    assert m.onsets(voices).tolist() == [8.0, 6.0]


def test_stepwise_is_the_share_of_small_moves_of_each_voice() -> None:
    voices = held((60, 60, 50), (62, 60, REST), (65, 60, 52), (66, 60, 52))
    shares = m.stepwise(voices)
    assert shares[0] == pytest.approx(2 / 3)
    assert np.isnan(shares[1:]).all()
    assert m.measure(voices)["steps"] == pytest.approx(2 / 3)


def test_measures_of_silence() -> None:
    found = m.measure(held((REST, REST, REST, REST)))
    assert {name for name, value in found.items() if math.isnan(value)} == {"chord_rate", "agreement", "steps"}
    assert {found[name] for name in ("parallels", "crossing", "spacing")} == {0.0}


@given(any_voices())
def test_every_measure_lies_in_its_range_and_ignores_transposition(voices: Voices) -> None:
    found = m.measure(voices)
    assert set(found) == set(m.MEASURES)
    shares = [found[name] for name in ("chord_rate", "crossing", "spacing", "steps")]
    assert all(math.isnan(share) or 0 <= share <= 1 for share in shares)
    assert math.isnan(found["agreement"]) or -1 <= found["agreement"] <= 1
    np.testing.assert_equal(m.measure(voices.transposed(3)), found)


def test_means_over_pieces() -> None:
    pieces = [hymn(0), hymn(1, bars=4), held((REST,) * 4)]
    means, rows = m.mean_measures(pieces), [m.measure(piece) for piece in pieces]
    assert means["parallels"] == np.mean([row["parallels"] for row in rows])
    assert means["chord_rate"] == np.mean([row["chord_rate"] for row in rows[:2]])  # silence has none
    attacks = sum(piece.attack[2].sum() for piece in pieces)
    assert means["onsets_2"] == pytest.approx(32 * attacks / sum(piece.steps for piece in pieces))


def test_means_of_nothing_but_silence_are_not_numbers() -> None:
    means = m.mean_measures([held((REST,) * 4)])
    assert math.isnan(means["chord_rate"]) and means["onsets_0"] == 0


def test_titles_and_sentences_are_written_for_all() -> None:
    assert all(measure.title and measure.sentence.endswith(".") for measure in m.MEASURES.values())


def test_bachs_figures_are_measured_on_the_test_pieces(chorales: Dataset) -> None:
    means = m.mean_measures(chorales.split("test"))
    known = {"chord_rate": 0.888, "agreement": 0.675, "parallels": 0.169, "crossing": 0.0065, "spacing": 0.0073}
    for name, figure in known.items():
        digits = len(str(figure)) - 2
        assert round(means[name], digits) == figure
    for name, measure in m.MEASURES.items():
        digits = len(str(measure.bach)) - 2
        assert round(means[name], digits) == measure.bach, name
    assert [round(means[f"onsets_{voice}"], 1) for voice in range(4)] == [7.7, 8.8, 9.3, 9.4]
