"""What a model played after each of its epochs, as plain data for rolls that are compared in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.music.score import Score, make_notes
from composer.plots.pianoroll import roll_data

PART, START, DURATION, PITCH = range(4)
"""Columns of the notes: number of the part, start and duration in milliseconds, MIDI pitch."""
_OF_ONE_ROLL = ("start", "duration", "pitch", "velocity", "summary")


def epochs_data(samples: Mapping[int, Score]) -> tuple[dict[str, Any], NDArray[np.int32]]:
    """A frame that all epochs fit into, ready for JSON, and the notes of all, int32 of shape (n, 4), epoch by epoch.

    The frame is `roll_data` without notes, with `epochs`, oldest first, and `counts`, how many notes each has. A part
    has the same number in all epochs, also where it rests in some. Raises ValueError for no samples.
    """
    if not samples:
        raise ValueError("there must be at least one sample")
    scores = list(samples.values())
    names = list(dict.fromkeys(track.name for score in reversed(scores) for track in score.tracks))
    frame = roll_data(_frame(scores, names))
    for part in frame["parts"]:
        for name in _OF_ONE_ROLL:
            del part[name]
    notes = [_rows(score, names) for score in scores]
    frame |= {"epochs": list(samples), "counts": [len(rows) for rows in notes]}
    return frame, np.concatenate(notes)


def spread(epochs: Sequence[int], most: int) -> list[int]:
    """At most so many of the epochs, the first and the last among them, denser where more changes: at the beginning."""
    if len(epochs) <= most:
        return list(epochs)
    places = np.unique(np.geomspace(1, len(epochs), most).round().astype(int)) - 1
    return [epochs[place] for place in places.tolist()]


def _frame(scores: Sequence[Score], names: Sequence[str]) -> Score:
    """The last score with every pitch that any has in it once, as long as the music."""
    end = max(score.end for score in scores)
    tracks = []
    for name in names:
        same = [track for score in scores for track in score.tracks if track.name == name]
        pitches = np.unique(np.concatenate([track.notes["pitch"] for track in same]))
        tracks.append(replace(same[-1], notes=make_notes(0.0, end, pitches)))
    return replace(scores[-1], tracks=tuple(tracks))


def _rows(score: Score, names: Sequence[str]) -> NDArray[np.int32]:
    rows = [np.empty((0, 4), np.int32)]
    for track in score.tracks:
        notes = track.notes
        start = score.seconds(notes["onset"])
        length = score.seconds(notes["onset"] + notes["duration"]) - start
        part = np.full(len(notes), names.index(track.name))
        rows.append(np.stack([part, 1000 * start, 1000 * length, notes["pitch"]], 1).round().astype(np.int32))
    return np.concatenate(rows)
