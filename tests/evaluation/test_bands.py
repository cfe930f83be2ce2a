"""A band is measured track by track beside real music, and each measure tells what it should."""

from __future__ import annotations

import numpy as np
import pytest

from composer.data.dataset import Dataset, Piece
from composer.evaluation.bands import describe, evaluate_band, measures, melody_gap, novelty, phrases, tonal_difference
from composer.music.pianoroll import DRUMS, Pianoroll, pianoroll_from_voices
from tests.fake import FakeGenerateSettings, FakeModel
from tests.made_up import PARTS, hymn

HYMNS = [pianoroll_from_voices(hymn(seed, 8)) for seed in range(6)]
KIT = ("Melody", "Piano", DRUMS)


def with_drums(voices: Pianoroll, every: int) -> Pianoroll:
    beats = np.arange(0, voices.steps, every)
    drums = np.stack([np.full_like(beats, 2), beats, np.ones_like(beats), np.full_like(beats, 36)], 1)
    return Pianoroll(np.concatenate([voices.select([0, 3]).notes, drums]), 3, voices.steps)


def test_parts_agree_with_their_own_melody_more_than_with_a_strange_one() -> None:
    own = melody_gap(HYMNS, PARTS).value
    strange = [
        Pianoroll(np.concatenate([a.select([0]).notes, b.notes[b.notes[:, 0] > 0]]), 4, a.steps)
        for a, b in zip(HYMNS, [*HYMNS[2:], *HYMNS[:2]], strict=True)
    ]
    assert own > 0.3 and abs(melody_gap(strange, PARTS).value) < 0.5 * own


def test_copies_and_sameness_are_found() -> None:
    train, held_out = (phrases(hymns, PARTS) for hymns in (HYMNS[:3], HYMNS[3:]))
    copied = novelty(train, held_out, train)
    assert copied["Exact copies"].value == 1 and copied["Phrases nearer than real ones"].value == 1
    same = novelty(phrases([HYMNS[3]] * 3, PARTS), held_out, train)
    assert same["Variety beside real music"].value < copied["Variety beside real music"].value
    assert novelty(held_out, held_out, train)["Variety beside real music"].value == pytest.approx(1)


def test_every_track_has_its_figures_and_drums_only_those_that_mean_something() -> None:
    pieces = [with_drums(hymn_roll, 12) for hymn_roll in HYMNS]
    found = measures(pieces, KIT)
    assert found["Notes in drum patterns, Drums"].value == 1
    assert {"Empty bars, Melody", "Empty bars, Piano", "Empty bars, Drums"} <= found.keys()
    assert "Used pitch classes a bar, Drums" not in found and "Tonal distance, Melody and Piano" in found


def test_the_classifier_sees_what_drums_do() -> None:
    one, other = (describe(with_drums(HYMNS[0], every), KIT) for every in (12, 24))
    assert one.shape == other.shape and not np.array_equal(one, other)
    assert np.isfinite(one).all()
    assert len(one) == 4


def test_a_model_of_voices_is_measured_as_a_band_too() -> None:
    pieces = [Piece(f"{n}", "test" if n % 2 else "train", hymn(n, 8)) for n in range(12)]
    dataset = Dataset("hymns", PARTS, tuple(pieces))
    found = evaluate_band(FakeModel(), dataset, {"default": FakeGenerateSettings()}, say=lambda words: None)
    assert {"Empty bars, Soprano", "Gap to a strange melody"} <= found.real.keys()
    assert found.generated["default"]["Real or generated (AUC)"].value > 0.9  # it knows nothing of harmony


def test_the_tonal_difference_is_a_mean_over_pairs_of_pitched_tracks() -> None:
    """However little the drums' notes, whose numbers are no pitches, fit the others."""
    facts, found = (
        measures([with_drums(roll, every) for roll in HYMNS[few:]], KIT) for few, every in ((0, 12), (3, 24))
    )
    assert tonal_difference(facts, facts).value == 0
    gaps = [abs(found[name].value - facts[name].value) for name in facts if name.startswith("Tonal distance")]
    assert tonal_difference(found, facts).value == pytest.approx(np.mean(gaps)) and max(gaps) > 0
    assert not any("Drums" in name for name in facts if name.startswith("Tonal distance"))
