"""A take as it is edited by hand: its notes at the pitches at which they are heard, and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.editing import as_roll, from_roll
from composer.music.pianoroll import DRUMS, PITCH, TRACK, Music, Pianoroll
from composer.projects.melody import Melody
from composer.projects.performance import follows_melody
from composer.projects.result_file import Result


def heard_roll(result: Result, take: int) -> Pianoroll:
    """Take number `take` (from 0) as a roll of FINE_STEPS a quarter, as low or high as it is played."""
    roll = as_roll(result.takes[take])
    return roll.transposed(-_shift(result, roll), drum_parts(result))


def with_notes(result: Result, take: int, notes: NDArray[np.int32], fixed: Collection[int] = ()) -> Music:
    """The take with `notes` (n, 4), columns as in Pianoroll, in place of those `heard_roll` shows.

    The parts numbered `fixed` stay as they are. Raises BadInput for a part or a pitch that does not exist.
    """
    music = result.takes[take]
    before = as_roll(music)
    shift, drums = _shift(result, before), drum_parts(result)
    try:
        heard = replace(before, notes=notes[~np.isin(notes[:, TRACK], list(fixed))])
    except ValueError:
        raise BadInput("These notes can't be used; please try again.") from None
    kept = before.notes[np.isin(before.notes[:, TRACK], list(fixed))]
    return from_roll(replace(before, notes=np.concatenate([kept, heard.transposed(shift, drums).notes])), music)


def drum_parts(result: Result) -> list[int]:
    """The numbers (from 0) of the parts that are drums."""
    return [part for part, name in enumerate(result.about["parts"]) if name == DRUMS]


def own_parts(result: Result) -> set[int]:
    """The numbers (from 0) of the parts that are the person's own and not the model's: the melody that it followed."""
    return {0} if follows_melody(result) else set()


def bar_words(roll: Pianoroll, start: int, end: int) -> str:
    """Where steps start..end of a roll lie: “in bar 3”, “in bars 3 to 4”, “from the pickup to bar 1”."""
    first, last = ((step - roll.pickup_steps) // roll.steps_per_bar + 1 for step in (start, max(end - 1, start)))
    if first < 1:
        return "in the pickup" if last < 1 else f"from the pickup to bar {last}"
    return f"in bar {first}" if first == last else f"in bars {first} to {last}"


def _shift(result: Result, roll: Pianoroll) -> int:
    """Semitones by which the take lies higher than it is heard; 0 where a note would leave MIDI's range."""
    shift = Melody(result.request.melody).grid.shift
    heard = roll.notes[~np.isin(roll.notes[:, TRACK], drum_parts(result)), PITCH] - shift
    return shift if np.all((heard >= 0) & (heard <= 127)) else 0
