"""How a MuseGAN learns: how fast on the shapes of the paper, and how well a choir sings after ten minutes."""

from __future__ import annotations

import time
from dataclasses import replace

from composer.algorithms.musegan.algorithm import MuseGAN
from composer.algorithms.musegan.band import Band
from composer.algorithms.musegan.windows import SPAN
from composer.data.dataset import Dataset
from composer.evaluation.bands import evaluate_band
from composer.evaluation.bench import Result, Subject, model_of, train_for
from composer.evaluation.finishing import find_listener
from composer.evaluation.intervals import Figure

PAPER_PHRASES = 50_266
"""Training phrases of Dong et al. 2018, whose models took less than a day each on a K40m GPU."""
PIECES = 60
LIMIT_S = 600
_LEARNING = 0.77
"""Share of the time that the network learns in; the finish takes the rest."""
_RELATIVE, _POINTS = 0.2, 0.02
"""A measure is near enough to real music within a fifth of it or two points, whichever is larger."""
_NEAR = ("Empty bars", "Used pitch classes", "Qualified notes", "Notes of an eighth")
_TOLD = {
    "Tonal distance, mean difference": "at most 0.05",
    "Real or generated (AUC)": "at most 0.85",
    "Phrases nearer than real ones": "at most 0.05",
    "Exact copies": "0",
    "Variety beside real music": "at least 0.7",
}


def paper_shapes(band: Dataset) -> list[Result]:
    """Windows a second of training with 5 critic updates for each of the generator.

    A window is 4 bars of the five tracks that play around the melody of `band` (the paper's: 4 bars x 96 steps x 84
    pitches x 5 tracks; the grid here has 48 steps a bar).
    """
    dataset, algorithm = _five_tracks(band), MuseGAN()
    trainer = algorithm.trainer(dataset, algorithm.TrainSettings.from_dict({"update_ratio": 5}), seed=0)
    windows = sum(roll.steps for roll in dataset.rolls("train")) / SPAN
    trainer.epoch()
    start = time.perf_counter()
    trainer.epoch()
    rate = windows / (time.perf_counter() - start)
    once = PAPER_PHRASES / rate / 3600
    return [
        Result("MuseGAN with 5 critic updates, 4 bars of 5 tracks", Figure(rate), "windows/s"),
        Result(f"... once over the paper's {PAPER_PHRASES:,} phrases", Figure(once), "h", "a model: < 24 h on a K40m"),
    ]


def ten_minutes(chorales: Dataset, limit_s: float = LIMIT_S) -> list[Result]:
    """The measures of a band on the test pieces after ten minutes (`limit_s`) from nothing, its finish included."""
    algorithm = MuseGAN()
    trainer = algorithm.trainer(chorales, algorithm.TrainSettings(), seed=0)
    spent = train_for(trainer, limit_s * _LEARNING)
    model = model_of(Subject(algorithm, chorales, None), trainer)
    assert isinstance(model, Band)
    start = time.perf_counter()
    model = model.heard_by(find_listener(model, chorales, say=lambda words: None))
    spent += time.perf_counter() - start
    found = evaluate_band(model, chorales, {"default": algorithm.GenerateSettings()})
    real, made = found.real, found.generated["default"]
    near = [name for name in real if name.startswith(_NEAR)]
    share = sum(_is_near(made[name].value, real[name].value) for name in near) / len(near)
    gap = made["Gap to a strange melody"].value / real["Gap to a strange melody"].value
    return [
        Result(f"After {spent:.0f} s from nothing: measures of a track near real ones", Figure(share), "", "1"),
        Result("... gap to a strange melody, of that in real music", Figure(gap), "", "at least 0.6"),
        *(Result(f"... {name[0].lower()}{name[1:]}", made[name], "", beside) for name, beside in _TOLD.items()),
    ]


def _is_near(made: float, real: float) -> bool:
    return abs(made - real) <= max(_RELATIVE * abs(real), _POINTS)


def _five_tracks(dataset: Dataset) -> Dataset:
    """Some pieces of the band without the melody, so that there are as many tracks as in the paper."""
    others = list(range(1, len(dataset.part_names)))
    train = [piece for piece in dataset.pieces if piece.split == "train"][:PIECES]
    pieces = tuple(replace(p, music=p.music.select(others)) for p in train)
    return Dataset(dataset.name, dataset.part_names[1:], pieces)
