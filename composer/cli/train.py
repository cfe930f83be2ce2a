"""`composer train`: a training in this terminal, or (with --quiet) in the process that the Train page starts."""

from __future__ import annotations

import argparse
import atexit
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from composer.algorithms.models import CONFIG, WEIGHTS, read_info
from composer.algorithms.registry import find_learner, learners
from composer.cli import INTERRUPTED
from composer.cli.flags import add_seed, add_settings, given_settings, model_folder, say_progress
from composer.data.registry import SOURCES, find_source, sources
from composer.errors import BadInput
from composer.jobs.estimate import measure_seconds
from composer.jobs.local import BEGIN
from composer.jobs.order import other_music
from composer.jobs.process import claim, release
from composer.jobs.queue import advance, hand_over
from composer.training.advice import advice_on
from composer.training.convergence import stop_words
from composer.training.critic_file import copy_critic
from composer.training.loop import STOP, train
from composer.training.run import Run, run_for, runs_folder
from composer.training.tensorboard import event_files


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer train`, with those of the algorithm that `arguments` name (else of the first)."""
    choices = learners()
    named = next((word for word in arguments if word in choices), next(iter(choices)))
    parser.add_argument("algorithm", help=f"one of: {', '.join(choices)}")
    text = f"one of: {', '.join(sources())}"
    parser.add_argument("--dataset", default=next(iter(SOURCES)), metavar="NAME", help=text)
    add_seed(parser)
    text = "go on from this model (a name, a run or a folder) instead of from nothing"
    parser.add_argument("--start", metavar="MODEL", help=text)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="copy the finished model, and its critic, there")
    text = "write every metric for TensorBoard, too, in a folder there (needs: pip install tensorboardX)"
    parser.add_argument("--tensorboard", type=Path, metavar="FOLDER", help=text)
    parser.add_argument("--estimate", action="store_true", help="train nothing, print the seconds an epoch takes here")
    text = "reach all epochs, also where the similarity index has long stopped to fall"
    parser.add_argument("--no-stop", action="store_true", help=text)
    parser.add_argument("--quiet", action="store_true", help="print no line for each epoch")
    parser.add_argument("--expect", metavar="RUN", help=argparse.SUPPRESS)  # given by what starts it from the queue
    add_settings(parser, choices[named].TrainSettings, f"settings of {named}")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int | None:
    """Train until the epochs are done, or a first Ctrl-C, which keeps what was learned (exit code 130).

    The same command goes on where an earlier one stopped. Raises BadInput where the run is being trained already.
    """
    if chosen.expect:  # at the very end, so that all has been said by then, also where it breaks off
        atexit.register(hand_over, Run(runs_folder() / chosen.expect))
    algorithm = find_learner(chosen.algorithm)
    settings = given_settings(chosen, algorithm.TrainSettings)
    say = (lambda *_: None) if chosen.quiet else say_progress
    dataset = find_source(chosen.dataset).load(say)
    if chosen.estimate:
        print(f"{measure_seconds(algorithm, dataset, settings):.1f}")
        return None
    start = None if chosen.start is None else start_file(chosen.start, algorithm.name)
    found = run_for(algorithm, dataset, settings, chosen.seed, start)
    if chosen.expect not in (None, found.id):
        raise other_music(chosen.dataset)
    say_epoch = _nothing if chosen.quiet else _say_epoch
    events = event_files(found, chosen.tensorboard) if chosen.tensorboard else nullcontext(_nothing)

    def _on_epoch(row: Mapping[str, Any]) -> None:
        say_epoch(row)
        write_events(row)

    with events as write_events:  # before the run is claimed, since it may refuse
        claim(found, int(settings.as_dict()["epochs"]))
        with _stopping_in_order(found) as asked:
            train(algorithm, dataset, settings, chosen.seed, _on_epoch, start, not chosen.no_stop)
    release(found)
    shutil.rmtree(found.folder / BEGIN, ignore_errors=True)
    if not chosen.expect and not asked:
        advance()
    if not chosen.quiet:
        _say_end(found)
    if chosen.out:
        _copy_model(found, chosen.out)
    return INTERRUPTED if asked else None


def start_file(name: str, algorithm: str) -> Path:
    """The weights of the model called `name`, or a file of weights; raises BadInput for another algorithm's model."""
    if Path(name).is_file():
        return Path(name)
    folder = model_folder(name)
    info = read_info(folder)
    if info.algorithm != algorithm:
        raise BadInput(f"“{folder.name}” is a model of {info.algorithm}, so {algorithm} can't go on from it.")
    return folder / WEIGHTS


@contextmanager
def _stopping_in_order(found: Run) -> Iterator[list[int]]:
    """Ctrl-C, or the signal to end, stops after the epoch under way and is noted in the list; a second ends at once."""
    asked: list[int] = []

    def _ask(number: int, _: object) -> None:
        asked.append(number)
        atexit.unregister(hand_over)
        (found.folder / STOP).touch()
        print("\nStopping after this epoch; Ctrl-C again stops at once and loses it.", file=sys.stderr, flush=True)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, _ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _copy_model(found: Run, folder: Path) -> None:
    if not found.has_model():
        raise BadInput("No epoch was finished, so there is no model to copy; let it train a little longer.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG, WEIGHTS):
        shutil.copyfile(found.folder / name, folder / name)
    copy_critic(found.folder, folder)


def _say_end(found: Run) -> None:
    """Why it ended early, what a teacher would advise, and where the run is."""
    words = [stop_words(found), *(f"{each.what} {each.why}" for each in advice_on(found))]
    print("\n".join([*filter(None, words), str(found.folder)]))


def _nothing(_: Mapping[str, Any]) -> None:
    return None


def _say_epoch(row: Mapping[str, Any]) -> None:
    figures = (f"{name} {value:.3f}" for name, value in row.items() if name not in ("epoch", "seconds"))
    print(f"epoch {row['epoch']:.0f}: {', '.join(figures)} ({row['seconds']:.1f} s)", flush=True)
