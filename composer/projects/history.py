"""What was done to the music on the page, step by step, so that each step can be taken back and done again."""

from __future__ import annotations

from dataclasses import dataclass

from composer.projects.edited import alike
from composer.projects.result_file import Result

MOST_STEPS = 100


@dataclass(frozen=True)
class Step:
    """The music after something was done, and `words` that say what: “Moved 2 notes”.

    `take` is the number (from 0) of the take that was changed, None where all takes are new.
    """

    result: Result
    words: str
    take: int | None = None


@dataclass(frozen=True)
class History:
    """The steps so far, oldest first, and the `place` (from 0) of the one on the page; those after it were taken back.

    At most MOST_STEPS are kept, the newest ones. Raises ValueError for no steps or a place that isn't there.
    """

    steps: tuple[Step, ...]
    place: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.place < len(self.steps):
            raise ValueError(f"place {self.place} of {len(self.steps)} steps")

    @property
    def now(self) -> Step:
        """The step on the page."""
        return self.steps[self.place]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step before this one."""
        return self.place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return self.place + 1 < len(self.steps)

    def then(self, step: Step) -> History:
        """The history with one more step after this one; steps that were taken back are gone."""
        steps = (*self.steps[: self.place + 1], step)[-MOST_STEPS:]
        return History(steps, len(steps) - 1)

    def undone(self) -> History:
        """One step back; at the beginning the history itself."""
        return self.at(self.place - 1) if self.can_undo else self

    def redone(self) -> History:
        """One step forward; at the end the history itself."""
        return self.at(self.place + 1) if self.can_redo else self

    def at(self, place: int) -> History:
        """The same steps with another one on the page; raises ValueError for a place that isn't there."""
        return History(self.steps, place)

    def before(self, take: int) -> Result | None:
        """The last music before now in which take number `take` (from 0) had other notes.

        None where there is none, also where another melody or other parts came in between.
        """
        now = self.now.result
        for step in reversed(self.steps[: self.place]):
            if not alike(step.result, now) or take >= len(step.result.takes):
                return None
            if step.result.fingerprint(take) != now.fingerprint(take):
                return step.result
        return None
