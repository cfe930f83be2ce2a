"""How fast everything is on this machine, and what the critic is worth: each figure beside what it is to beat."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch

from composer.algorithms.base import Algorithm, Model, ModelInfo, Trainer
from composer.algorithms.models import load_model
from composer.data.dataset import Dataset
from composer.data.registry import find_source
from composer.evaluation.classifier import real_or_generated
from composer.evaluation.evaluate import arrange, as_voices
from composer.evaluation.intervals import Figure, seeds_figure
from composer.music.measures import WINDOW, chord_rate
from composer.music.score import Score, Track
from composer.music.similarity import similarity_index
from composer.music.synthesis import mix, open_synthesiser
from composer.music.voices import Voices
from composer.settings import Settings

PUBLISHED_WINDOWS_S = 7.6
"""Training windows a second of the lab that this project's U-Net GAN takes up, re-created on a machine like this."""
STEPS_A_BAR = 16
IMPORTED_FILES = 1000
RUNS, EPOCHS = 200, 300
"""How many runs the Runs page is measured with, and how long each was trained."""
SCRUBBED_EPOCHS = 100


@dataclass(frozen=True)
class Result:
    """One line of a bench: what was measured, the figure with its unit, and what it stands beside."""

    what: str
    figure: Figure
    unit: str
    beside: str = ""


@dataclass(frozen=True)
class Bench:
    """Something that can be measured alone. `minutes` is about how long it takes on two cores.

    `needs` is a package beyond those of requirements.txt; where it is missing the bench is only run when it is named.
    """

    title: str
    minutes: float
    measure: Callable[[Subject], list[Result]]
    needs: str = ""


@dataclass(frozen=True)
class Subject:
    """What is measured: an algorithm with its default settings, the music it learns from, and a trained model's folder.

    `minutes` and `seeds` are for benches that train: how long each training lasts, and how many there are.
    """

    algorithm: Algorithm
    dataset: Dataset
    model: Path | None
    minutes: float = 5.0
    seeds: int = 3


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": platform.platform(terse=True),
        "processor": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def throughput(subject: Subject) -> list[Result]:
    """Generator windows (32 steps x all parts) a second of training, with 5 critic updates a generator update."""
    trainer = subject.algorithm.trainer(subject.dataset, _with(subject, update_ratio=5), seed=0)
    windows = sum(piece.steps for piece in subject.dataset.split("train")) / WINDOW
    trainer.epoch()
    start = time.perf_counter()
    trainer.epoch()
    rate = windows / (time.perf_counter() - start)
    return [
        Result("Training with 5 critic updates", Figure(rate), "windows/s", f"{PUBLISHED_WINDOWS_S} published"),
        Result("... times the published rate", Figure(rate / PUBLISHED_WINDOWS_S), "x", "at least 20"),
    ]


def from_nothing(subject: Subject) -> list[Result]:
    """Chord rate of validation melodies arranged after at most 60 and 120 s of training with default settings."""
    trainer = subject.algorithm.trainer(subject.dataset, subject.algorithm.TrainSettings(), seed=0)
    pieces = subject.dataset.split("valid")
    real = float(np.nanmean([chord_rate(piece) for piece in pieces]))
    results, spent = [], 0.0
    for limit in (60, 120):
        spent = train_for(trainer, limit, spent)
        takes = _arrange(subject, trainer, pieces, seed=0)
        rate = float(np.nanmean([chord_rate(take) for take in takes]))
        results.append(Result(f"Chord rate after {spent:.0f} s of training", Figure(rate), "", f"real {real:.3f}"))
    return results


def critic(subject: Subject) -> list[Result]:
    """AUC and similarity index on the validation pieces with and without the critic, for the same training time."""
    results = []
    for ratio in (0, 1, 2):
        found = [_train_and_judge(subject, ratio, seed) for seed in range(subject.seeds)]
        name = f"update ratio {ratio}, {subject.minutes:g} min, {subject.seeds} seeds"
        for column, what in enumerate(("Real or generated (AUC)", "Similarity index")):
            results.append(Result(f"{what}, {name}", seeds_figure([row[column] for row in found]), ""))
    return results


