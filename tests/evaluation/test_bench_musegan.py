"""The benches of MuseGAN measure real trainings: of five tracks around a melody, and of a choir from nothing."""

from __future__ import annotations

import pytest

from composer.data.dataset import Dataset, Piece
from composer.evaluation.bench_musegan import paper_shapes, ten_minutes
from composer.music.pianoroll import Pianoroll, pianoroll_from_voices
from tests.made_up import hymn, tiny_dataset

SPLITS = ("train", "train", "valid", "test", "test", "test", "test", "test")


def test_throughput_is_that_of_the_five_tracks_around_a_melody() -> None:
    names = ("Melody", "Strings", "Piano", "Guitar", "Bass", "Choir")
    rolls = [pianoroll_from_voices(hymn(seed, 4)).select([0, 1, 2, 3, 0, 1]) for seed in range(len(SPLITS))]
    pieces = [Piece(str(k), split, roll) for k, (split, roll) in enumerate(zip(SPLITS, rolls, strict=True))]
    rate, hours = (result.figure.value for result in paper_shapes(Dataset("band", names, tuple(pieces))))
    assert rate > 0 and abs(hours * 3600 * rate / 50_266 - 1) < 1e-6
    assert all(isinstance(piece.music, Pianoroll) for piece in pieces)


@pytest.mark.slow
def test_a_choir_is_judged_after_its_training() -> None:
    dataset = tiny_dataset(train=4)
    hymns = [Piece(f"{split} {seed}", split, hymn(seed, 4)) for split in ("valid", "test") for seed in range(50, 56)]
    found = ten_minutes(Dataset(dataset.name, dataset.part_names, dataset.pieces + tuple(hymns)), limit_s=0.1)
    figures = {result.what: result.figure.value for result in found}
    assert "from nothing" in found[0].what and 0 <= found[0].figure.value <= 1
    assert 0 <= figures["... real or generated (AUC)"] <= 1
    assert all(result.beside or result is found[0] for result in found)
