"""`composer evaluate`: how good a model's music is, in a table or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

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
from composer.errors import BadInput
from composer.evaluation.bands import evaluate_band
from composer.evaluation.evaluate import evaluate, variants
from composer.music.pianoroll import Pianoroll
from composer.music.voices import Voices


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer evaluate`, with those of the algorithm whose model `arguments` choose."""
    add_model(parser)
    parser.add_argument("--dataset", metavar="NAME", help="the music whose test pieces are taken; default: the model's")
    add_seed(parser)
    add_json(parser)
    algorithm = algorithm_asked_for(arguments)
    title = f"settings of {algorithm.name} (with none given: the default ones, and with parts of them left out)"
    add_settings(parser, algorithm.GenerateSettings, title)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Arrange the test melodies of the dataset and print the figures beside those of the real pieces."""
    folder = model_folder(chosen.model)
    info = read_info(folder)
    settings = given_settings(chosen, find_algorithm(info.algorithm).GenerateSettings)
    choices = variants(settings) if settings == type(settings)() else {"these settings": settings}
    dataset, model = find_source(chosen.dataset or info.dataset).load(), load_model(folder)
    if len(dataset.part_names) != len(info.part_names):
        raise BadInput(f"“{folder.name}” plays {', '.join(info.part_names)}; choose a dataset with as many parts.")
    melody = Voices(np.full((1, 16), 72, np.int16), np.zeros((1, 16), bool))
    is_band = isinstance(model.generate(melody, settings, 0)[0], Pianoroll)
    found = (evaluate_band if is_band else evaluate)(model, dataset, choices, chosen.seed, _say)
    if chosen.json:
        described = {name: choice.as_dict() for name, choice in choices.items()}
        print_json({"model": str(folder), "settings": described} | asdict(found))
    else:
        print(table(["", "real", *found.generated], found.rows()))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
