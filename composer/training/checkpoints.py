"""Earlier epochs of a run: kept by a rule, gone back to, and what lay beyond them set aside until it is passed.

The rule: every k-th epoch is kept with its model, and k (1 at first) doubles each time there would be more than six.
After epoch 5 these are 1 to 5, after 20 they are 4, 8, 12, 16 and 20, after 100 they are 32, 64 and 96. None is kept
while the disk has less than a gigabyte free. The newest epoch is always there, whatever the rule says.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from composer.algorithms.models import CONFIG, WEIGHTS
from composer.errors import BadInput
from composer.paths import write_atomically
from composer.training.run import CHECKPOINT, METRICS, SAMPLES, Run, write_metrics

KEPT, ASIDE = "checkpoints", "set-aside"
MOST = 6
_ROOM = 10**9
"""Bytes that must be free on the disk for another epoch to be kept."""
_MODEL = ".model.safetensors"


def kept_by_rule(epoch: int) -> list[int]:
    """The epochs that are kept when `epoch` are done, oldest first."""
    every = 1
    while epoch // every > MOST:
        every *= 2
    return list(range(every, epoch + 1, every))


def keep(run: Run, epoch: int) -> None:
    """Keep `epoch`, which was just written, where the rule says so, and let go what the rule lets go.

    What was set aside is let go too once `epoch` has passed it. Raises OSError where it can't be written.
    """
    wanted = kept_by_rule(epoch)
    if epoch in wanted and shutil.disk_usage(run.folder).free > _ROOM:
        _copy(run.folder / WEIGHTS, _model_of(run, epoch))
        _copy(run.folder / CHECKPOINT, _checkpoint_of(run, epoch))
    for path in (run.folder / KEPT).glob("epoch-*"):
        if _epoch_in(path) not in wanted:
            path.unlink()
    if (aside := epoch_set_aside(run)) is not None and epoch >= aside:
        shutil.rmtree(run.folder / ASIDE)


def kept_epochs(run: Run) -> list[int]:
    """The epochs of `run` that are kept whole, oldest first."""
    epochs = {_epoch_in(path) for path in (run.folder / KEPT).glob("epoch-*.safetensors")}
    return sorted(n for n in epochs if _model_of(run, n).exists() and _checkpoint_of(run, n).exists())


def kept_bytes(run: Run) -> int:
    """How much disk the kept epochs, and what was set aside, take."""
    folders = (run.folder / KEPT, run.folder / ASIDE)
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def epoch_set_aside(run: Run) -> int | None:
    """The epoch that `undo_going_back` leads to; None where nothing is set aside."""
    rows = Run(run.folder / ASIDE).metrics()
    return int(rows[-1]["epoch"]) if rows else None


def go_back(run: Run, epoch: int) -> None:
    """Make the kept `epoch` the run's newest: its model, curves and samples end there, and a training goes on from it.

    What comes after it is set aside, until a training has passed it or it is asked back. The caller sees to it that
    nothing trains the run meanwhile. A kill at any moment leaves a run that goes on from the one or the other epoch.
    Raises BadInput where that epoch isn't kept, and where the config can't be read.
    """
    if epoch not in kept_epochs(run):
        raise BadInput(f"Epoch {epoch} isn't kept; these are: {', '.join(map(str, kept_epochs(run))) or 'none'}.")
    config = run.config
    _set_aside(run, epoch)
    config.pop("converged", None)  # that lies in the epochs that are set aside
    write_atomically(run.folder / CONFIG, json.dumps(config, indent=2).encode())
    _copy(_model_of(run, epoch), run.folder / WEIGHTS)
    _copy(_checkpoint_of(run, epoch), run.folder / CHECKPOINT)
    write_metrics(run, [row for row in run.metrics() if row["epoch"] <= epoch])
    for path in _beyond(run, epoch):
        path.unlink()


def undo_going_back(run: Run) -> None:
    """Bring back what `go_back` set aside; raises BadInput where there is nothing."""
    aside = run.folder / ASIDE
    if epoch_set_aside(run) is None:
        raise BadInput("There is nothing to undo: this run has learned beyond the epoch that was set aside.")
    for path in [found for found in aside.rglob("*") if found.is_file() and found.name not in (CHECKPOINT, METRICS)]:
        _copy(path, run.folder / path.relative_to(aside))
    for name in (CHECKPOINT, METRICS):  # last, in this order, as a training writes them
        _copy(aside / name, run.folder / name)
    shutil.rmtree(aside)


def forget_kept(run: Run) -> None:
    """Free the disk that the kept epochs and what was set aside take; the newest epoch stays."""
    for name in (KEPT, ASIDE):
        shutil.rmtree(run.folder / name, ignore_errors=True)


def _set_aside(run: Run, epoch: int) -> None:
    """Copy what `go_back` will change, whole or not at all; what was set aside before reaches further and stays."""
    if epoch_set_aside(run) is not None:
        return
    partial = run.folder / f"{ASIDE}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    newest = [run.folder / name for name in (CONFIG, WEIGHTS, CHECKPOINT, METRICS)]
    for path in [*newest, *_beyond(run, epoch)]:
        copy = partial / path.relative_to(run.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    partial.replace(run.folder / ASIDE)


def _beyond(run: Run, epoch: int) -> list[Path]:
    """The samples and the kept epochs after `epoch`."""
    found = [*(run.folder / SAMPLES).glob("epoch-*.mid"), *(run.folder / KEPT).glob("epoch-*.safetensors")]
    return [path for path in found if _epoch_in(path) > epoch]


def _epoch_in(path: Path) -> int:
    return int(path.name.removeprefix("epoch-").partition(".")[0])


def _checkpoint_of(run: Run, epoch: int) -> Path:
    return run.folder / KEPT / f"epoch-{epoch:04d}.safetensors"


def _model_of(run: Run, epoch: int) -> Path:
    return run.folder / KEPT / f"epoch-{epoch:04d}{_MODEL}"


def _copy(source: Path, target: Path) -> None:
    write_atomically(target, source.read_bytes())
