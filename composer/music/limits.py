"""How much music a file may hold; what lies beyond is refused with a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import BadInput
from composer.music.score import Tempo, Track

MAX_TRACKS = 256
MAX_NOTES = 100_000
MAX_QUARTERS = 16_384
"""Longest piece: well over two hours at a common tempo."""
MAX_NOTE_QUARTERS = 1_024
MAX_CHANGES = 10_000
"""Most changes of tempo or meter in a piece."""
BPM_RANGE = (4.0, 1000.0)


def check_tracks(tracks: Sequence[Track], file: str) -> None:
    """Raise BadInput for no notes, too many, or one that lasts for hours; `file` names the kind, as in "MIDI file"."""
    count = sum(len(track.notes) for track in tracks)
    if not count:
        raise BadInput(f"This {file} has no notes in it; please choose one with a melody.")
    if count > MAX_NOTES:
        raise BadInput(f"This {file} has {count:,} notes; please choose one with at most {MAX_NOTES:,}.")
    if max(track.notes["duration"].max(initial=0.0) for track in tracks) > MAX_NOTE_QUARTERS:
        raise BadInput(f"A note in this {file} never seems to end; please shorten it and export the file again.")


def check_track_count(count: int, file: str) -> None:
    """Raise BadInput for more than MAX_TRACKS tracks."""
    if count > MAX_TRACKS:
        raise BadInput(f"This {file} has {count:,} tracks; please choose one with at most {MAX_TRACKS}.")


def check_length(quarters: float, file: str) -> None:
    """Raise BadInput for music that goes on beyond MAX_QUARTERS."""
    if quarters > MAX_QUARTERS:
        raise BadInput(f"This {file} lasts many hours; please choose a piece of ordinary length.")


def check_changes(count: int, file: str) -> None:
    """Raise BadInput for more than MAX_CHANGES changes of tempo, or of meter."""
    if count > MAX_CHANGES:
        raise BadInput(f"This {file} changes its tempo or meter {count:,} times; please choose a simpler one.")


def make_tempo(onset: float, bpm: float, file: str) -> Tempo:
    """The Tempo at `onset` in quarters, to a thousandth of a beat; raises BadInput outside BPM_RANGE."""
    low, high = BPM_RANGE
    if not low <= bpm <= high:
        raise BadInput(f"The tempo in this {file} makes no sense; please set it between {low:g} and {high:g}.")
    return Tempo(onset, round(bpm, 3))
