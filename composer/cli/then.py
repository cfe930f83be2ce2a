"""`--then MODEL[:PART]`: further steps of a chain, each with what the step before made as its melody."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from composer.algorithms.models import load_model, read_info
from composer.algorithms.registry import find_algorithm
from composer.cli.flags import model_folder
from composer.errors import BadInput
from composer.projects.chain import MOST_STEPS, TUNE, Chain
from composer.projects.melody import Melody
from composer.projects.request import Request
from composer.projects.results import Result

Step = tuple[Path, str]
"""A model's folder, and the part of the step before that it is given."""


def add_then(parser: argparse.ArgumentParser) -> None:
    """`--then MODEL[:PART]`, which may be repeated, for `steps_asked_for`."""
    text = (
        "let another model go on with what was made: its melody is the PART of that (default: the tune), its settings "
        "are the usual ones, the seed is the same. May be repeated"
    )
    parser.add_argument("--then", action="append", default=[], metavar="MODEL[:PART]", help=text)


def steps_asked_for(words: Sequence[str]) -> list[Step]:
    """The steps that `--then` asks for; raises BadInput where there are too many or a model isn't there."""
    if len(words) >= MOST_STEPS:
        raise BadInput(f"{MOST_STEPS} steps are the most; leave out some of --then.")
    return [_step(word) for word in words]


def parts_of(folder: Path) -> tuple[str, ...]:
    """The names of a model's parts."""
    return read_info(folder).part_names


def go_on(chain: Chain, steps: Sequence[Step], take: int, seed: int) -> Chain:
    """The chain with more steps, take number `take` (from 0) of each going on; raises BadInput naming a step."""
    for folder, part in steps:
        last = len(chain.steps) - 1
        chain = chain.changed(last, take=take, part=part)
        chain = chain.with_result(last + 1, _made(folder, Melody(chain.given(last + 1)), take, seed))
    return chain


def _step(word: str) -> Step:
    name, colon, part = word.rpartition(":")
    return (model_folder(name), part) if colon and not Path(word).is_dir() else (model_folder(word), TUNE)


def _made(folder: Path, melody: Melody, take: int, seed: int) -> Result:
    info = read_info(folder)
    settings = find_algorithm(info.algorithm).GenerateSettings.from_dict({"takes": take + 1})
    takes = load_model(folder).generate(melody.grid.voices, settings, seed)
    return Result(
        Request(melody.alone, folder.name, settings.as_dict(), seed), tuple(takes), {"parts": info.part_names}
    )
