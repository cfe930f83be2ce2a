"""What was heard in a recording: its pitch curve, the notes in it, and the melody they make."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.recording import METERS, Recording, recorded_score
from composer.music.score import Score
from composer.music.singing.beat import durations_in_beats, estimate_bpm, place_in_beats
from composer.music.singing.notes import SungNotes, find_notes
from composer.music.singing.pitch import HOP_S, Floats, PitchCurve, track_pitch
from composer.music.singing.sound import read_sound
from composer.music.stems import Audio

_SILENT, _QUIET = 0.002, 0.02
"""Peaks below which nothing can be heard at all, and below which noise begins to matter."""
_CLIPPED = 0.001
"""Share of samples at the very top from which on a recording counts as too loud."""
_LEAST_TONE_S = 0.3
_NEAR, _LONG_S = 0.6, 0.12
"""Semitones within which a voice keeps to a note, vibrato and all, and how long it does where it is sung."""
_STEADY = 0.5
"""Least share of tones in notes that hold their pitch: singing has about 0.9, speech, which slides, 0.3."""


@dataclass(frozen=True)
class Hearing:
    """A recording that holds a melody: its `curve`, and `messages` for the person about how well it could be heard."""

    curve: PitchCurve
    messages: tuple[str, ...] = ()
    _found: dict[float, tuple[SungNotes, Floats]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return len(self.curve.pitch) * HOP_S

    def notes(self, sensitivity: float = 0.5) -> tuple[SungNotes, Floats]:
        """See `find_notes`; what was found is remembered."""
        if sensitivity not in self._found:
            self._found[sensitivity] = find_notes(self.curve, sensitivity)
        return self._found[sensitivity]


def hear(data: bytes) -> Hearing:
    """Listen to the bytes of a recording or a sound file.

    Raises BadInput for what is no sound or lasts too long, for silence, for noise without a tone, and for speech.
    """
    audio = read_sound(data)
    peak = float(np.abs(audio).max(initial=0.0))
    if peak < _SILENT:
        raise BadInput(
            "There is only silence in this recording. Is the right microphone chosen and switched on? "
            "Then please record again."
        )
    curve = track_pitch(audio)
    if curve.voiced.sum() * HOP_S < _LEAST_TONE_S:
        raise BadInput("There is sound but no tone in this recording; please sing or hum closer to the microphone.")
    hearing = Hearing(curve, tuple(_messages(audio, peak)))
    if _steady_share(curve, hearing.notes()[0]) < _STEADY:
        raise BadInput(
            "This sounds like speech, for the voice holds no pitch. Please sing on “la” or hum, and hold each note."
        )
    return hearing


def sung_score(
    notes: SungNotes, bpm: float, meter: str = "4/4", first_beat: int = 1, octaves: int = 0, strength: float = 1.0
) -> Score:
    """The Score, with one track, of sung notes, shape (n,) of dtype SUNG, at `bpm` quarters a minute.

    The first note begins on `first_beat` (from 1) of its bar in `meter`, a name of METERS; `octaves` moves all up or
    down, and `strength`, 0 to 1, says how far notes go to the sixteenths. Raises BadInput for no notes.
    """
    if not len(notes):
        raise BadInput("No note is left; please ask for more notes, or record again.")
    beat = 4 / METERS[meter].denominator
    places = place_in_beats(notes["onset"], bpm)
    lengths = durations_in_beats(notes["onset"], notes["end"], places, bpm)
    seconds = 60 / bpm
    pitch = np.clip(notes["pitch"] + 12 * octaves, 0, 127)
    onset = (places + beat * (first_beat - 1)) * seconds
    events = np.column_stack([onset, lengths * seconds, pitch, _velocity(notes)])
    return recorded_score(Recording(events, bpm, METERS[meter], strength))


def bpm_of(notes: SungNotes) -> float:
    """Quarters a minute that fit the notes, as a whole number."""
    return float(round(estimate_bpm(notes["onset"])))


def _velocity(notes: SungNotes) -> NDArray[np.float64]:
    """Velocities 50 to 100: the loudest note 100, one 24 dB softer 50."""
    below = np.clip(notes["loudness"].max() - notes["loudness"], 0, 24)
    return np.asarray(np.round(100 - 50 * below / 24))


def _steady_share(curve: PitchCurve, notes: SungNotes) -> float:
    """The share of all tones that lie near the median of a note, in notes that keep near theirs for long."""
    steady = 0
    for note in notes:
        part = curve.pitch[round(note["onset"] / HOP_S) : round(note["end"] / HOP_S)]
        near = int(np.sum(np.abs(part - note["sung"]) < _NEAR))
        steady += near if near * HOP_S > _LONG_S else 0
    return steady / max(int(curve.voiced.sum()), 1)


def _messages(audio: Audio, peak: float) -> list[str]:
    found = {
        "This recording is very quiet; closer to the microphone the notes are heard better.": peak < _QUIET,
        "This recording is too loud for the microphone in places; a little further away it sounds cleaner.": bool(
            peak >= 0.98 and np.mean(np.abs(audio) >= 0.99 * peak) > _CLIPPED
        ),
    }
    return [sentence for sentence, holds in found.items() if holds]
