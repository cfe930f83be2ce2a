"""A sweep: several runs that differ in a few settings, so that one sees which settings suit the music best."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import BadInput
from composer.paths import home, write_atomically
from composer.settings import Setting, Settings
from composer.training.run import Run, runs_folder

MOST_RANGES, MOST_RUNS = 3, 20
GRID, RANDOM = "grid", "random"
KINDS = {GRID: "Grid: evenly spaced values, each with each", RANDOM: "Random: drawn anew for each training"}
_TRIES = 200
_DIGITS = 3


@dataclass(frozen=True)
class Range:
    """The values that one setting takes in a sweep: all from `low` to `high`, or those in `values` alone.

    On a setting whose scale is "log" they are spaced by factors.
    """

    about: Setting
    low: float = 0.0
    high: float = 0.0
    values: tuple[Any, ...] = ()

    def even(self, count: int) -> list[Any]:
        """At most `count` different values, evenly spaced over the range or over the list."""
        if self.values:
            places = np.linspace(0, len(self.values) - 1, min(count, len(self.values))).round().astype(int)
            return [self.values[place] for place in places]
        shares = np.linspace(0, 1, count) if count > 1 else np.array([0.5])
        return list(dict.fromkeys(self._at(float(share)) for share in shares))

    def draw(self, random: np.random.Generator) -> Any:
        """One value by chance, each part of the range equally likely."""
        if self.values:
            return self.values[int(random.integers(len(self.values)))]
        return self._at(float(random.random()))

    def _at(self, share: float) -> Any:
        """The value at this share of the way, a whole number or one of three digits where that lies in the range."""
        if self.about.scale == "log":
            exact = self.low * (self.high / self.low) ** share
        else:
            exact = self.low + (self.high - self.low) * share
        short = round(exact) if self.about.kind is int else float(f"{exact:.{_DIGITS}g}")
        return self.about.parse(min(max(short, self.low), self.high))


@dataclass(frozen=True)
class Sweep:
    """A sweep as it is kept: `varied` are the settings that differ, `points` their values for each run of `runs`."""

    number: int
    algorithm: str
    dataset: str
    kind: str
    varied: tuple[str, ...]
    points: tuple[Mapping[str, Any], ...]
    runs: tuple[str, ...]

    def outcomes(self) -> list[Outcome]:
        """How each run stands, in the order in which they were asked for; those not begun have no epochs."""
        pairs = [(Run(runs_folder() / name), point) for name, point in zip(self.runs, self.points, strict=True)]
        return [Outcome(run, point, run.metrics()) for run, point in pairs]


@dataclass(frozen=True)
class Outcome:
    """What one run of a sweep came to: the values of the varied settings and its rows of metrics so far."""

    run: Run
    point: Mapping[str, Any]
    rows: Sequence[Mapping[str, float]]

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return int(self.rows[-1]["epoch"]) if self.rows else 0

    @property
    def similarity(self) -> float | None:
        """The similarity index of its model, the lower the better; None before the first epoch."""
        return self._last("similarity")

    @property
    def chord_rate(self) -> float | None:
        """The chord rate of its model; None before the first epoch."""
        return self._last("chord_rate")

    def _last(self, name: str) -> float | None:
        value = self.rows[-1].get(name) if self.rows else None
        return None if value is None or not math.isfinite(value) else value


def best_of(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The outcome whose music is most like the real one; None where no run has finished an epoch."""
    known = [outcome for outcome in outcomes if outcome.similarity is not None]
    return min(known, key=lambda outcome: outcome.similarity or 0.0, default=None)


def can_vary(settings_class: type[Settings]) -> list[Setting]:
    """The settings that a sweep can go through: all with limits or choices, but the epochs."""
    return [
        about
        for about in settings_class.fields()
        if about.name != "epochs"
        and (about.kind is bool or about.choices is not None or None not in (about.minimum, about.maximum))
    ]


