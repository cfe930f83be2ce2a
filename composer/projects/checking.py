"""Whether music that came from outside, in a link or a project file, is music that the studio can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from composer.errors import BadInput
from composer.music.limits import BPM_RANGE, MAX_CHANGES, MAX_NOTE_QUARTERS, MAX_NOTES, MAX_QUARTERS
from composer.music.pianoroll import Pianoroll
from composer.music.score import NOTE, Key, Meter, Notes, Score, Tempo
from composer.projects.performance import perform
from composer.projects.result_file import Result

LARGEST_SEED = 99_999
MOST_PARTS = 16
LONGEST_NAME = 300
"""A name may be that of a file."""
SENSELESS = "The music in this project file makes no sense; please export the project again."
_PART_NAME = re.compile(r"[\w .,'()-]{1,40}")
_LARGEST_METER = 64
_LARGEST_NUMBER = 1e9


def check_melody(score: Score, source: str) -> None:
    """Raise BadInput unless a score is one sound track of notes; `source` names where it is from, as in "link"."""
    if not _is_sound(score):
        raise BadInput(f"The melody in this {source} makes no sense; please ask for the {source} again.")


def check_seed(seed: int, source: str) -> None:
    """Raise BadInput for a seed that the studio can't show."""
    if not 0 <= seed <= LARGEST_SEED:
        raise BadInput(f"The seed in this {source} is {seed}; the studio knows those from 0 to {LARGEST_SEED:,}.")


def check_programs(programs: Sequence[int], source: str) -> None:
    """Raise BadInput where a part has an instrument that General MIDI doesn't know, or there are too many parts."""
    if len(programs) > MOST_PARTS or not all(_is_program(program) for program in programs):
        raise BadInput(f"The instruments in this {source} make no sense; please ask for the {source} again.")


def check_result(result: Result) -> None:
    """Raise BadInput unless a result from a project file is one that can be shown and played."""
    check_melody(result.request.melody, "project file")
    check_seed(result.request.seed, "project file")
    about, parts = result.about, result.about.get("parts")
    words = (about.get("model"), about.get("model_name"), about.get("algorithm"), result.request.model)
    named = isinstance(parts, list) and all(isinstance(part, str) and _PART_NAME.fullmatch(part) for part in parts)
    if not named or not 0 < len(parts or ()) <= MOST_PARTS or not all(map(_is_short_text, words)):
        raise BadInput(SENSELESS)
    try:
        for number, take in enumerate(result.takes):
            if not isinstance(take, Pianoroll) and (np.any(take.pitch < -1) or np.any(take.pitch > 127)):
                raise ValueError("no such pitch")
            if take.steps_per_bar < 1 or take.pickup_steps < 0:
                raise ValueError("no such bar")
            perform(result, number, [0] * len(parts or ()), 100)
    except (ValueError, TypeError, IndexError):
        raise BadInput(SENSELESS) from None


def _is_sound(score: Score) -> bool:
    if len(score.tracks) != 1 or score.tracks[0].is_drum is not False:
        return False
    track = score.tracks[0]
    names = all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in (score.title, track.name))
    head = names and _is_number(score.pickup) and 0 <= score.pickup <= MAX_NOTE_QUARTERS and _is_program(track.program)
    return head and _are_notes(track.notes) and _is_time_map(score.tempos, score.meters) and _is_key(score.key)


def _are_notes(notes: Notes) -> bool:
    onset, duration, pitch, velocity = (notes[name] for name in NOTE.names or ())
    if not 0 < len(notes) <= MAX_NOTES or not np.isfinite(onset).all() or not np.isfinite(duration).all():
        return False
    times = np.all(np.diff(onset) >= 0) and onset[0] >= 0 and onset[-1] <= MAX_QUARTERS
    lengths = duration.min() > 0 and duration.max() <= MAX_NOTE_QUARTERS
    played = pitch.min() >= 0 and pitch.max() <= 127 and velocity.min() >= 1 and velocity.max() <= 127
    return bool(times and lengths and played)


def _is_time_map(tempos: Sequence[Tempo], meters: Sequence[Meter]) -> bool:
    low, high = BPM_RANGE
    for changes in (tempos, meters):
        if not 0 < len(changes) <= MAX_CHANGES or not all(_is_number(change.onset) for change in changes):
            return False
        onsets = np.array([float(change.onset) for change in changes])
        if onsets[0] != 0 or np.any(np.diff(onsets) <= 0) or onsets[-1] > MAX_QUARTERS:
            return False
    parts = [part for meter in meters for part in (meter.numerator, meter.denominator)]
    return all(_is_number(tempo.bpm) and low <= tempo.bpm <= high for tempo in tempos) and all(
        isinstance(part, int) and 1 <= part <= _LARGEST_METER for part in parts
    )


def _is_key(key: Key | None) -> bool:
    return key is None or (isinstance(key.tonic, int) and 0 <= key.tonic <= 11 and key.mode in ("major", "minor"))


def _is_program(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 127


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME
