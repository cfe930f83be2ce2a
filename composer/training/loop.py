"""The loop that every algorithm shares: epoch by epoch, with all that happens written to the run's folder."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from composer.music.similarity import similarity_index
from composer.music.voices import Voices
from composer.paths import write_atomically
from composer.settings import Settings
from composer.training.checkpoints import keep
from composer.training.convergence import converged
from composer.training.run import CHECKPOINT, METRICS, START, Run, run_for, write_config, write_metrics
from composer.training.samples import SAMPLE_SEED, heard_melody, write_sample

JUDGED_WINDOWS = 64
"""Windows of WINDOW steps that each epoch's similarity index is made from, always the same melodies and noise."""
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
    stop_when_converged: bool = True,
) -> Run:
    """Train until the run of this dataset, algorithm, settings and seed has `settings.epochs` epochs.

    A run that exists goes on from its last whole epoch, as if it had never stopped. After each epoch the folder gets a
    line in metrics.jsonl (losses, similarity, chord_rate, seconds), a sample of its music, a checkpoint and the model.
    Stops early where a file STOP appears in the folder, and, unless it is told not to, where it has converged:
    config.json then tells as `converged` after which epoch and why, and asking again for more epochs goes on.
    Raises BadInput where the disk is full or the run is damaged.
    With `start`, a file of a model's weights, it goes on from that model (fine-tuning); config.json then tells as
    `before` the similarity and chord rate of that model on the same held-out music.
    """
    run = run_for(algorithm, dataset, settings, seed, start)
    weights = None if start is None else _read_start(start)
    trainer = algorithm.trainer(dataset, settings, seed, weights)
    exam = _Exam.on(dataset)
    with _told_of_a_full_disk():
        run.folder.mkdir(parents=True, exist_ok=True)
        for left_by_a_kill in run.folder.rglob("*.*.partial"):
            left_by_a_kill.unlink()
        done = _resume(run, trainer)
        wanted = max(done, settings.as_dict()["epochs"])
        info = _describe(algorithm, dataset, settings.as_dict() | {"epochs": wanted}, seed)
        facts: dict[str, object] = {
            "similarity_floor": exam.floor,
            "training_bars": sum(piece.steps / piece.steps_per_bar for piece in dataset.split("train")),
        }
        stopped = run.converged if done else None
        facts |= {} if stopped is None else {"converged": stopped}
        if start is not None:
            facts["before"] = _before(run, trainer, start, exam)
        write_config(run, info, facts)
    # The patience begins anew where a person goes on with a training that had converged.
    watched = [row["similarity"] for row in run.metrics()[int(stopped["epoch"]) if stopped else 0 :]]
    for epoch in range(done + 1, wanted + 1):
        with _told_of_a_full_disk():
            row = _one_epoch(run, trainer, epoch, exam)
        on_epoch(row)
        watched.append(row["similarity"])
        if (run.folder / STOP).exists():
            (run.folder / STOP).unlink(missing_ok=True)
            break
        why = converged(watched) if stop_when_converged and epoch < wanted else None
        if why is not None:
            with _told_of_a_full_disk():
                ended = dataclasses.replace(info, settings={**info.settings, "epochs": epoch})
                write_config(run, ended, facts | {"converged": {"epoch": epoch, "why": why}})
            break
    return run


@dataclass(frozen=True)
class _Exam:
    """Music that the model does not learn from, the same after each epoch.

    Windows of it tell how good the model is, a melody of it lets a person hear that; `floor` is the similarity index of
    as many windows of the training music.
    """

    dataset: Dataset
    windows: Sequence[Voices]
    melody: Voices
    floor: float

    @classmethod
    def on(cls, dataset: Dataset) -> _Exam:
        """The exam that this dataset allows; raises BadInput where its pieces are too short."""
        held_out = dataset.split("valid") or dataset.split("train")
        windows = even_windows(held_out, WINDOW, JUDGED_WINDOWS)
        learned = even_windows(dataset.split("train"), WINDOW, len(windows))
        if not windows or not learned:
            raise BadInput(f"“{dataset.name}” has no pieces of at least {WINDOW} sixteenths; add longer ones.")
        return cls(dataset, windows, heard_melody(held_out), similarity_index(learned, windows))

    def judge(self, trainer: Trainer) -> dict[str, float]:
        """How the music of the weights as they are compares with the windows."""
        sample = trainer.sample([window.select([0]) for window in self.windows], SAMPLE_SEED)
        return {
            "similarity": similarity_index(sample, self.windows),
            "chord_rate": mean_measures(sample)["chord_rate"],
        }


@contextmanager
def _told_of_a_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"The run could not be written ({error.strerror}); free some disk space and go on with it."
        ) from None


def _one_epoch(run: Run, trainer: Trainer, epoch: int, exam: _Exam) -> dict[str, float]:
    start = time.perf_counter()
    losses = trainer.epoch()
    row = {"epoch": epoch, **losses, **exam.judge(trainer)}
    write_sample(run, epoch, trainer.play(exam.melody, SAMPLE_SEED), exam.dataset)
    write_atomically(run.folder / WEIGHTS, save({k: v.contiguous() for k, v in trainer.weights().items()}))
    row["seconds"] = time.perf_counter() - start
    write_atomically(run.folder / CHECKPOINT, save(trainer.state(), {"row": json.dumps(row)}))
    with (run.folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    keep(run, epoch)
    return row


def _before(run: Run, trainer: Trainer, start: Path, exam: _Exam) -> dict[str, object]:
    """How the model was that the run began from, judged once and kept, with its weights, for when the run goes on."""
    if run.start is not None:
        return dict(run.config["before"])
    facts = {"model": start.parent.name, **exam.judge(trainer)}
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
    write_metrics(run, rows)
    return epoch


def _describe(algorithm: Algorithm, dataset: Dataset, settings: dict[str, object], seed: int) -> ModelInfo:
    names = (algorithm.name, algorithm.version, dataset.name, dataset.fingerprint)
    return ModelInfo(*names, dataset.part_names, settings, seed)
