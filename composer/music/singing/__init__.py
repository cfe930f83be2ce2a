"""From singing to notes: a recording is read, its pitch is followed, and notes are made of it."""

from composer.music.singing.hearing import Hearing, bpm_of, hear, sung_score
from composer.music.singing.notes import SungNotes
from composer.music.singing.pitch import PitchCurve

__all__ = ["Hearing", "PitchCurve", "SungNotes", "bpm_of", "hear", "sung_score"]
