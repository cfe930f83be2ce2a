"""The melody a person has chosen: one track of a score, on the grid, with its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from composer.music.grid import GridMelody, fit_to_grid, propose_melody
from composer.music.score import Key, Score
from composer.music.theory import find_key
from composer.projects.request import Request


@dataclass(frozen=True)
class Melody:
    """One track of `score`, and what the person calls it: the score's title where nothing is said."""

    score: Score
    track: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.score.title)

    @classmethod
    def proposed(cls, score: Score, name: str) -> Melody:
        """The most likely melody of a score; raises BadInput where there is none."""
        return cls(score, propose_melody(score), score.title or name)

    @cached_property
    def alone(self) -> Score:
        """The score with the melody's track only: all that an arrangement depends on."""
        return replace(self.score, tracks=(self.score.tracks[self.track],), title=self.name)

    @cached_property
    def grid(self) -> GridMelody:
        """The melody on the grid of sixteenths; raises BadInput where the track holds no notes."""
        return fit_to_grid(self.alone, 0)

    @cached_property
    def id(self) -> str:
        """16 hex digits that stand for the melody's notes, timing and name."""
        return Request(self.alone, "", {}, 0).id

    @cached_property
    def key(self) -> Key:
        """The key written in the score, else the one that fits the notes best."""
        return self.score.key or find_key(self.grid.notes)

    @property
    def bars(self) -> int:
        """Whole bars from the first bar line on, the last one rounded up; a pickup is not counted."""
        voices = self.grid.voices
        return -(-(voices.steps - voices.pickup_steps) // voices.steps_per_bar)

    @property
    def bpm(self) -> float:
        """The first tempo, in quarter notes a minute."""
        return self.score.tempos[0].bpm

    def caption(self) -> str:
        """What a musician asks first: “8 bars · 4/4 · 80 bpm · G major · 32 notes”."""
        meter, count = self.grid.meter, len(self.grid.notes)
        facts = [
            f"{self.bars} bar{'s' * (self.bars != 1)}",
            f"{meter.numerator}/{meter.denominator}",
            f"{self.bpm:.0f} bpm",
            str(self.key),
            f"{count} note{'s' * (count != 1)}",
        ]
        return " · ".join(facts)
