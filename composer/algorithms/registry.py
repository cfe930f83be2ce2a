"""The algorithms there are. A new one is a file beside this and a line in ALGORITHMS."""

from __future__ import annotations

from composer.algorithms.arranger import RuleArranger
from composer.algorithms.base import Algorithm
from composer.algorithms.musegan.algorithm import MuseGAN
from composer.algorithms.unet_gan import UNetGAN
from composer.errors import BadInput

ALGORITHMS: dict[str, Algorithm] = {algorithm.name: algorithm for algorithm in (UNetGAN(), MuseGAN(), RuleArranger())}


def learners() -> dict[str, Algorithm]:
    """The algorithms that can be trained, by name."""
    return {name: algorithm for name, algorithm in ALGORITHMS.items() if algorithm.learns}


def find_algorithm(name: str) -> Algorithm:
    """The algorithm called `name`; raises BadInput naming those there are."""
    if name not in ALGORITHMS:
        raise BadInput(f"There is no algorithm called “{name}”; there are: {', '.join(ALGORITHMS)}.")
    return ALGORITHMS[name]


def find_learner(name: str) -> Algorithm:
    """The algorithm called `name`, which can be trained; raises BadInput naming those that can."""
    found = find_algorithm(name)
    if not found.learns:
        raise BadInput(f"“{found.title}” can't be trained; those that learn are: {', '.join(learners())}.")
    return found
