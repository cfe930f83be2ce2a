"""Real or generated: chance where there is nothing to find, certainty on garbage, and never a piece seen before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.evaluation.classifier import auc, features, real_or_generated
from composer.music.voices import Voices
from tests.fake_data import chorale


def changed(voices: Voices, share: float, seed: int) -> Voices:
    """The piece with a share of the lower voices' cells moved by up to two semitones."""
    random = np.random.default_rng(seed)
    moves = random.integers(-2, 3, voices.pitch.shape) * (random.random(voices.pitch.shape) < share)
    moves[0] = 0
    return replace(voices, pitch=voices.pitch + moves)


def test_real_against_real_is_chance() -> None:
    pieces = [chorale(seed, bars=16) for seed in range(120)]
    assert 0.4 < real_or_generated(pieces[:60], pieces[60:]).value < 0.6


def test_a_piece_beside_itself_is_exactly_chance() -> None:
    pieces = [chorale(seed) for seed in range(10)]
    assert real_or_generated(pieces, pieces).value == pytest.approx(0.5, abs=1e-6)


def test_garbage_is_found_out() -> None:
    pieces = [chorale(seed) for seed in range(8)]
    assert real_or_generated([changed(piece, 1.0, k) for k, piece in enumerate(pieces)], pieces).value > 0.99


def test_more_mistakes_are_easier_to_tell() -> None:
    pieces = [chorale(seed) for seed in range(12)]
    few, many = (
        real_or_generated([changed(piece, share, k) for k, piece in enumerate(pieces)], pieces).value
        for share in (0.002, 0.02)
    )
    assert 0.5 < few < many


def test_same_seed_gives_the_same_figure() -> None:
    pieces = [chorale(seed) for seed in range(12)]
    other = [changed(piece, 0.01, k) for k, piece in enumerate(pieces)]
    assert real_or_generated(other, pieces, seed=1) == real_or_generated(other, pieces, seed=1)


def test_melody_alone_tells_nothing() -> None:
    piece = chorale(1)
    moved = replace(piece, pitch=np.concatenate([piece.pitch[:1] + 12, piece.pitch[1:]]))
    differing = features(piece) != features(moved)
    assert 0 < differing.sum() < len(differing) / 4, "only what sounds together may change"


def test_auc_counts_pairs_and_ties_half() -> None:
    assert auc(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert auc(np.array([1.0]), np.array([1.0])) == 0.5
    assert auc(np.array([0.0, 2.0]), np.array([1.0, 1.0])) == 0.5


def test_too_few_or_unequal_pieces_are_refused() -> None:
    pieces = [chorale(seed) for seed in range(6)]
    with pytest.raises(ValueError, match="need as many"):
        real_or_generated(pieces[:5], pieces)
    with pytest.raises(ValueError, match="5 at least"):
        real_or_generated(pieces[:4], pieces[:4])
