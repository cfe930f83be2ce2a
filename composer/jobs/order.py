"""What a training is asked to do: all that is needed to start it now, later, or again after it was broken off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from composer.algorithms.registry import find_algorithm
from composer.data.registry import find_source, sources
from composer.errors import BadInput
from composer.paths import write_atomically
from composer.settings import Settings
from composer.training.run import Run, run_for, runs_folder

ORDER = "order.json"


@dataclass(frozen=True)
class Order:
    """A training as plain values; `run_id` is the run it makes or goes on with.

    `settings` are those of the algorithm, the epochs to reach among them; `start` is a file of a model's weights to
    begin from, None for nothing. Where it has converged it ends before its epochs are done, unless told not to.
    """

    run_id: str
    algorithm: str
    dataset: str
    settings: Mapping[str, Any]
    seed: int = 0
    start: str | None = None
    stop_when_converged: bool = True

    @property
    def run(self) -> Run:
        """The run's folder, which may not be there yet."""
        return Run(runs_folder() / self.run_id)

    @property
    def epochs(self) -> int:
        """How many epochs the run is to have in the end."""
        return int(self.settings["epochs"])


def order_for(
    algorithm_name: str,
    dataset_name: str,
    settings: Settings,
    seed: int = 0,
    start_from: Path | None = None,
    stop_when_converged: bool = True,
) -> Order:
    """The order for a new training; its dataset is loaded (built where it never was, which takes a while).

    Raises BadInput for names that don't exist and for weights that can't be read.
    """
    run = run_for(find_algorithm(algorithm_name), find_source(dataset_name).load(), settings, seed, start_from)
    start = None if start_from is None else str(start_from)
    return Order(run.id, algorithm_name, dataset_name, settings.as_dict(), seed, start, stop_when_converged)


def order_to_go_on(run: Run, epochs: int | None = None) -> Order:
    """The order to train `run` until it has `epochs` in all, or as many as it was last asked for.

    Raises BadInput where neither its config nor its last order can be read, and where its dataset was deleted.
    """
    last = read_order(run.folder / ORDER)
    try:
        config = run.config
        settings, start = run.settings().as_dict(), run.start
        goal = epochs or max(settings["epochs"], last.epochs if last else 0)
        names = config["algorithm"], config["dataset"], settings | {"epochs": goal}, config["seed"]
        order = Order(run.id, *names, None if start is None else str(start), last.stop_when_converged if last else True)
    except BadInput:  # it was killed before it wrote its config
        if last is None or last.run_id != run.id:
            raise
        order = Order(**asdict(last) | {"settings": {**last.settings, "epochs": epochs or last.epochs}})
    if order.dataset not in sources():
        raise BadInput(
            f"The music that this run learned from, “{order.dataset}”, was deleted, so it can't be trained any "
            "further; its model can still be used."
        )
    return order


def check_same_music(order: Order) -> None:
    """Raise BadInput where the order's dataset holds other music now than when its run began."""
    begun = order.run.config["fingerprint"]
    if find_source(order.dataset).load().fingerprint != begun:
        raise other_music(order.dataset)


def other_music(dataset_name: str) -> BadInput:
    """What is said where a dataset holds other music now than when a run began."""
    return BadInput(
        f"“{dataset_name}” holds other music now than when this run began, so it can't be trained further; "
        "please start a new training."
    )


def read_order(path: Path) -> Order | None:
    """The order in a file; None where it is missing or damaged."""
    try:
        order = Order(**json.loads(path.read_text(encoding="utf-8")))
        return order if order.epochs > 0 else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_order(path: Path, order: Order) -> None:
    """Write the order to a file, whole or not at all."""
    write_atomically(path, json.dumps(asdict(order), indent=1).encode())
