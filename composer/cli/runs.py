"""`composer runs`: the trainings on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from composer.cli.flags import add_json, print_json, table
from composer.jobs.local import delete
from composer.jobs.status import status
from composer.training.run import Run, all_runs, find_run


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer runs`."""
    add_json(parser)
    parser.add_argument("--delete", metavar="NAME", help="remove this run for good")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Print every run, newest first, or delete one; raises BadInput where it doesn't exist or is still training."""
    if chosen.delete:
        delete(find_run(chosen.delete))
        return
    rows = [_describe(found) for found in all_runs()]
    if chosen.json:
        print_json(rows)
    elif rows:
        print(table(list(rows[0]), [list(row.values()) for row in rows]))
    else:
        print("There are no runs yet; `composer train unet-gan` makes one.")


def _describe(found: Run) -> dict[str, Any]:
    now, rows = status(found), found.metrics()
    last = rows[-1] if rows else {}
    return {
        "name": found.id,
        "state": now.state,
        "epoch": now.epoch,
        "epochs": now.epochs,
        "similarity": last.get("similarity"),
        "chord_rate": last.get("chord_rate"),
        "bytes": found.disk_bytes(),
        "folder": str(found.folder),
    }
