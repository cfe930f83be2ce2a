"""The loop that every algorithm shares: epoch by epoch, with all that happens written to the run's folder."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from composer.algorithms.base import Algorithm, ModelInfo, Trainer
from composer.algorithms.models import WEIGHTS
from composer.data.dataset import Dataset
from composer.data.windows import even_windows
from composer.errors import BadInput
from composer.music.measures import WINDOW, mean_measures
from composer.music.midi import write_midi
from composer.music.score import Score, Tempo, Track
from composer.music.similarity import similarity_index
from composer.music.voices import Voices
from composer.paths import write_atomically
from composer.settings import Settings
from composer.training.run import CHECKPOINT, METRICS, SAMPLES, START, Run, run_for, write_config

JUDGED_WINDOWS = 64
"""Windows of WINDOW steps that each epoch's similarity index is made from, always the same melodies and noise."""
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
    start: Path | None = None,
) -> Run:
    """Train until the run of this dataset, algorithm, settings and seed has `settings.epochs` epochs.

    A run that exists goes on from its last whole epoch, as if it had never stopped. After each epoch the folder gets a
    line in metrics.jsonl (losses, similarity, chord_rate, seconds), a sample of its music, a checkpoint and the model.
    Stops early where a file STOP appears in the folder; raises BadInput where the disk is full or the run is damaged.
    With `start`, a file of a model's weights, it goes on from that model (fine-tuning); config.json then tells as
    `before` the similarity and chord rate of that model on the same held-out music.
    """
    run = run_for(algorithm, dataset, settings, seed, start)
    weights = None if start is None else _read_start(start)
    trainer = algorithm.trainer(dataset, settings, seed, weights)
    real = even_windows(dataset.split("valid") or dataset.split("train"), WINDOW, JUDGED_WINDOWS)
    learned = even_windows(dataset.split("train"), WINDOW, len(real))
    if not real or not learned:
        raise BadInput(f"“{dataset.name}” has no pieces of at least {WINDOW} sixteenths; add longer ones.")
    with _told_of_a_full_disk():
        run.folder.mkdir(parents=True, exist_ok=True)
        for left_by_a_kill in run.folder.glob("*.safetensors.*.partial"):
            left_by_a_kill.unlink()
        done = _resume(run, trainer)
        wanted = max(done, settings.as_dict()["epochs"])
        info = _describe(algorithm, dataset, settings.as_dict() | {"epochs": wanted}, seed)
        facts: dict[str, object] = {"similarity_floor": similarity_index(learned, real)}
        if start is not None:
            facts["before"] = _before(run, trainer, start, real)
        write_config(run, info, facts)
    for epoch in range(done + 1, wanted + 1):
        with _told_of_a_full_disk():
            row = _one_epoch(run, trainer, epoch, real)
        on_epoch(row)
        if (run.folder / STOP).exists():
            (run.folder / STOP).unlink(missing_ok=True)
            break
    return run


@contextmanager
def _told_of_a_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"The run could not be written ({error.strerror}); free some disk space and go on with it."
        ) from None


def _one_epoch(run: Run, trainer: Trainer, epoch: int, real: Sequence[Voices]) -> dict[str, float]:
    start = time.perf_counter()
    losses = trainer.epoch()
    figures, sample = _judge(trainer, real)
    row = {"epoch": epoch, **losses, **figures}
    write_atomically(run.folder / SAMPLES / f"epoch-{epoch:04d}.mid", write_midi(_as_score(sample[0])))
    write_atomically(run.folder / WEIGHTS, save({k: v.contiguous() for k, v in trainer.weights().items()}))
    row["seconds"] = time.perf_counter() - start
    write_atomically(run.folder / CHECKPOINT, save(trainer.state(), {"row": json.dumps(row)}))
    with (run.folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    return row


def _judge(trainer: Trainer, real: Sequence[Voices]) -> tuple[dict[str, float], list[Voices]]:
    """How the music of the weights as they are compares with `real` held-out windows, and that music."""
    sample = trainer.sample([window.select([0]) for window in real], SAMPLE_SEED)
    return {
        "similarity": similarity_index(sample, real),
        "chord_rate": mean_measures(sample)["chord_rate"],
    }, sample


def _before(run: Run, trainer: Trainer, start: Path, real: Sequence[Voices]) -> dict[str, object]:
    """How the model was that the run began from, judged once and kept, with its weights, for when the run goes on."""
    if run.start is not None:
        return dict(run.config["before"])
    facts = {"model": start.parent.name, **_judge(trainer, real)[0]}
    write_atomically(run.folder / START, start.read_bytes())
    return facts


def _read_start(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError, ValueError):
        raise BadInput("The model to start from is missing or damaged; choose another one.") from None


def _resume(run: Run, trainer: Trainer) -> int:
    """Bring the trainer to the run's last whole epoch, and the metrics with it; the number of that epoch."""
    path = run.folder / CHECKPOINT
    if not path.exists():
        return 0
    try:
        trainer.restore(load_file(path))
        with safe_open(path, framework="pt") as file:
            last = dict(json.loads(file.metadata()["row"]))
    except (SafetensorError, KeyError, ValueError, TypeError):
        raise BadInput(f"The checkpoint of “{run.id}” is damaged; delete the run and train again.") from None
    epoch = int(last["epoch"])
    rows = [*(row for row in run.metrics() if row["epoch"] < epoch), last]
    write_atomically(run.folder / METRICS, "".join(json.dumps(row) + "\n" for row in rows).encode())
    return epoch


def _describe(algorithm: Algorithm, dataset: Dataset, settings: dict[str, object], seed: int) -> ModelInfo:
    names = (algorithm.name, algorithm.version, dataset.name, dataset.fingerprint)
    return ModelInfo(*names, dataset.part_names, settings, seed)


def _as_score(voices: Voices) -> Score:
    tracks = tuple(Track(f"Part {row + 1}", voices.notes(row)) for row in range(len(voices.pitch)))
    return Score(tracks, tempos=(Tempo(0.0, 90.0),))
