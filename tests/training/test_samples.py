"""What a run lets a person hear: the same four bars after every epoch, with every part of a choir or a band."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.data.dataset import Dataset, Piece
from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, Pianoroll
from composer.music.voices import REST, Voices
from composer.training.loop import train
from composer.training.run import Run
from composer.training.samples import heard_melody, read_sample, sample_stamps, write_sample
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.made_up import PARTS, hymn, same, tiny_dataset

__all__ = ["fake_world"]


def silent(bars: int) -> Voices:
    return Voices(np.full((4, 16 * bars), REST), np.zeros((4, 16 * bars), bool))


def test_the_melody_is_four_whole_bars_that_sound() -> None:
    piece = hymn(3, bars=9, steps_per_bar=12, pickup=4)
    assert same(heard_melody([hymn(1, 2), silent(8), piece]), piece.window(4, 48).select([0]))


def test_a_short_piece_is_taken_whole() -> None:
    assert same(heard_melody([hymn(1, 2), hymn(2, 3)]), hymn(2, 3).select([0]))


def test_each_epoch_has_a_sample_of_one_melody(fake_world: Path) -> None:
    dataset = tiny_dataset(bars=8)
    run = train(FAKE, dataset, FakeTrainSettings(epochs=3))
    assert list(sample_stamps(run)) == [1, 2, 3]
    first, *others = [read_sample(run, epoch) for epoch in (1, 2, 3)]
    assert [track.name for track in first.tracks] == list(PARTS) and len(first.bar_lines()) == 5
    melody = heard_melody(dataset.split("valid")).notes(0)
    for other in (first, *others):
        np.testing.assert_array_equal(other.tracks[0].notes["pitch"], melody["pitch"])


def test_a_band_keeps_its_chords_and_drums(tmp_path: Path) -> None:
    notes = [[0, 0, 12, 60], [0, 0, 12, 64], [1, 0, 6, 36], [1, 6, 6, 42]]
    roll = Pianoroll(np.array(notes), 2, 4 * 36, steps_per_bar=36)
    dataset = Dataset("duo", ("Piano", DRUMS), (Piece("one", "train", roll),))
    write_sample(Run(tmp_path), 7, roll, dataset)
    score = read_sample(Run(tmp_path), 7)
    assert [(track.name, track.is_drum, len(track.notes)) for track in score.tracks] == [
        ("Piano", False, 2),
        (DRUMS, True, 2),
    ]
    assert score.meters[0].bar_quarters == 3


def test_a_sample_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="sample of epoch 3 is gone"):
        read_sample(Run(tmp_path), 3)
