"""`composer evaluate`: how good a model's music is, in a table or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from composer.algorithms.models import load_model, read_info
from composer.algorithms.registry import find_algorithm
from composer.cli.flags import (
    add_json,
    add_model,
    add_seed,
    add_settings,
    algorithm_asked_for,
    given_settings,
    model_folder,
    print_json,
    table,
)
from composer.data.registry import find_source
from composer.evaluation.evaluate import evaluate, variants


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer evaluate`, with those of the algorithm whose model `arguments` choose."""
    add_model(parser)
    add_seed(parser)
    add_json(parser)
    algorithm = algorithm_asked_for(arguments)
    title = f"settings of {algorithm.name} (with none given: the default ones, repair off, and a single pass)"
    add_settings(parser, algorithm.GenerateSettings, title)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Arrange the test melodies of the model's dataset and print the figures beside those of the real pieces."""
    folder = model_folder(chosen.model)
    info = read_info(folder)
    settings = given_settings(chosen, find_algorithm(info.algorithm).GenerateSettings)
    choices = variants(settings) if settings == type(settings)() else {"these settings": settings}
    dataset = find_source(info.dataset).load()
    found = evaluate(load_model(folder), dataset, choices, chosen.seed, _say)
    if chosen.json:
        described = {name: choice.as_dict() for name, choice in choices.items()}
        print_json({"model": str(folder), "settings": described} | asdict(found))
    else:
        print(table(["", "real", *found.generated], found.rows()))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