def musegan(subject: Subject) -> list[Result]:
    """How fast a MuseGAN learns on the shapes of the paper; see `bench_musegan`."""
    from composer.evaluation.bench_musegan import paper_shapes

    return paper_shapes(find_source("band").load())


def choir(subject: Subject) -> list[Result]:
    """How well a MuseGAN sings chorales after ten minutes from nothing; see `bench_musegan`."""
    from composer.evaluation.bench_musegan import ten_minutes

    return ten_minutes(find_source("chorales").load())


def latency(subject: Subject) -> list[Result]:
    """Median model time of one take: 8 bars with default settings and in one pass, 64 bars with default settings.

    How many rounds of repair a take needs is a matter of chance, so each has its own seed.
    """
    model, settings = _loaded(subject), subject.algorithm.GenerateSettings()
    one = {"takes": 1}
    single = one | {"passes": 1, "repair": False}
    cases = {
        "One take, 8 bars": (8, one, "at most 100 ms"),
        "One take, 8 bars, passes 1, repair off": (8, single, "at most 10 ms"),
        "One take, 64 bars": (64, one, "at most 1000 ms"),
    }
    results = []
    for what, (bars, changes, beside) in cases.items():
        choice = type(settings).from_dict(settings.as_dict() | changes)
        melody = long_melody(subject.dataset, bars)
        seeds = count()
        spent_ms = 1000 * _median_seconds(lambda m=melody, c=choice, s=seeds: model.generate(m, c, next(s)), 25)  # type: ignore[misc]
        results.append(Result(what, Figure(spent_ms), "ms", beside))
    return results


def sound(subject: Subject) -> list[Result]:
    """Seconds of four-part music made into stems and mixed in a second, and what opening the synthesiser takes."""
    start = time.perf_counter()
    synthesiser = open_synthesiser()
    opened_ms = 1000 * (time.perf_counter() - start)
    piece = subject.dataset.split("test")[0].window(0, 8 * STEPS_A_BAR)
    score = Score(tuple(Track(name, piece.notes(row)) for row, name in enumerate(subject.dataset.part_names)))
    length = synthesiser.render_stems(score).seconds
    spent = _median_seconds(lambda: mix(synthesiser.render_stems(score)), 5)
    return [
        Result(f"{synthesiser.name}: stems and mix of {length:.0f} s", Figure(length / spent), "x real time"),
        Result("Opening the synthesiser", Figure(opened_ms), "ms"),
    ]


def page(subject: Subject) -> list[Result]:
    """What a person waits for in the studio, in a real Chromium; see `bench_page`."""
    from composer.evaluation.bench_page import measure_page

    return [Result(what, Figure(value), unit, beside) for what, value, unit, beside in measure_page()]


def own_music(subject: Subject) -> list[Result]:
    """Seconds and memory for a person's own files to become a dataset; see `bench_import`."""
    from composer.evaluation.bench_import import measure_import

    seconds, megabytes, pieces = measure_import(IMPORTED_FILES)
    return [
        Result(f"Import of {pieces:,} MIDI files of 3 minutes", Figure(seconds), "s", "at most 120"),
        Result("... peak memory, all processes", Figure(megabytes), "MB", "at most 1500"),
    ]


def runs(subject: Subject) -> list[Result]:
    """What a person with hundreds of trainings waits for on the Runs page; see `bench_runs`."""
    from composer.evaluation.bench_runs import measure_runs

    return [Result(what, Figure(value), unit, beside) for what, value, unit, beside in measure_runs(RUNS, EPOCHS)]


def scrub(subject: Subject) -> list[Result]:
    """How soon another epoch's roll is seen on the Train page; see `bench_scrub`."""
    from composer.evaluation.bench_scrub import measure_scrub

    rows = measure_scrub(subject.dataset, SCRUBBED_EPOCHS)
    return [Result(what, Figure(value), unit, beside) for what, value, unit, beside in rows]


