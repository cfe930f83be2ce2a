"""Every run with how it stands, as lists and tables show it, and the way to delete one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from composer.errors import BadInput
from composer.jobs.process import PROCESS, is_alive
from composer.jobs.status import Status, status
from composer.training.record import Record, Stamps, all_records, read_record
from composer.training.run import Run, runs_folder
from composer.trash import bring_back, throw_away, thrown_away

DAMAGED = "damaged"
RUNS = "runs"
_STATES = {"running": "training", "stopping": "stopping", "crashed": "broken off"}


@dataclass(frozen=True)
class Overview:
    """A run's record beside how it stands; a damaged one that nobody trains has the state DAMAGED."""

    record: Record
    status: Status

    @property
    def id(self) -> str:
        """The run's id."""
        return self.record.run.id

    @property
    def words(self) -> str:
        """How it stands, in words: "finished", or "damaged: metrics.jsonl is missing"."""
        state = _STATES.get(self.status.state, self.status.state)
        return f"{state}: {self.status.message}" if self.status.message else state


def overviews() -> list[Overview]:
    """Every run on disk, newest first, damaged ones among them."""
    return [Overview(record, _standing(record)) for record in all_records()]


def overview(run: Run) -> Overview:
    """`run` with how it stands."""
    record = read_record(run)
    return Overview(record, _standing(record))


def discard(run: Run) -> None:
    """Delete `run`, so that `undo_discard` can bring it back; raises BadInput while it is being trained."""
    if is_alive(run):
        raise BadInput("This run is still training; stop it first, then delete it.")
    if not run.folder.is_dir() or run.folder.parent != runs_folder():
        raise BadInput(f"There is no run called “{run.id}”; it may be deleted already.")
    throw_away(run.folder)


def discarded() -> Run | None:
    """The run that was deleted last, as long as it can be brought back."""
    name = thrown_away(RUNS)
    return None if name is None else Run(runs_folder() / name)


def undo_discard() -> Run:
    """Bring the run that was deleted last back; raises BadInput where that is no longer possible."""
    return Run(bring_back(RUNS))


def settings_that_differ(found: Sequence[Record]) -> list[str]:
    """The names of the settings, `epochs` apart, that two of these records have with different values."""
    values: dict[str, set[str]] = {}
    for record in found:
        for name, value in record.settings.items():
            values.setdefault(name, set()).add(repr(value))
    return [name for name, different in values.items() if len(different) > 1 and name != "epochs"]


def as_row(found: Overview) -> dict[str, Any]:
    """A run in plain values: what it is, how it stands, its last figures and every setting, as `setting_<name>`."""
    record, now = found.record, found.status
    return {
        "id": found.id,
        "name": record.labels.name,
        "starred": record.labels.starred,
        "note": record.labels.note,
        "algorithm": record.algorithm,
        "dataset": record.dataset,
        "state": now.state,
        "message": now.message,
        "epoch": record.epoch,
        "epochs": now.epochs,
        "seconds": round(record.seconds, 1),
        "similarity": record.last.get("similarity"),
        "chord_rate": record.last.get("chord_rate"),
        "generator": record.last.get("generator"),
        "critic": record.last.get("critic"),
        "bytes": record.disk_bytes,
        "seed": record.seed,
        "began_from": record.before,
        **{f"setting_{name}": value for name, value in record.settings.items()},
        "folder": str(record.run.folder),
    }


def _standing(record: Record) -> Status:
    owned = (record.run.folder / PROCESS).exists()
    if record.damage and not (owned and is_alive(record.run)):
        return Status(DAMAGED, record.epoch, record.epoch, message=record.damage)
    return status(record.run) if owned else _at_rest(str(record.run.folder), record.stamps)


@lru_cache(2048)
def _at_rest(folder: str, stamps: Stamps) -> Status:
    """How a run stands that no process was ever said to train: that changes only with its files."""
    return status(Run(Path(folder)))
