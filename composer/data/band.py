"""A band's music that nobody played: folk tunes arranged by the rules of composer.music.arranger."""

from __future__ import annotations

import numpy as np

from composer.data.dataset import Piece, Progress, Source
from composer.data.folk import FOLK
from composer.music.arranger import BAND_PARTS, STYLES, arrange
from composer.music.voices import Voices

_PIECES = 400
_BARS = 32
"""The most bars of a tune that are arranged."""


def build(progress: Progress) -> list[Piece]:
    """Arrangements of tunes spread evenly over the folk tunes, which are built first where they aren't yet."""
    tunes = FOLK.load(progress).pieces
    chosen = [tunes[k] for k in np.linspace(0, len(tunes) - 1, min(_PIECES, len(tunes))).round().astype(int)]
    pieces = []
    for seed, tune in enumerate(chosen):
        progress(seed / len(chosen), f"Arranging tune {seed + 1} of {len(chosen)}")
        assert isinstance(tune.music, Voices)
        pieces.append(arrange_tune(tune.name, tune.split, tune.music, seed))
    progress(1.0, f"Arranged {len(chosen)} tunes")
    return pieces


def arrange_tune(name: str, split: str, tune: Voices, seed: int) -> Piece:
    """The first bars of a tune, shape (1, steps), in a style drawn from `seed`; its split stays the tune's own."""
    style = str(np.random.default_rng(seed).choice(list(STYLES)))
    melody = tune.window(0, tune.pickup_steps + _BARS * tune.steps_per_bar)
    return Piece(f"{name} ({style})", split, arrange(melody, style, seed))


BAND = Source(
    name="band",
    title="Band, arranged by rules",
    summary="Folk tunes with strings, piano, guitar, bass and drums, written by rules and not by people.",
    terms=(
        "Made by this project: its own rule-based arranger wrote all parts but the melody, in one of five styles each. "
        "The melodies are the folk tunes of the dataset “Folk tunes”, all in the public domain. What a model learns "
        "here is this project's rules, not how bands play."
    ),
    version=1,
    part_names=BAND_PARTS,
    build=build,
)
