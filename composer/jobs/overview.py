"""Every run with how it stands, as lists and tables show it, and the way to delete one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from composer.errors import BadInput
from composer.jobs.house import check_not_a_guest
from composer.jobs.process import PROCESS, is_alive
from composer.jobs.queue import place_of, waiting
from composer.jobs.status import FINISHING, Status, status
from composer.training.record import Record, all_records, read_record
from composer.training.run import Run, runs_folder
from composer.trash import bring_back, throw_away, thrown_away

DAMAGED, WAITING = "damaged", "waiting"
RUNS = "runs"
_STATES = {"running": "training", "crashed": "broken off", FINISHING: "learning to listen"}


@dataclass(frozen=True)
class Overview:
    """A run's record beside how it stands; a damaged one that nobody trains is DAMAGED."""

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
    queued = {entry.order.run_id for entry in waiting()}
    return [Overview(record, _standing(record, queued)) for record in all_records()]


def overview(run: Run) -> Overview:
    """`run` with how it stands."""
    record = read_record(run)
    return Overview(record, _standing(record, {entry.order.run_id for entry in waiting()}))


def discard(run: Run) -> None:
    """Delete `run`, so that `undo_discard` can bring it back.

    Raises BadInput while it is being trained or waits for that, and where this is a second server.
    """
    check_not_a_guest()
    if is_alive(run):
        raise BadInput("This run is still at work; stop it first, then delete it.")
    if place_of(run) is not None:
        raise BadInput("This run waits in the queue; take it out of there on the Train page first, then delete it.")
    if not run.folder.is_dir() or run.folder.parent != runs_folder():
        raise BadInput(f"There is no run called “{run.id}”; it may be deleted already.")
    throw_away(run.folder)


def discarded() -> Run | None:
    """The run that was deleted last, as long as it can be brought back."""
    name = thrown_away(RUNS)
    return None if name is None else Run(runs_folder() / name)


def undo_discard() -> Run:
    """Bring the run that was deleted last back; raises BadInput where that is no longer possible."""
    check_not_a_guest()
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


def _standing(record: Record, queued: Collection[str]) -> Status:
    """As `status` says, but without reading again what the record holds where no process ever had to do with it."""
    run, epoch = record.run, record.epoch
    owned = (run.folder / PROCESS).exists()
    if record.damage and not (owned and is_alive(run)):
        return Status(DAMAGED, epoch, epoch, message=record.damage)
    if owned:
        return status(run)
    wanted = record.settings.get("epochs")
    epochs = wanted if type(wanted) is int else 0
    if run.id in queued:
        return Status(WAITING, epoch, epochs)
    return Status("finished" if epoch >= epochs else "stopped", epoch, epochs)
