"""Flags made from settings, and the small things that several commands ask for."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from composer.algorithms.base import Algorithm
from composer.algorithms.models import WEIGHTS, imported_models, read_info, shipped_models
from composer.algorithms.registry import ALGORITHMS, find_algorithm
from composer.errors import BadInput
from composer.settings import Setting, Settings
from composer.training.run import find_run

AnySettings = TypeVar("AnySettings", bound=Settings)


def add_settings(parser: argparse.ArgumentParser, settings_class: type[Settings], title: str) -> None:
    """A flag `--like-this VALUE` for every field of a Settings class, with the field's help, limits and default."""
    group = parser.add_argument_group(title)
    for about in settings_class.fields():
        flag = f"--{about.name.replace('_', '-')}"
        group.add_argument(flag, dest=about.name, default=argparse.SUPPRESS, metavar=_value(about), help=_help(about))


def given_settings(arguments: argparse.Namespace, settings_class: type[AnySettings]) -> AnySettings:
    """The settings that the flags of `add_settings` ask for, defaults for those not given; raises BadInput."""
    names = {about.name for about in settings_class.fields()}
    return settings_class.from_dict({name: value for name, value in vars(arguments).items() if name in names})


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed N`, from which every random choice is made."""
    text = "every random choice comes from this number: the same seed gives the same result (default 0)"
    parser.add_argument("--seed", type=int, default=0, metavar="N", help=text)


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`, for scripts."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def add_model(parser: argparse.ArgumentParser) -> None:
    """`--model NAME`, for `model_folder`."""
    text = "a model's name (see `composer models`), a run's name or a folder (default: the first shipped model)"
    parser.add_argument("--model", metavar="NAME", help=text)


def model_folder(name: str | None) -> Path:
    """The folder of the model called `name`: shipped, imported, a run, or a path; without a name the first shipped one.

    Raises BadInput, naming what there is, where none is found.
    """
    shipped = shipped_models()
    if name is None and shipped:
        return next(iter(shipped.values()))
    if name is None:
        raise BadInput("No model is shipped with this copy; train one with `composer train unet-gan`.")
    known = imported_models() | shipped
    if name in known:
        return known[name]
    folder = Path(name) if Path(name).is_dir() else find_run(name).folder
    if not (folder / WEIGHTS).exists():
        raise BadInput(f"“{name}” holds no finished model; there are: {', '.join(known) or 'none shipped'}.")
    return folder


def algorithm_asked_for(arguments: Sequence[str]) -> Algorithm:
    """The algorithm of the model that a whole command line asks for, needed before the other flags are known.

    The first one where none is named and none is shipped, so that --help always works. Raises BadInput for a model that
    doesn't exist.
    """
    name = _named_model(arguments)
    if name is None and not shipped_models():
        return next(iter(ALGORITHMS.values()))
    return find_algorithm(read_info(model_folder(name)).algorithm)


def _named_model(arguments: Sequence[str]) -> str | None:
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    early.add_argument("--model")
    name: str | None = early.parse_known_args(arguments)[0].model
    return name


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows of cells as a table in Markdown, columns aligned so that it reads well in a terminal too."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    lines = (" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(f"| {line} |" for line in lines)


def print_json(content: Mapping[str, Any] | Sequence[Any]) -> None:
    """`content` as JSON on standard output."""
    print(json.dumps(content, indent=2))


def say_progress(share: float, words: str) -> None:
    """How much is done (0..1), in a line on standard error that writes over itself until all is."""
    print(f"\r{share:4.0%} {words:<40}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _value(about: Setting) -> str:
    if about.choices is not None:
        return "{" + ",".join(map(str, about.choices)) + "}"
    return "on|off" if about.kind is bool else {int: "N", float: "X"}.get(about.kind, "TEXT")


def _help(about: Setting) -> str:
    bounded = about.minimum is not None and about.maximum is not None
    limits = f"{about.minimum:g} to {about.maximum:g}, " if bounded else ""
    default = ("off", "on")[about.default] if about.kind is bool else about.default
    text = f"{about.label}: {about.help} ({limits}default {default}{' ' + about.unit if about.unit else ''})"
    return text.replace("%", "%%")
