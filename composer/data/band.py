"""A band's music that nobody played: folk tunes arranged by the rules of composer.music.arranger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.data.dataset import Piece, Progress, Source
from composer.data.folk import FOLK
from composer.music.arranger import BAND_PARTS, STYLES, arrange
from composer.music.voices import Voices

_LEARNED = 400
"""Tunes that are arranged to learn from: with all 900 an epoch would take two minutes and more. What is held out costs
no training, and a figure is a mean over pieces, so all of that is arranged."""
_BARS = 32
"""The most bars of a tune that are arranged."""


def build(progress: Progress) -> list[Piece]:
    """Arrangements of the folk tunes, which are built first where they aren't yet: of those to learn from a part."""
    tunes = FOLK.load(progress).pieces
    chosen, pieces = _choose([tune.split for tune in tunes]), []
    for done, number in enumerate(chosen):
        progress(done / len(chosen), f"Arranging tune {done + 1} of {len(chosen)}")
        tune = tunes[number]
        assert isinstance(tune.music, Voices)
        pieces.append(arrange_tune(tune.name, tune.split, tune.music, number))
    progress(1.0, f"Arranged {len(chosen)} tunes")
    return pieces


def _choose(splits: Sequence[str]) -> list[int]:
    """The numbers of the tunes that are arranged: all that are held out, and others spread evenly over the rest."""
    learned = np.array(splits) == "train"
    spread = np.linspace(0, learned.sum() - 1, min(_LEARNED, int(learned.sum()))).round().astype(int)
    held_out = np.flatnonzero(~learned)
    return sorted([*np.flatnonzero(learned)[spread].tolist(), *held_out.tolist()])


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
    version=2,
    part_names=BAND_PARTS,
    build=build,
)
