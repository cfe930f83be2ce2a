"""Takes changed by hand: as a roll and back, parts chosen from several takes, and what a change added and removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import (
    FINE_STEPS,
    ONSET,
    PITCH,
    TRACK,
    Music,
    Pianoroll,
    part_count,
    pianoroll_from_voices,
)
from composer.music.voices import STEPS_PER_QUARTER, voices_from_notes

SAME, ADDED, REMOVED = "same", "added", "removed"
"""Marks of notes that both of two takes have, or only the later, or only the earlier one."""


def as_roll(take: Music) -> Pianoroll:
    """A take as a roll with a track a part, exact."""
    return take if isinstance(take, Pianoroll) else pianoroll_from_voices(take)


def from_roll(roll: Pianoroll, like: Music) -> Music:
    """A roll as music of the kind and size of `like`, from which `as_roll` makes the same roll where that is possible.

    A voice sings one note at a time, in sixteenths: each onset and end goes to the nearest sixteenth of the piece, a
    note ends at the latest where the next begins, and of notes that begin together only the highest stays.
    """
    if isinstance(like, Pianoroll):
        return roll
    notes = roll.notes.copy()
    notes[:, ONSET] = np.minimum(notes[:, ONSET], (like.steps - 1) * FINE_STEPS // STEPS_PER_QUARTER)
    inside = replace(roll, notes=notes)
    parts = [inside.part(voice) for voice in range(len(like.pitch))]
    return voices_from_notes(parts, like.steps, like.steps_per_bar, like.pickup_steps)


def mix_takes(takes: Sequence[Music], source: Sequence[int]) -> Music:
    """Music whose part k is that of take number `source[k]`; raises ValueError where the takes are of unlike sizes."""
    first = takes[0]
    sizes = {(type(take), part_count(take), take.steps, take.steps_per_bar, take.pickup_steps) for take in takes}
    if len(sizes) > 1 or len(source) != part_count(first):
        raise ValueError(f"takes of {len(sizes)} sizes, and sources for {len(source)} of {part_count(first)} parts")
    rolls = [as_roll(take) for take in takes]
    notes = [rolls[number].notes for number in source]
    chosen = [rows[rows[:, TRACK] == part] for part, rows in enumerate(notes)]
    return from_roll(replace(rolls[0], notes=np.concatenate(chosen)), first)


def differences(before: Music, after: Music) -> tuple[Pianoroll, NDArray[np.str_]]:
    """All notes of two takes of one size in one roll, and for each of its notes SAME, ADDED or REMOVED, (n,).

    A note that was moved, or made longer or shorter, is one that was removed and one that was added.
    """
    old, new = as_roll(before), as_roll(after)
    rows, which = np.unique(np.concatenate([old.notes, new.notes]), axis=0, return_inverse=True)
    had, has = (np.bincount(part, minlength=len(rows)) for part in np.split(which.ravel(), [len(old.notes)]))
    counts = np.stack([np.minimum(had, has), np.maximum(has - had, 0), np.maximum(had - has, 0)], axis=1)
    marks = np.repeat(np.tile([SAME, ADDED, REMOVED], len(rows)), counts.ravel())
    notes = np.repeat(rows, counts.sum(axis=1), axis=0)
    order = np.lexsort((notes[:, PITCH], notes[:, TRACK], notes[:, ONSET]))  # as a Pianoroll sorts them
    return replace(new, notes=notes[order]), marks[order]
