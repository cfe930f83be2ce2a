"""The instruments a person chooses from: a curated part of General MIDI that sounds well in the shipped soundfont."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """One choice: its everyday name, its General MIDI `program` 0..127 and the `family` that shapes its tone.

    `level` evens out loudness: the soundfont's signal times `level` has about the same RMS for every instrument
    (measured on quarter notes at velocity 80 in four registers).
    """

    name: str
    program: int
    family: str
    level: float = 1.0


INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument("Piano", 0, "keys", 1.8),
    Instrument("Electric Piano", 4, "keys", 1.0),
    Instrument("Harpsichord", 6, "plucked", 1.6),
    Instrument("Celesta", 8, "bells", 1.5),
    Instrument("Vibraphone", 11, "bells", 0.75),
    Instrument("Marimba", 12, "bells", 1.8),
    Instrument("Church Organ", 19, "organ", 1.4),
    Instrument("Reed Organ", 20, "organ", 1.15),
    Instrument("Accordion", 21, "organ", 1.3),
    Instrument("Guitar", 24, "plucked", 1.05),
    Instrument("Double Bass", 32, "plucked", 1.3),
    Instrument("Violin", 40, "strings", 0.85),
    Instrument("Viola", 41, "strings", 0.85),
    Instrument("Cello", 42, "strings", 0.75),
    Instrument("Harp", 46, "plucked", 0.8),
    Instrument("String Ensemble", 48, "strings", 1.45),
    Instrument("Choir", 52, "voice", 1.25),
    Instrument("Trumpet", 56, "brass", 1.4),
    Instrument("Trombone", 57, "brass", 1.35),
    Instrument("French Horn", 60, "brass", 0.7),
    Instrument("Alto Saxophone", 65, "reed", 1.2),
    Instrument("Oboe", 68, "reed", 1.15),
    Instrument("Bassoon", 70, "reed", 1.25),
    Instrument("Clarinet", 71, "reed", 1.15),
    Instrument("Flute", 73, "flute", 1.2),
    Instrument("Recorder", 74, "flute", 1.05),
)

_BY_PROGRAM = {instrument.program: instrument for instrument in INSTRUMENTS}

# The 16 groups of 8 programs that General MIDI defines, each with the tone family that comes nearest.
_GROUPS = (
    ("Piano", "keys"),
    ("Chromatic percussion", "bells"),
    ("Organ", "organ"),
    ("Guitar", "plucked"),
    ("Bass", "plucked"),
    ("Strings", "strings"),
    ("Ensemble", "voice"),
    ("Brass", "brass"),
    ("Reed", "reed"),
    ("Pipe", "flute"),
    ("Synth lead", "reed"),
    ("Synth pad", "voice"),
    ("Synth effect", "bells"),
    ("World", "plucked"),
    ("Percussive", "bells"),
    ("Sound effect", "bells"),
)

DEFAULT_PROGRAMS: dict[str, int] = {
    "Soprano": 68,
    "Alto": 71,
    "Tenor": 60,
    "Melody": 73,
    "Strings": 48,
    "Piano": 0,
    "Guitar": 24,
    "Bass": 32,
    "Violin 1": 40,
    "Violin 2": 40,
    "Viola": 41,
    "Cello": 42,
}
"""What a part of that name is played on at first. A choir sounds as a wind quartet, whose lines can be followed."""
_BASS_OF_A_CHOIR = 70


def instrument(program: int) -> Instrument:
    """The instrument of a General MIDI `program` 0..127, also for programs outside the curated list."""
    if program in _BY_PROGRAM:
        return _BY_PROGRAM[program]
    group, family = _GROUPS[program // 8]
    return Instrument(f"{group} {program % 8 + 1}", program, family)


def instrument_name(program: int, is_drum: bool = False) -> str:
    """What a person calls a General MIDI `program` 0..127; "Drum kit" for a percussion track."""
    return "Drum kit" if is_drum else instrument(program).name


def default_programs(names: Sequence[str]) -> tuple[int, ...]:
    """General MIDI programs 0..127 of parts by their names, piano for unknown ones; a choir's bass isn't a band's."""
    choir = {"Bass": _BASS_OF_A_CHOIR} if "Soprano" in names else {}
    programs = DEFAULT_PROGRAMS | choir
    return tuple(programs.get(name, 0) for name in names)
