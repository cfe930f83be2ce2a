"""A tiny dataset of made-up chorales, built in milliseconds."""

from __future__ import annotations

import numpy as np

from composer.data.dataset import Piece, Progress, Source
from composer.music.voices import Voices

PARTS = ("Soprano", "Alto", "Tenor", "Bass")
CHORDS = np.array([[72, 67, 64, 48], [74, 65, 62, 50], [71, 67, 62, 55], [72, 69, 65, 53]])


def chorale(seed: int, bars: int = 8) -> Voices:
    """Four voices in half notes, chosen from CHORDS by `seed`; shape (4, 16 * bars)."""
    chosen = np.random.default_rng(seed).integers(len(CHORDS), size=2 * bars)
    pitch = np.repeat(CHORDS[chosen].T, 8, axis=1)
    return Voices(pitch, np.arange(pitch.shape[1]) % 8 == np.zeros((4, 1)))


def build(progress: Progress) -> list[Piece]:
    """Twelve chorales for training, and four each to validate and test."""
    progress(0.5, "Writing chorales")
    splits = ["train"] * 12 + ["valid"] * 4 + ["test"] * 4
    return [Piece(f"piece-{i:02d}", split, chorale(i)) for i, split in enumerate(splits)]


FAKE_SOURCE = Source("fakes", "Made-up chorales", "Chords in half notes.", "Nobody's.", 1, PARTS, build)
