"""`composer runs`: the trainings on this machine, as a list, as a table for other programs, and deleted."""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from composer.cli.flags import add_json, print_json, table
from composer.errors import BadInput
from composer.jobs.overview import as_row, discard, overviews, undo_discard
from composer.paths import write_atomically
from composer.training.run import Run, runs_folder

_SHOWN = ("id", "name", "state", "epoch", "epochs", "similarity", "chord_rate", "generator", "critic", "bytes")


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer runs` and of what can be done to them."""
    add_json(parser)
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", title="actions (none: list the runs)")
    export = actions.add_parser("export", help="write a CSV file: a row a run, with all settings and last figures")
    export.add_argument("--out", type=Path, metavar="FILE", help="where to (default: the terminal)")
    export.set_defaults(run=run_export)
    gone = actions.add_parser("delete", help="delete a run; `undo` brings it back")
    gone.add_argument("id", metavar="ID")
    gone.set_defaults(run=run_delete)
    undo = actions.add_parser("undo", help="bring the run back that was deleted last")
    undo.set_defaults(run=run_undo)


def run(chosen: argparse.Namespace) -> None:
    """Print every run, newest first."""
    rows = [as_row(found) for found in overviews()]
    if chosen.json:
        print_json([{name: _plain(value) for name, value in row.items()} for row in rows])
    elif rows:
        print(table(_SHOWN, [[_written(row[name]) for name in _SHOWN] for row in rows]))
        for row in rows:
            if row["message"]:
                print(f"{row['id']}: {row['state']}: {row['message']}", file=sys.stderr)
    else:
        print("There are no runs yet; `composer train unet-gan` makes one.")


def run_export(chosen: argparse.Namespace) -> None:
    """Write all runs as CSV; raises BadInput where the file can't be written."""
    content = as_csv([as_row(found) for found in overviews()])
    if chosen.out is None:
        print(content, end="")
        return
    try:
        write_atomically(chosen.out, content.encode())
    except OSError as error:
        raise BadInput(f"“{chosen.out}” can't be written ({error.strerror}); choose another place.") from None


def run_delete(chosen: argparse.Namespace) -> None:
    """Delete a run; raises BadInput where there is none of that id or it is still training."""
    discard(Run(runs_folder() / chosen.id))
    print(f"Deleted {chosen.id}; `composer runs undo` brings it back until the next one is deleted.")


def run_undo(chosen: argparse.Namespace) -> None:
    """Bring the run back that was deleted last; raises BadInput where that is too late."""
    print(f"{undo_discard().id} is back.")


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a header of all names that occur; a cell that a spreadsheet would compute is kept a text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _plain(value: Any) -> Any:
    """JSON has no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _written(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
