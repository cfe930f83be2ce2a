"""The band dataset: what it takes from the folk tunes and what the arranger adds."""

from __future__ import annotations

import numpy as np
import pytest

from composer.data.band import BAND, arrange_tune
from composer.data.folk import FOLK
from composer.music.arranger import BAND_PARTS, STYLES
from composer.music.pianoroll import Pianoroll, pianoroll_from_voices
from tests.made_up import hymn


def test_a_piece_is_the_first_bars_of_its_tune_in_a_style() -> None:
    tune = hymn(0, 40, 0, 12, 4).select([0])
    pieces = [arrange_tune("Tune", "valid", tune, seed) for seed in range(40)]
    for piece in pieces:
        assert isinstance(piece.music, Pianoroll) and piece.split == "valid"
        assert piece.music.steps == 3 * (4 + 32 * 12) and piece.music.pickup_steps == 12
        whole = pianoroll_from_voices(tune).window(0, piece.music.steps)
        assert np.array_equal(piece.music.select([0]).notes, whole.notes)
    assert {piece.name for piece in pieces} == {f"Tune ({style})" for style in STYLES}


@pytest.mark.slow
def test_the_band_is_built_from_the_folk_tunes() -> None:
    dataset = BAND.load()
    tunes = {piece.name: piece.split for piece in FOLK.load().pieces}
    assert dataset.part_names == BAND_PARTS and len(dataset.rolls("train")) == 400
    assert all(tunes[piece.name.rsplit(" (", 1)[0]] == piece.split for piece in dataset.pieces)
    for split in ("valid", "test"):
        assert len(dataset.rolls(split)) == len(FOLK.load().split(split)) > 100
    for roll in dataset.rolls("train"):
        assert roll.steps <= roll.pickup_steps + 32 * roll.steps_per_bar
