"""The drum kit of General MIDI, where a pitch is an instrument: everyday names, and how each is drawn and written."""

from __future__ import annotations

from dataclasses import dataclass

SKIN, METAL, OTHER = "skin", "metal", "other"
"""Kinds of drums: with a head, cymbals and the like, and all the rest."""


@dataclass(frozen=True)
class Drum:
    """One instrument of the kit: its everyday `name`, its `kind` and its place on a staff (such as C5)."""

    name: str
    kind: str = OTHER
    staff: str = "C5"


DRUM_KIT: dict[int, Drum] = {
    35: Drum("Low kick", SKIN, "E4"),
    36: Drum("Kick", SKIN, "F4"),
    37: Drum("Side stick", OTHER, "C5"),
    38: Drum("Snare", SKIN, "C5"),
    39: Drum("Hand clap", OTHER, "C5"),
    40: Drum("Electric snare", SKIN, "C5"),
    41: Drum("Low floor tom", SKIN, "G4"),
    42: Drum("Closed hi-hat", METAL, "G5"),
    43: Drum("Floor tom", SKIN, "A4"),
    44: Drum("Pedal hi-hat", METAL, "D4"),
    45: Drum("Low tom", SKIN, "B4"),
    46: Drum("Open hi-hat", METAL, "G5"),
    47: Drum("Mid tom", SKIN, "D5"),
    48: Drum("Mid-high tom", SKIN, "D5"),
    49: Drum("Crash", METAL, "A5"),
    50: Drum("High tom", SKIN, "E5"),
    51: Drum("Ride", METAL, "F5"),
    52: Drum("China cymbal", METAL, "C6"),
    53: Drum("Ride bell", METAL, "F5"),
    54: Drum("Tambourine"),
    55: Drum("Splash", METAL, "B5"),
    56: Drum("Cowbell", OTHER, "E5"),
    57: Drum("Second crash", METAL, "A5"),
    58: Drum("Vibraslap"),
    59: Drum("Second ride", METAL, "F5"),
    60: Drum("High bongo", SKIN, "E5"),
    61: Drum("Low bongo", SKIN, "C5"),
    62: Drum("Muted conga", SKIN, "E5"),
    63: Drum("Open conga", SKIN, "C5"),
    64: Drum("Low conga", SKIN, "A4"),
    65: Drum("High timbale", SKIN, "E5"),
    66: Drum("Low timbale", SKIN, "C5"),
    67: Drum("High agogo"),
    68: Drum("Low agogo"),
    69: Drum("Cabasa"),
    70: Drum("Maracas"),
    71: Drum("Short whistle"),
    72: Drum("Long whistle"),
    73: Drum("Short guiro"),
    74: Drum("Long guiro"),
    75: Drum("Claves"),
    76: Drum("High woodblock"),
    77: Drum("Low woodblock"),
    78: Drum("Muted cuica"),
    79: Drum("Open cuica"),
    80: Drum("Muted triangle", METAL, "B5"),
    81: Drum("Open triangle", METAL, "B5"),
}
"""The instruments that General MIDI (level 1) puts on channel 10, by pitch, in everyday words."""


def drum(pitch: int) -> Drum:
    """The instrument of a drum kit at a MIDI pitch 0..127; outside of General MIDI's kit it is named by its number."""
    return DRUM_KIT.get(pitch, Drum(f"Drum {pitch}"))
