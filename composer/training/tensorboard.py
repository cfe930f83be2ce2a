"""A training's metrics as event files, for those who watch their trainings in TensorBoard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from composer.errors import BadInput
from composer.training.run import Run


@contextmanager
def event_files(run: Run, folder: Path) -> Iterator[Callable[[Mapping[str, float]], None]]:
    """Write every metric of `run`, the epoch as its step, into an event file in `folder`/<id of the run>.

    What it yields is to be called after each epoch. The file holds all epochs from the first one on and asks
    TensorBoard to forget those of older files, so that a run that goes on, even from an earlier epoch, is one curve.
    Raises BadInput where tensorboardX is missing or the folder can't be written.
    """
    try:
        from tensorboardX import RecordWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog
        from tensorboardX.proto.summary_pb2 import Summary
    except ImportError:
        raise BadInput("Files for TensorBoard need one more package: pip install tensorboardX") from None
    begun = False

    def _write(**event: object) -> None:
        writer.write(Event(wall_time=time.time(), **event).SerializeToString())

    def _write_rows(rows: Sequence[Mapping[str, float]]) -> None:
        with _told_of_trouble(folder):
            for row in rows:
                values = [Summary.Value(tag=name, simple_value=row[name]) for name in row if name != "epoch"]
                _write(step=int(row["epoch"]), summary=Summary(value=values))
            writer.flush()

    def _after_epoch(row: Mapping[str, float]) -> None:
        """The first brings the earlier epochs along: what was resumed from is known by then."""
        nonlocal begun
        _write_rows([row] if begun else run.metrics())
        begun = True

    with _told_of_trouble(folder):
        (folder / run.id).mkdir(parents=True, exist_ok=True)
        writer = RecordWriter(str(folder / run.id / f"events.out.tfevents.{time.time_ns()}"))
    with closing(writer):
        _write(file_version="brain.Event:2")
        _write(step=0, session_log=SessionLog(status=SessionLog.START))
        yield _after_epoch
        if not begun:  # no epoch was left to be learned
            _write_rows(run.metrics())


@contextmanager
def _told_of_trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"The files for TensorBoard can't be written in {folder} ({error.strerror}); choose another folder."
        ) from None
