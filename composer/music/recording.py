"""What was played on a keyboard, by the clock, turned into a melody with a tempo and bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.grid import top_line
from composer.music.score import Meter, Notes, Score, Tempo, Track, make_notes

MAX_EVENTS = 5_000
LONGEST_S = 20 * 60.0
SLOWEST_BPM, FASTEST_BPM = 30, 240
METERS = {"4/4": Meter(0.0, 4, 4), "3/4": Meter(0.0, 3, 4), "2/4": Meter(0.0, 2, 4), "6/8": Meter(0.0, 6, 8)}
_STEP = 1 / 4
_UNREADABLE = "What came from the piano can't be read; please record it again."


@dataclass(frozen=True)
class Recording:
    """Notes as they were played: `events`, float of shape (n, 4), hold onset in seconds from the first bar line
    (negative in the count-in), duration in seconds, MIDI pitch 0..127 and velocity 1..127, sorted by onset.

    `bpm` is in quarter notes a minute; `strength`, 0 to 1, says how far notes are to be moved towards the sixteenths.
    """

    events: NDArray[np.float64]
    bpm: float
    meter: Meter
    strength: float

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Recording:
        """The recording in a message of the page: `events` (rows), `bpm`, `meter` ("3/4") and `strength` (0 to 100).

        Raises BadInput for no notes, for more than MAX_EVENTS, for a take beyond LONGEST_S and for what makes no sense.
        """
        events, bpm, strength = (_numbers(message.get(name)) for name in ("events", "bpm", "strength"))
        if not events.size:
            raise BadInput("Nothing has been played yet; press Record and play a few notes.")
        if len(np.atleast_1d(events)) > MAX_EVENTS:
            raise BadInput(f"This take has {len(events):,} notes; please record at most {MAX_EVENTS:,}.")
        if events.ndim != 2 or events.shape[1] != 4 or bpm.ndim or strength.ndim or not 0 <= strength <= 100:
            raise BadInput(_UNREADABLE)
        meter = METERS.get(str(message.get("meter")))
        if meter is None:
            raise BadInput(_UNREADABLE)
        if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
            raise BadInput(f"The tempo is out of range; please set it between {SLOWEST_BPM} and {FASTEST_BPM}.")
        onset, duration, pitch, velocity = events.T
        if (onset + duration).max() > LONGEST_S:
            raise BadInput(f"This take is too long; please record at most {LONGEST_S / 60:.0f} minutes.")
        sane = (onset >= -60) & (duration > 0) & (pitch >= 0) & (pitch <= 127) & (velocity >= 1) & (velocity <= 127)
        if not sane.all():
            raise BadInput(_UNREADABLE)
        return cls(events[np.argsort(onset, kind="stable")], float(bpm), meter, float(strength) / 100)


def recorded_score(recording: Recording) -> Score:
    """The Score, with one track, of a recording, its notes moved towards the sixteenths as it says.

    A strength of 0 keeps the playing as it was, 1 puts it onto the grid. Of notes that sound together the top line is
    kept (see `top_line`), and each note ends where the next begins. The music starts with the bar of its first note, so
    that a long wait is left out and notes in the count-in are a pickup.
    """
    onset, duration, pitch, velocity = recording.events.T
    begin, end = onset * recording.bpm / 60, (onset + duration) * recording.bpm / 60
    begin, end = quantised(begin, end, recording.strength)
    bar = recording.meter.bar_quarters
    first_bar = np.floor((begin.min() + _STEP / 2) / bar) * bar  # a note just before a bar line is meant to be on it
    notes = _one_line(make_notes(np.maximum(begin - first_bar, 0), end - begin, np.rint(pitch), np.rint(velocity)))
    return Score((Track("Melody", notes),), (Tempo(0.0, recording.bpm),), (recording.meter,))


def quantised(
    begin: NDArray[np.float64], end: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Begins and ends of notes, shape (n,), in quarters, moved by `strength` (0 to 1) towards the nearest sixteenth.

    On the grid a note lasts a sixteenth at least.
    """
    aim = np.round(begin / _STEP) * _STEP
    aim_end = np.maximum(np.round(end / _STEP) * _STEP, aim + _STEP)
    return begin + strength * (aim - begin), end + strength * (aim_end - end)


def _one_line(notes: Notes) -> Notes:
    line = top_line(notes).copy()
    line["duration"][:-1] = np.minimum(line["duration"][:-1], np.diff(line["onset"]))
    return line


def _numbers(value: object) -> NDArray[np.float64]:
    """`value` as finite numbers of any shape; raises BadInput."""
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError):
        raise BadInput(_UNREADABLE) from None
    if not np.isfinite(numbers).all():
        raise BadInput(_UNREADABLE)
    return numbers
