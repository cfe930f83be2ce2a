"""`composer datasets`: the music a model can learn from, and a person's own music added to it."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from composer.cli.flags import add_json, print_json, say_progress
from composer.data.dataset import Source
from composer.data.own import library
from composer.data.own.archive import open_path
from composer.data.own.assembling import Assembly, assemble
from composer.data.own.parts import LAYOUTS, propose_layout
from composer.data.own.reading import judge_all
from composer.data.registry import find_source, sources
from composer.jobs.local import delete_dataset

_ADD = """\
PATH is a folder, a zip or a file: MIDI, MusicXML, or .npz piano rolls of pypianoroll. Each file is kept or refused with
its reason. Nothing is sent anywhere."""
_MOST_REASONS = 8


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer datasets` and of what can be done to them."""
    add_json(parser)
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", title="actions (none: list the datasets)")
    add = actions.add_parser("add", help="make a dataset of your own files", description=_ADD)
    add.add_argument("name", metavar="NAME", help="what to call it")
    add.add_argument("path", metavar="PATH", type=Path)
    told = "; ".join(f"{name}: {', '.join(layout.parts)}" for name, layout in LAYOUTS.items())
    add.add_argument("--layout", choices=LAYOUTS, help=f"its parts (default: what most files have). {told}")
    add.set_defaults(run=run_add)
    other = actions.add_parser("rename", help="call one of your datasets otherwise")
    other.add_argument("name", metavar="NAME")
    other.add_argument("title", metavar="NEW")
    other.set_defaults(run=run_rename)
    gone = actions.add_parser("delete", help="remove one of your datasets for good")
    gone.add_argument("name", metavar="NAME")
    gone.set_defaults(run=run_delete)
    for action in (add, other, gone):
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")


def run(chosen: argparse.Namespace) -> None:
    """Print every dataset with its summary, parts and terms, and whether it is built already."""
    rows = [_describe(source) for source in sources().values()]
    if chosen.json:
        return print_json(rows)
    for row in rows:
        built = "yours" if row["own"] else "ready" if row["built"] else "made at first use"
        print(f"{row['name']}: {row['title']} ({', '.join(row['parts'])}; {built})")
        print(textwrap.indent(textwrap.fill(f"{row['summary']} {row['terms']}", 100), "  "))


def run_add(chosen: argparse.Namespace) -> None:
    """Read all files, say what became of them, and keep the dataset; raises BadInput where it can't be."""
    title = library.check_title(chosen.name)
    files = judge_all(open_path(chosen.path), say_progress)
    layout = LAYOUTS[chosen.layout] if chosen.layout else propose_layout(files)
    assembly = assemble(files, layout)
    if not chosen.json:
        _say_refusals(assembly)
    source = library.save(title, assembly)
    if chosen.json:
        return print_json(_describe(source) | {"files": [asdict(verdict) for verdict in assembly.verdicts]})
    print(f"{source.name}: {layout.title} ({', '.join(layout.parts)}). {source.summary}")
    print(f"Train on it with: composer train ALGORITHM --dataset {source.name}")


def run_rename(chosen: argparse.Namespace) -> None:
    """Give a dataset of the person's another title; its name on the command line stays."""
    source = library.rename(find_source(chosen.name), chosen.title)
    print_json(_describe(source)) if chosen.json else print(f"{source.name}: {source.title}")


def run_delete(chosen: argparse.Namespace) -> None:
    """Remove a dataset of the person's, and say which runs learned from it."""
    source = find_source(chosen.name)
    runs = delete_dataset(source)
    if chosen.json:
        return print_json({"deleted": source.name, "runs": [found.id for found in runs]})
    print(f"Deleted “{source.title}”.")
    for found in runs:
        print(f"The model of {found.id} stays, but it can't be trained further.")


def _describe(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "title": source.title,
        "summary": source.summary,
        "parts": list(source.part_names),
        "terms": source.terms,
        "own": source.file is not None,
        "built": source.path.exists(),
    }


def _say_refusals(assembly: Assembly) -> None:
    reasons = Counter(verdict.reason for verdict in assembly.verdicts if not verdict.kept)
    for reason, count in reasons.most_common(_MOST_REASONS):
        example = next(verdict.name for verdict in assembly.verdicts if verdict.reason == reason)
        more = f" and {count - 1} more" if count > 1 else ""
        print(f"left out: {example}{more}: {reason}", file=sys.stderr)
    others = sum(count for _, count in reasons.most_common()[_MOST_REASONS:])
    if others:
        print(f"left out: {others} more for other reasons (--json lists all)", file=sys.stderr)
