"""The metrics of a training, read back from the event files that TensorBoard reads."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import Event, SessionLog

from composer.cli import main
from composer.training.run import Run, runs_folder
from tests.fake import fake_world

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")


def train(folder: Path, epochs: int = 2) -> int:
    words = ["--dataset", "fakes", "--epochs", str(epochs), "--quiet", "--tensorboard", str(folder)]
    return main(["train", "fake", *words])


def the_run() -> Run:
    (folder,) = runs_folder().glob("fake-*")
    return Run(folder)


def events(file: Path) -> list[Event]:
    """What is in a file of TFRecords: length (8 bytes), its checksum (4), the event, its checksum (4)."""
    data, found = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        found.append(Event.FromString(data[12 : 12 + length]))
        data = data[16 + length :]
    return found


def rows(found: list[Event]) -> list[dict[str, float]]:
    return [{"epoch": e.step} | {v.tag: v.simple_value for v in e.summary.value} for e in found if e.summary.value]


def test_every_metric_of_every_epoch_is_there(tmp_path: Path) -> None:
    assert train(tmp_path) == 0
    (file,) = (tmp_path / the_run().id).iterdir()
    first, *others = events(file)
    assert first.file_version == "brain.Event:2" and "tfevents" in file.name
    assert rows(others) == [pytest.approx(row) for row in the_run().metrics()]
    assert {"generator", "critic", "similarity", "seconds"} <= rows(others)[0].keys()


def test_a_run_that_goes_on_is_one_curve(tmp_path: Path) -> None:
    train(tmp_path, 1)
    train(tmp_path, 3)
    _, second = sorted((tmp_path / the_run().id).iterdir())
    begun = events(second)[1]
    assert (begun.step, begun.session_log.status) == (0, SessionLog.START), "TensorBoard forgets the older file by this"
    assert [row["epoch"] for row in rows(events(second))] == [1, 2, 3]


def test_without_the_package_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    assert train(tmp_path) == 2
    assert "pip install tensorboardX" in capsys.readouterr().err and not list(runs_folder().glob("*/process.json"))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("a file")
    assert train(tmp_path / "taken") == 2
    assert "can't be written" in capsys.readouterr().err
