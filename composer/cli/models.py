"""`composer models`: the models there are, and each as one file to give away or to take in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from composer.algorithms.models import imported_models, read_info, shipped_models
from composer.cli.flags import add_json, model_folder, print_json, table
from composer.errors import BadInput
from composer.evaluation.finishing import finish
from composer.jobs.process import FINISH, claim, release
from composer.jobs.status import status
from composer.paths import write_atomically
from composer.training.model_file import pack, unpack
from composer.training.run import Run, all_runs, runs_folder
from composer.trash import throw_away


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer models` and of what can be done to them."""
    add_json(parser)
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", title="actions (none: list the models)")
    export = actions.add_parser("export", help="write a model, shipped, imported or a run's, as one zip")
    export.add_argument("name", metavar="NAME")
    export.add_argument("out", metavar="FILE", type=Path)
    export.set_defaults(run=run_export)
    taken = actions.add_parser("import", help="take a model from a zip in, once it is checked")
    taken.add_argument("file", metavar="FILE", type=Path)
    taken.set_defaults(run=run_import)
    heard = actions.add_parser("finish", help="teach a trained MuseGAN a listener, for which it rehearses")
    heard.add_argument("name", metavar="NAME")
    heard.set_defaults(run=run_finish)
    gone = actions.add_parser("delete", help="remove an imported model")
    gone.add_argument("name", metavar="NAME")
    gone.set_defaults(run=run_delete)


def run(chosen: argparse.Namespace) -> None:
    """Print every model that can be used, with where it comes from."""
    found = [("shipped", name, folder) for name, folder in shipped_models().items()]
    found += [("imported", name, folder) for name, folder in imported_models().items()]
    found += [("run", run.id, run.folder) for run in all_runs() if run.has_model()]
    rows = [_describe(*each) for each in found]
    if chosen.json:
        return print_json(rows)
    print(table(list(rows[0]) if rows else ["name"], [list(row.values()) for row in rows]))


def run_export(chosen: argparse.Namespace) -> None:
    """Write a model as one zip; raises BadInput where it doesn't exist or the file can't be written."""
    content = pack(model_folder(chosen.name))
    try:
        write_atomically(chosen.out, content)
    except OSError as error:
        raise BadInput(f"“{chosen.out}” can't be written ({error.strerror}); choose another place.") from None


def run_import(chosen: argparse.Namespace) -> None:
    """Take a model in and print its name; raises BadInput for what is no sound model."""
    try:
        with chosen.file.open("rb") as file:
            folder = unpack(file, chosen.file.name)
    except OSError as error:
        raise BadInput(f"“{chosen.file}” can't be read ({error.strerror}).") from None
    print(f"{folder.name} is here now: composer compose melody.mid -o out.mid --model {folder.name}")


def run_finish(chosen: argparse.Namespace) -> None:
    """Finish a model where it lies, a run's while nobody trains it; raises BadInput where that can't be done."""
    folder = model_folder(chosen.name)
    trained = Run(folder) if folder.parent == runs_folder() else None
    try:
        if trained is not None:
            claim(trained, status(trained).epochs, FINISH)
        finish(folder)
        if trained is not None:
            release(trained)
    except OSError as error:
        raise BadInput(f"“{folder}” can't be written ({error.strerror}).") from None
    print(f"{folder.name} is finished: it rehearses for a listener from now on.")


def run_delete(chosen: argparse.Namespace) -> None:
    """Remove an imported model; raises BadInput for any other."""
    found = imported_models()
    if chosen.name not in found:
        names = ", ".join(found) or "none so far"
        raise BadInput(f"There is no imported model called “{chosen.name}”; there are: {names}.")
    throw_away(found[chosen.name])


def _describe(origin: str, name: str, folder: Path) -> dict[str, Any]:
    row = {"name": name, "from": origin, "algorithm": "-", "dataset": "-", "parts": "-"}
    try:
        info = read_info(folder)
    except BadInput as error:
        return row | {"parts": str(error)}
    return row | {"algorithm": info.algorithm, "dataset": info.dataset, "parts": ", ".join(info.part_names)}