def parse_range(about: Setting, text: str) -> Range:
    """A range from "0.001..0.004", or from "1,2,5" for these values alone; raises BadInput with what is wrong."""
    if ".." in text and about.kind in (int, float):
        low, high = (about.parse(end) for end in text.split("..", 1))
        if not low < high:
            raise BadInput(f"{about.label}: {text} is no range; the first number must be smaller than the second.")
        return Range(about, low, high)
    return Range(about, values=tuple(dict.fromkeys(about.parse(value.strip()) for value in text.split(","))))


def points_of(ranges: Sequence[Range], kind: str, runs: int, seed: int = 0) -> list[dict[str, Any]]:
    """What each training of a sweep sets differently: at most `runs` different points.

    A grid takes as many values of each setting as fit into that number, each with each (a grid search); a random search
    draws each point by itself, from `seed`, which finds good values sooner where only some of the settings matter
    (Bergstra and Bengio 2012). Raises BadInput for too many settings or runs.
    """
    if not 1 <= len(ranges) <= MOST_RANGES:
        raise BadInput(f"Choose one to {MOST_RANGES} settings to vary.")
    if not 2 <= runs <= MOST_RUNS:
        raise BadInput(f"A sweep has 2 to {MOST_RUNS} trainings, not {runs}.")
    names = [each.about.name for each in ranges]
    if kind == GRID:
        columns = [each.even(count) for each, count in zip(ranges, _grid_shape(ranges, runs), strict=True)]
        found: list[tuple[Any, ...]] = list(itertools.product(*columns))
    else:
        random = np.random.default_rng(seed)
        drawn = (tuple(each.draw(random) for each in ranges) for _ in range(_TRIES * runs))
        found = list(itertools.islice(dict.fromkeys(drawn), runs))
    if len(found) < 2:
        raise BadInput("These ranges hold a single value each; widen one of them.")
    return [dict(zip(names, values, strict=True)) for values in found]


def new_sweep(
    algorithm: str, dataset: str, kind: str, points: Sequence[Mapping[str, Any]], runs: Sequence[str]
) -> Sweep:
    """A sweep with the next number, written to home()/sweeps; raises OSError where it can't be."""
    number = max((sweep.number for sweep in all_sweeps()), default=0) + 1
    sweep = Sweep(number, algorithm, dataset, kind, tuple(points[0]), tuple(points), tuple(runs))
    write_atomically(_file(number), json.dumps(asdict(sweep), indent=1).encode())
    return sweep


def all_sweeps() -> list[Sweep]:
    """Every sweep that is kept, newest first; files that can't be read are left out."""
    found = [sweep for path in _folder().glob("*.json") if (sweep := _read(path)) is not None]
    return sorted(found, key=lambda sweep: sweep.number, reverse=True)


def forget_sweep(sweep: Sweep) -> None:
    """Forget that these runs belong together; the runs stay."""
    _file(sweep.number).unlink(missing_ok=True)


def _grid_shape(ranges: Sequence[Range], runs: int) -> list[int]:
    """How many values of each setting make at most `runs` points, as many as fit, those with fewest first."""
    shape, open_ranges = [1] * len(ranges), set(range(len(ranges)))
    while open_ranges:
        place = min(open_ranges, key=lambda i: (shape[i], i))
        more = [count + (i == place) for i, count in enumerate(shape)]
        if math.prod(more) <= runs and len(ranges[place].even(more[place])) == more[place]:
            shape = more
        else:
            open_ranges.discard(place)
    return shape


def _read(path: Path) -> Sweep | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        tuples = {name: tuple(kept[name]) for name in ("varied", "points", "runs")}
        sweep = Sweep(**kept | tuples)
        whole = len(sweep.points) == len(sweep.runs) and all(set(point) == set(sweep.varied) for point in sweep.points)
        return sweep if whole and path == _file(sweep.number) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _file(number: int) -> Path:
    return _folder() / f"{number:04d}.json"


def _folder() -> Path:
    return home() / "sweeps"
