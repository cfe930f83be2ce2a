"""`composer datasets`: the music a model can learn from, and on what terms."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from typing import Any

from composer.cli.flags import add_json, print_json
from composer.data.registry import SOURCES


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer datasets`."""
    add_json(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Print every dataset with its summary, parts and terms, and whether it is built already."""
    rows: list[dict[str, Any]] = [
        {
            "name": source.name,
            "title": source.title,
            "summary": source.summary,
            "parts": list(source.part_names),
            "terms": source.terms,
            "built": source.path.exists(),
        }
        for source in SOURCES.values()
    ]
    if chosen.json:
        return print_json(rows)
    for row in rows:
        built = "ready" if row["built"] else "made at first use"
        print(f"{row['name']}: {row['title']} ({', '.join(row['parts'])}; {built})")
        print(textwrap.indent(textwrap.fill(f"{row['summary']} {row['terms']}", 100), "  "))
