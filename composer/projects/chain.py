"""A chain: what one step made is the melody of the next; where a step changes, those after it are made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from composer.errors import BadInput
from composer.music.score import Notes, Score, Track
from composer.projects.chain_step import TUNE, ChainStep
from composer.projects.checking import LONGEST_NAME
from composer.projects.melody import Melody
from composer.projects.performance import follows_melody, perform
from composer.projects.request import Request
from composer.projects.result_file import Result

__all__ = ["MOST_STEPS", "TUNE", "Chain", "ChainStep"]

MOST_STEPS = 6


@dataclass(frozen=True)
class Chain:
    """The person's melody and the steps, first to last; at most MOST_STEPS."""

    melody: Score
    steps: tuple[ChainStep, ...]

    @classmethod
    def of(cls, result: Result) -> Chain:
        """The chain of one step."""
        return cls(result.request.melody, (ChainStep(result),))

    def given(self, number: int) -> Score:
        """The melody that step `number` (from 0, one after the last too) is given.

        Raises BadInput, naming the step before, where that hands on nothing that can be a melody.
        """
        if number == 0:
            return self.melody
        before = self.steps[number - 1]
        try:
            score = before.handed_on
        except BadInput as error:
            raise BadInput(f"Step {number}: {error}") from None
        if score is before.result.request.melody:
            return score
        return replace(score, title=f"{self.melody.title} · {before.part_label}"[:LONGEST_NAME])

    def melody_of(self, number: int) -> Score:
        """What step `number` (from 0) is given, or was made from where that can't be a melody any more."""
        try:
            return self.given(number)
        except BadInput:
            return self.steps[number].result.request.melody

    @cached_property
    def outdated(self) -> int | None:
        """The number (from 0) of the first step that wasn't made from what it is given now; None where all were."""
        return next((number for number in range(len(self.steps)) if not self._is_up_to_date(number)), None)

    def changed(self, number: int, **changes: Any) -> Chain:
        """The chain with fields of step `number` (from 0) changed."""
        step = replace(self.steps[number], **changes)
        return replace(self, steps=(*self.steps[:number], step, *self.steps[number + 1 :]))

    def with_result(self, number: int, result: Result) -> Chain:
        """The chain with `result` in step `number` (from 0); one after the last is added, a first brings its melody."""
        if number == len(self.steps):
            return replace(self, steps=(*self.steps, ChainStep(result)))
        melody = self.melody if number else result.request.melody
        return replace(self.changed(number, result=result), melody=melody)

    def without(self, number: int) -> Chain:
        """The chain without step `number` (from 0)."""
        return replace(self, steps=(*self.steps[:number], *self.steps[number + 1 :]))

    def remade(self, number: int, make: Callable[[Request, Mapping[str, Any]], Result]) -> Chain:
        """The chain with step `number` (from 0) made anew from what it is given, by the same model and settings.

        `make` answers a request; the other thing it is given is what is known `about` the model. Raises BadInput,
        naming the step, where there is no melody or `make` raises it.
        """
        result = self.steps[number].result
        request = replace(result.request, melody=self.given(number))
        try:
            return self.changed(number, result=make(request, result.about))
        except BadInput as error:
            raise BadInput(f"Step {number + 1}: {error}") from None

    def place_for(self, result: Result, likely: int) -> int | None:
        """The number (from 0) of the step that a result belongs to, `likely` if it may: the one that it answers.

        Else the one that is given its melody; None where there is none.
        """
        numbers = sorted(range(len(self.steps)), key=lambda number: number != likely)
        same = (number for number in numbers if self.steps[number].result.id == result.id)
        melody = Melody(result.request.melody).id
        fitting = (number for number in numbers if Melody(self.melody_of(number)).id == melody)
        return next(same, next(fitting, None))

    def earlier_tracks(self, number: int) -> tuple[Track, ...]:
        """The parts of all steps before step `number` (from 0), named after part and step: “Alto (step 1)”.

        A part that the step after it plays itself, note for note, as its melody, is left out.
        """
        tracks: list[Track] = []
        for place, (step, following) in enumerate(pairwise(self.steps[: number + 1]), 1):
            score = perform(step.result, step.take_there, step.heard_with, self.melody.tempos[0].bpm)
            tune = Melody(following.result.request.melody).grid.notes if follows_melody(following.result) else None
            kept = (track for track in score.tracks if tune is None or not _same_notes(track.notes, tune))
            tracks += [replace(track, name=f"{track.name} (step {place})") for track in kept]
        return tuple(tracks)

    def _is_up_to_date(self, number: int) -> bool:
        try:
            given = self.given(number)
        except BadInput:
            return False
        return Melody(given).id == Melody(self.steps[number].result.request.melody).id


def _same_notes(one: Notes, other: Notes) -> bool:
    """Whether the same pitches begin at the same times; how long and how loud they are doesn't matter."""
    return all(np.array_equal(one[field], other[field]) for field in ("onset", "pitch"))
