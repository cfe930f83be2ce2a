"""`composer sweep`: several trainings that differ in a few settings, one after the other, and what came of them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any

from composer.algorithms.registry import find_learner, learners
from composer.cli.flags import add_json, add_seed, add_settings, given_settings, print_json, say_progress, table
from composer.data.registry import SOURCES, find_source, sources
from composer.errors import BadInput
from composer.jobs import queue
from composer.jobs.estimate import measure_seconds
from composer.jobs.status import status
from composer.jobs.sweeps import start_sweep, sweep_seconds
from composer.settings import Settings
from composer.training.sweep import GRID, RANDOM, Range, Sweep, all_sweeps, best_of, can_vary, parse_range, points_of

_FIRST_RUNS = 8
_LOOK_S = 0.5


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer sweep`, with the settings of the algorithm that `arguments` name (else of the first)."""
    choices = learners()
    named = next((word for word in arguments if word in choices), next(iter(choices)))
    text = f"one of: {', '.join(choices)}; without it the newest sweep is shown"
    parser.add_argument("algorithm", nargs="?", help=text)
    text = f"one of: {', '.join(sources())}"
    parser.add_argument("--dataset", default=next(iter(SOURCES)), metavar="NAME", help=text)
    parser.add_argument("--runs", type=int, default=_FIRST_RUNS, metavar="N", help="at most so many trainings")
    parser.add_argument("--random", action="store_true", help="draw the values by chance instead of from a grid")
    parser.add_argument("--background", action="store_true", help="don't wait for the trainings to end")
    add_seed(parser)
    add_json(parser)
    title = f"settings of {named}; those to vary as a range, 0.001..0.004, or as a list, 1,2,5"
    add_settings(parser, choices[named].TrainSettings, title)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Start a sweep, wait for it and print its runs, the best first; Ctrl-C stops the waiting and nothing else.

    Raises BadInput for ranges that can't be used, and where the queue has no room.
    """
    if chosen.algorithm is None:
        newest = next(iter(all_sweeps()), None)
        if newest is None:
            raise BadInput("There is no sweep yet; try `composer sweep unet-gan --learning-rate 0.001..0.004`.")
        _print(newest, chosen.json)
        return
    algorithm = find_learner(chosen.algorithm)
    ranges, fixed = _ranges_in(chosen, algorithm.TrainSettings)
    points = points_of(ranges, RANDOM if chosen.random else GRID, chosen.runs, chosen.seed)
    dataset = find_source(chosen.dataset).load(say_progress)
    seconds = sweep_seconds(algorithm, dataset, fixed, points)
    if seconds is None:
        measure_seconds(algorithm, dataset, fixed)
        seconds = sweep_seconds(algorithm, dataset, fixed, points)
    print(f"{len(points)} trainings, about {(seconds or 0) / 60:.1f} minutes on this computer.", file=sys.stderr)
    kind = RANDOM if chosen.random else GRID
    sweep = start_sweep(algorithm.name, chosen.dataset, fixed, kind, points, chosen.seed)
    if chosen.background:
        print("They go on in the background; `composer sweep` shows how they stand.", file=sys.stderr)
        return
    _wait(sweep)
    _print(sweep, chosen.json)


def _ranges_in(chosen: argparse.Namespace, settings_class: type[Settings]) -> tuple[list[Range], Settings]:
    """The flags that hold a range or a list, and the settings of all others."""
    ranges = []
    for about in can_vary(settings_class):
        text = str(getattr(chosen, about.name, ""))
        if ".." in text or "," in text:
            ranges.append(parse_range(about, text))
            delattr(chosen, about.name)
    if not ranges:
        raise BadInput("Give one to three settings a range, such as --learning-rate 0.001..0.004, or a list: 1,2,5.")
    return ranges, given_settings(chosen, settings_class)


def _wait(sweep: Sweep) -> None:
    told: set[str] = set()
    while len(told) < len(sweep.runs):
        queue.advance()
        for outcome in sweep.outcomes():
            ended = queue.place_of(outcome.run) is None and not status(outcome.run).active
            if ended and outcome.run.id not in told:
                told.add(outcome.run.id)
                say_progress(len(told) / len(sweep.runs), f"{len(told)} of {len(sweep.runs)} trainings done")
        time.sleep(_LOOK_S)


def _print(sweep: Sweep, as_json: bool) -> None:
    outcomes = sweep.outcomes()
    best = best_of(outcomes)
    ordered = sorted(outcomes, key=lambda found: float("inf") if found.similarity is None else found.similarity)
    rows: list[dict[str, Any]] = [
        {
            "best": found is best,
            **found.point,
            "similarity": found.similarity,
            "chord_rate": found.chord_rate,
            "epochs": found.epoch,
            "run": found.run.id,
        }
        for found in ordered
    ]
    if as_json:
        print_json(rows)
        return
    print(table(list(rows[0]), [[_written(value) for value in row.values()] for row in rows]))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
