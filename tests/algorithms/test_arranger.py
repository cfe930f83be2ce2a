"""The rule-based arranger as an algorithm: shipped, seeded, and not to be trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from composer.algorithms.arranger import ArrangerSettings, RuleArranger
from composer.algorithms.models import load_model, read_info, shipped_models
from composer.errors import BadInput
from composer.music.arranger import BAND_PARTS, STYLES
from composer.music.pianoroll import Pianoroll, pianoroll_from_voices
from tests.made_up import hymn, tiny_dataset

FOLDER = shipped_models()["rules-arranger"]
MELODY = hymn(3, 8).select([0])


@pytest.mark.parametrize("style", STYLES)
def test_the_shipped_band_plays_takes_with_the_melody_note_for_note(style: str) -> None:
    takes = load_model(FOLDER).generate(MELODY, ArrangerSettings(takes=3, style=style), 5)
    assert len(takes) == 3
    for take in takes:
        assert isinstance(take, Pianoroll) and take.tracks == len(BAND_PARTS)
        assert np.array_equal(take.select([0]).notes, pianoroll_from_voices(MELODY).notes)
        assert set(take.notes[:, 0]) >= {0, 4}


def test_the_seed_decides_and_takes_differ() -> None:
    def notes(seed: int) -> list[list[list[int]]]:
        settings = ArrangerSettings(takes=6, style="rock")
        return [take.notes.tolist() for take in load_model(FOLDER).generate(MELODY, settings, seed)]

    first = notes(1)
    assert first == notes(1)
    assert all(take not in notes(2) for take in first) and all(first.count(take) == 1 for take in first)


def test_it_can_not_be_trained_and_says_so() -> None:
    arranger = RuleArranger()
    assert not arranger.learns
    with pytest.raises(BadInput, match="can't be trained"):
        arranger.trainer(tiny_dataset(), arranger.TrainSettings(), 0)


def test_weights_are_refused() -> None:
    with pytest.raises(BadInput, match="no weights"):
        RuleArranger().model(read_info(FOLDER), {"weight": torch.zeros(1)})