def watching(subject: Subject) -> list[Result]:
    """What it costs a training that somebody watches it; see `bench_watching`."""
    from composer.evaluation.bench_watching import measure_watching

    served, shown = measure_watching(subject.algorithm, subject.dataset, subject.minutes, subject.seeds)
    how = f"{subject.seeds} pairs of {subject.minutes:g} min of one training"
    return [
        Result(f"A training whose page is open is slower by, {how}", seeds_figure(served), "%", "at most 5"),
        Result("... and where Chromium draws it on the same machine", seeds_figure(shown), "%"),
    ]


BENCHES: dict[str, Bench] = {
    "throughput": Bench("Training speed with 5 critic updates", 1.5, throughput),
    "from-nothing": Bench("Chord rate after one and two minutes of training", 2.5, from_nothing),
    "critic": Bench("What the critic adds, at the same training time", 60, critic),
    "musegan": Bench("Training speed of MuseGAN on the shapes of its paper", 3, musegan),
    "choir": Bench("A MuseGAN after ten minutes of chorales", 13, choir),
    "latency": Bench("Model time of one take", 0.3, latency),
    "sound": Bench("Speed of synthesis", 0.1, sound),
    "import": Bench("Import of a person's own files", 1.5, own_music),
    "page": Bench("Waiting times in the studio, in Chromium", 1, page),
    "runs": Bench("Waiting times on the Runs page, in Chromium", 1, runs),
    "scrub": Bench("Waiting for another epoch's roll on the Train page, in Chromium", 0.5, scrub),
    "watching": Bench("What watching costs a training", 50, watching),
}


def long_melody(dataset: Dataset, bars: int) -> Voices:
    """A melody of `bars` bars of 4/4, (1, steps), made of the test pieces' first voices one after another."""
    melodies = [piece.select([0]) for piece in dataset.split("test") if piece.steps_per_bar == STEPS_A_BAR]
    pitch, attack = (np.concatenate([getattr(m, name) for m in melodies], axis=1) for name in ("pitch", "attack"))
    return Voices(pitch, attack).window(0, bars * STEPS_A_BAR)


def _train_and_judge(subject: Subject, ratio: int, seed: int) -> tuple[float, float]:
    """AUC and similarity index of the validation pieces arranged by a model trained for the subject's minutes."""
    trainer = subject.algorithm.trainer(subject.dataset, _with(subject, update_ratio=ratio), seed)
    train_for(trainer, 60 * subject.minutes)
    real = subject.dataset.split("valid")
    takes = _arrange(subject, trainer, real, seed)
    return real_or_generated(takes, real).value, similarity_index(takes, real)


def _arrange(subject: Subject, trainer: Trainer, pieces: Sequence[Voices], seed: int) -> list[Voices]:
    takes = arrange(model_of(subject, trainer), pieces, subject.algorithm.GenerateSettings(), seed)
    return as_voices(takes, subject.dataset.part_names)


def train_for(trainer: Trainer, limit: float, spent: float = 0.0) -> float:
    """One epoch, and more as long as the next is likely to end within `limit` seconds; all seconds `spent` so far."""
    longest = 0.0
    while not longest or spent + longest <= limit:
        seconds = _seconds(trainer.epoch)
        longest, spent = max(longest, seconds), spent + seconds
    return spent


def model_of(subject: Subject, trainer: Trainer) -> Model:
    """The model that a training of the subject's algorithm on its dataset has come to, at default settings."""
    algorithm, dataset = subject.algorithm, subject.dataset
    settings = algorithm.TrainSettings().as_dict()
    info = ModelInfo(algorithm.name, algorithm.version, dataset.name, dataset.fingerprint, dataset.part_names, settings)
    return algorithm.model(info, trainer.weights())


def _loaded(subject: Subject) -> Model:
    """The subject's trained model, or one that has learned nothing, which takes the same time."""
    if subject.model is not None:
        return load_model(subject.model)
    return model_of(subject, subject.algorithm.trainer(subject.dataset, subject.algorithm.TrainSettings(), seed=0))


def _with(subject: Subject, **changes: Any) -> Settings:
    return subject.algorithm.TrainSettings.from_dict(changes)


def _median_seconds(work: Callable[[], object], times: int) -> float:
    """Median wall time of `work`, after one call to warm up."""
    work()
    spent: Sequence[float] = [_seconds(work) for _ in range(times)]
    return float(np.median(spent))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
