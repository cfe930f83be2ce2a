"""What a good teacher would say of a training, from its figures and settings alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.training.advice_texts import TEXTS
from composer.training.run import Run

AT_ONCE = 2
"""More advice than this at one time helps nobody."""
_A_FEW = 5
"""With fewer epochs there is nothing to say as yet."""
_LITTLE_BARS = 60
_HEAVY_NOISE = 0.3
_LOSSES = ("generator", "critic", "reconstruction", "attack", "noise")


@dataclass(frozen=True)
class Advice:
    """One piece of advice: the rule's `name`, `what` to do, and `why`, for those who want to understand it."""

    name: str
    what: str
    why: str


@dataclass(frozen=True)
class Lesson:
    """What the rules look at: rows of metrics, the train settings, bars of training music, and the way it began."""

    rows: Sequence[Mapping[str, float]]
    settings: Mapping[str, Any]
    bars: float | None = None
    from_a_model: bool = False

    def curve(self, name: str) -> NDArray[np.float64]:
        """One figure after each epoch, shape (epochs,); empty where this algorithm doesn't have it."""
        if not all(name in row for row in self.rows):
            return np.empty(0)
        return np.array([row[name] for row in self.rows], float)


def advise(lesson: Lesson) -> list[Advice]:
    """At most AT_ONCE pieces of advice, the most important first; none where all is well or it is too early."""
    if not lesson.rows:
        return []
    with np.errstate(all="ignore"):
        found = [name for name, holds in RULES.items() if holds(lesson)]
    return [Advice(name, *TEXTS[name]) for name in found[:AT_ONCE]]


def advice_on(run: Run) -> list[Advice]:
    """Advice on a run as it stands; none where its config can't be read."""
    try:
        config = run.config
        settings, bars = dict(config["settings"]), config.get("training_bars")
    except (BadInput, KeyError, TypeError, ValueError):
        return []
    return advise(Lesson(run.metrics(), settings, bars, run.start is not None))


def _explodes(lesson: Lesson) -> bool:
    """A loss is no number, or the generator's has become many times what it was."""
    if any(not np.isfinite(lesson.curve(name)).all() for name in _LOSSES):
        return True
    generator = np.abs(lesson.curve("generator"))
    return len(generator) >= _A_FEW and bool(np.median(generator[-3:]) > 20 * max(np.median(generator[:3]), 0.5))


def _critic_wins(lesson: Lesson) -> bool:
    """The generator's loss climbs to far above its lowest, and the critic's falls below 0: it is not fooled."""
    generator, critic = lesson.curve("generator"), lesson.curve("critic")
    if len(generator) < _A_FEW or len(critic) < _A_FEW:
        return False
    climbs = _end(generator) > generator.min() + max(1.0, 0.5 * abs(generator.min()))
    return bool(climbs and _end(critic) < min(0.0, _beginning(critic)))


def _too_little_music(lesson: Lesson) -> bool:
    return lesson.bars is not None and lesson.bars < _LITTLE_BARS and not lesson.from_a_model


def _learned_by_heart(lesson: Lesson) -> bool:
    """The similarity index has risen well above its lowest while reconstruction went on falling."""
    similarity, reconstruction = (_smooth(lesson.curve(name)) for name in ("similarity", "reconstruction"))
    if len(similarity) < 2 * _A_FEW or len(reconstruction) < 2 * _A_FEW:
        return False
    best = int(similarity.argmin())
    return bool(similarity[-1] > 1.1 * similarity[best] and reconstruction[-1] < 0.9 * reconstruction[best])


def _too_slow(lesson: Lesson) -> bool:
    """The generator's loss is within a few percent of where it began, and it began from nothing."""
    loss = lesson.curve("reconstruction")
    if len(loss) < _A_FEW or lesson.from_a_model:
        return False
    return bool(abs(_end(loss) - loss[0]) < 0.1 * abs(loss[0]) and lesson.settings.get("learning_rate", 1.0) < 1e-3)


def _noise_says_nothing(lesson: Lesson) -> bool:
    """The KL term is nearly 0 and weighs much; with a small weight that passes: the notes are learned first."""
    if lesson.settings.get("noise_weight", 0.0) < _HEAVY_NOISE:
        return False
    noise = lesson.curve("noise")
    return len(noise) >= 3 * _A_FEW and bool(_end(noise) < 0.003)


def _still_falling(lesson: Lesson) -> bool:
    """All epochs are done and the last third of them brought the similarity index down by a few percent."""
    similarity = lesson.curve("similarity")
    third = len(similarity) // 3
    if len(similarity) < max(2 * _A_FEW, int(lesson.settings.get("epochs", 0))):
        return False
    return bool(similarity[-third:].mean() < 0.97 * similarity[-2 * third : -third].mean())


def _smooth(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of five neighbours; shorter by four."""
    return np.convolve(curve, np.full(5, 0.2), "valid") if len(curve) >= 5 else curve


def _beginning(curve: NDArray[np.float64]) -> float:
    return float(np.median(curve[: max(1, len(curve) // 4)]))


def _end(curve: NDArray[np.float64]) -> float:
    return float(np.median(curve[-max(1, len(curve) // 4) :]))


RULES: dict[str, Callable[[Lesson], bool]] = {
    "explodes": _explodes,
    "critic-wins": _critic_wins,
    "too-little-music": _too_little_music,
    "learned-by-heart": _learned_by_heart,
    "too-slow": _too_slow,
    "noise-says-nothing": _noise_says_nothing,
    "still-falling": _still_falling,
}
"""Each rule says whether its symptom is there; the most important first."""
