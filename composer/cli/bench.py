"""`composer bench`: how fast everything is on this machine, in a table or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec

from composer.algorithms.models import read_info, shipped_models
from composer.algorithms.registry import ALGORITHMS, find_algorithm
from composer.cli.bench_link import bench_link
from composer.cli.bench_survive import bench_survive
from composer.cli.flags import add_json, add_model, model_folder, print_json, table
from composer.data.registry import SOURCES, find_source
from composer.errors import BadInput
from composer.evaluation.bench import BENCHES as MUSIC_BENCHES
from composer.evaluation.bench import Bench, Result, Subject, machine
from composer.evaluation.bench_drag import drag
from composer.evaluation.bench_player import bench_player
from composer.evaluation.bench_singing import bench_singing

LONG_MINUTES = 10
"""A bench that takes longer is only run when it is named."""
BENCHES = MUSIC_BENCHES | {
    "player": Bench("The player in Chromium: in step, muting, other instruments", 2.5, bench_player),
    "link": Bench("Length of a link that holds a piece", 0.1, bench_link),
    "drag": Bench("Smoothness of dragging notes in the roll editor, in Chromium", 0.4, drag),
    "singing": Bench("Notes found in sung melodies", 0.7, bench_singing, needs="mir_eval"),
    "survive": Bench("What is lost where trainings and servers are killed", 12, bench_survive),
}


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer bench`."""
    told = "; ".join(f"{name}: {bench.title} (about {bench.minutes:g} min)" for name, bench in BENCHES.items())
    text = f"what to measure (default: all that takes less than {LONG_MINUTES} min). {told}"
    parser.add_argument("what", nargs="*", metavar="WHAT", help=text)
    parser.add_argument("--minutes", type=float, default=5.0, metavar="X", help="length of each training of `critic`")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="trainings of `critic` for each update ratio")
    add_model(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Measure what was asked for and print it; raises BadInput for a name that doesn't exist."""
    unknown = set(chosen.what) - BENCHES.keys()
    if unknown:
        raise BadInput(f"There is nothing called “{min(unknown)}” to measure; there is: {', '.join(BENCHES)}.")
    names = chosen.what or [name for name, bench in BENCHES.items() if bench.minutes < LONG_MINUTES and _ready(bench)]
    subject = _subject(chosen)
    results: dict[str, list[Result]] = {}
    for name in names:
        print(f"{BENCHES[name].title} ...", file=sys.stderr, flush=True)
        results[name] = BENCHES[name].measure(subject)
    if chosen.json:
        rows = {name: [asdict(result) for result in found] for name, found in results.items()}
        print_json({"machine": machine(), "results": rows})
        return
    print(", ".join(f"{name} {value}" for name, value in machine().items()), end="\n\n")
    lines = [(r.what, f"{r.figure} {r.unit}".strip(), r.beside) for found in results.values() for r in found]
    print(table(["what", "measured", "beside"], lines))


def _ready(bench: Bench) -> bool:
    """Whether the package that a bench needs beyond the program's own is there."""
    return not bench.needs or find_spec(bench.needs) is not None


def _subject(chosen: argparse.Namespace) -> Subject:
    """The chosen model with its algorithm and dataset; without any model, the first algorithm and dataset."""
    if chosen.model is None and not shipped_models():
        algorithm, dataset = next(iter(ALGORITHMS.values())), next(iter(SOURCES.values())).load()
        return Subject(algorithm, dataset, None, chosen.minutes, chosen.seeds)
    folder = model_folder(chosen.model)
    info = read_info(folder)
    return Subject(
        find_algorithm(info.algorithm), find_source(info.dataset).load(), folder, chosen.minutes, chosen.seeds
    )
