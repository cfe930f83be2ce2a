"""The loop that every algorithm shares: epoch by epoch, with all that happens written to the run's folder."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save

from composer.algorithms.base import Algorithm, ModelInfo, Trainer
from composer.algorithms.models import WEIGHTS
from composer.data.dataset import Dataset
from composer.data.windows import even_windows
from composer.errors import BadInput
from composer.music.measures import chord_rate
from composer.music.midi import write_midi
from composer.music.score import Score, Tempo, Track
from composer.music.similarity import similarity_index
from composer.music.voices import Voices
from composer.settings import Settings
from composer.training.run import CHECKPOINT, METRICS, SAMPLES, Run, run_for, write_atomically, write_config

JUDGED_WINDOWS = 64
"""Windows of WINDOW steps that each epoch's similarity index is made from, always the same melodies and noise."""
WINDOW = 32
SAMPLE_SEED = 1
STOP = "STOP"
"""A file of this name in the run's folder asks the training to stop after the epoch under way."""

OnEpoch = Callable[[dict[str, float]], None]


def train(
    algorithm: Algorithm,
    dataset: Dataset,
    settings: Settings,
    seed: int = 0,
    on_epoch: OnEpoch = lambda row: None,
) -> Run:
    """Train until the run of this dataset, algorithm, settings and seed has `settings.epochs` epochs.

    A run that exists goes on from its last whole epoch, as if it had never stopped. After each epoch the folder gets a
    line in metrics.jsonl (losses, similarity, chord_rate, seconds), a sample of its music, a checkpoint and the model.
    Stops early where a file STOP appears in the folder; raises BadInput where the disk is full or the run is damaged.
    """
    run = run_for(algorithm, dataset, settings, seed)
    trainer = algorithm.trainer(dataset, settings, seed)
    real = even_windows(dataset.split("valid") or dataset.split("train"), WINDOW, JUDGED_WINDOWS)
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        done = _resume(run, trainer)
        _write_config(run, algorithm, dataset, settings, seed, real)
        for epoch in range(done + 1, settings.as_dict()["epochs"] + 1):
            on_epoch(_one_epoch(run, trainer, epoch, real))
            if (run.folder / STOP).exists():
                (run.folder / STOP).unlink(missing_ok=True)
                break
    except OSError as error:
        raise BadInput(
            f"The run could not be written ({error.strerror}); free some disk space and go on with it."
        ) from None
    return run


def _one_epoch(run: Run, trainer: Trainer, epoch: int, real: Sequence[Voices]) -> dict[str, float]:
    start = time.perf_counter()
    losses = trainer.epoch()
    sample = trainer.sample([window.select([0]) for window in real], SAMPLE_SEED)
    row = (
        {"epoch": epoch}
        | losses
        | {
            "similarity": similarity_index(sample, real),
            "chord_rate": float(np.nanmean([chord_rate(window) for window in sample])),
        }
    )
    write_atomically(run.folder / SAMPLES / f"epoch-{epoch:04d}.mid", write_midi(_as_score(sample[0])))
    write_atomically(run.folder / WEIGHTS, save({k: v.contiguous() for k, v in trainer.weights().items()}))
    write_atomically(run.folder / CHECKPOINT, save(trainer.state(), {"epoch": str(epoch)}))
    row["seconds"] = time.perf_counter() - start
    with (run.folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    return row


def _resume(run: Run, trainer: Trainer) -> int:
    """Bring the trainer to the run's last whole epoch, and the metrics with it; the number of that epoch."""
    path = run.folder / CHECKPOINT
    if not path.exists():
        return 0
    try:
        trainer.restore(load_file(path))
        with safe_open(path, framework="pt") as file:
            epoch = int(file.metadata()["epoch"])
    except (SafetensorError, KeyError, ValueError, TypeError):
        raise BadInput(f"The checkpoint of “{run.id}” is damaged; delete the run and train again.") from None
    rows = [row for row in run.metrics() if row["epoch"] <= epoch]
    write_atomically(run.folder / METRICS, "".join(json.dumps(row) + "\n" for row in rows).encode())
    return epoch


def _write_config(
    run: Run, algorithm: Algorithm, dataset: Dataset, settings: Settings, seed: int, real: Sequence[Voices]
) -> None:
    """config.json: what the model is, and how far real music is from real music at this number of windows."""
    info = ModelInfo(
        algorithm.name,
        algorithm.version,
        dataset.name,
        dataset.fingerprint,
        dataset.part_names,
        settings.as_dict(),
        seed,
    )
    floor = similarity_index(even_windows(dataset.split("train"), WINDOW, len(real)), real)
    write_config(run, info, {"similarity_floor": floor})


def _as_score(voices: Voices) -> Score:
    tracks = tuple(Track(f"Part {row + 1}", voices.notes(row)) for row in range(len(voices.pitch)))
    return Score(tracks, tempos=(Tempo(0.0, 90.0),))
