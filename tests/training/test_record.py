"""What the list says of a run: right, read once, and a sentence where a folder is damaged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.algorithms.models import CONFIG, WEIGHTS
from composer.training.labels import LABELS, Labels, write_labels
from composer.training.loop import train
from composer.training.record import CURVE_POINTS, all_records, read_metrics, read_record
from composer.training.run import CHECKPOINT, METRICS, Run, runs_folder
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")


@pytest.fixture
def run() -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=3), 7)


def add_row(run: Run, **row: object) -> None:
    with (run.folder / METRICS).open("a") as file:
        file.write(json.dumps(row) + "\n")


def test_a_record_holds_what_there_is_to_know(run: Run) -> None:
    record = read_record(run)
    assert (record.algorithm, record.dataset, record.seed, record.epoch) == ("fake", "fakes", 7, 3)
    assert record.settings["learning_rate"] == 1e-3
    assert record.curve == (1.0, 0.5, pytest.approx(1 / 3))
    assert record.seconds == pytest.approx(sum(row["seconds"] for row in run.metrics()))
    assert record.disk_bytes == run.disk_bytes() and record.has_model and record.damage == ""


def test_it_is_read_once_and_anew_when_something_changes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_record(run)
    assert read_record(run) is before
    add_row(run, epoch=4, generator=0.25, seconds=1.0)
    assert read_record(run).epoch == 4 and len(read_metrics(run)) == 4
    write_labels(run, Labels("Mine"))
    assert read_record(run).labels.name == "Mine"


def test_a_long_curve_is_thinned_and_keeps_its_ends(run: Run) -> None:
    for epoch in range(4, 301):
        add_row(run, epoch=epoch, generator=float(epoch))
    curve = read_record(run).curve
    assert len(curve) == CURVE_POINTS and (curve[0], curve[-1]) == (1.0, 300.0)


def test_runs_come_newest_first_and_naming_one_does_not_change_that() -> None:
    runs = [train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=1), seed) for seed in (1, 2)]
    for age, run in ((200, runs[0]), (100, runs[1])):
        for name in (CONFIG, METRICS):
            os.utime(run.folder / name, (1e9 - age, 1e9 - age))
    write_labels(runs[0], Labels(starred=True))
    assert [record.run for record in all_records()] == runs[::-1]


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def changed(**values: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        config = json.loads((folder / CONFIG).read_text()) | values
        (folder / CONFIG).write_text(json.dumps(config))

    return change


def without_model_and_checkpoint(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / CHECKPOINT).unlink()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no config": (without(CONFIG), "config.json is missing"),
    "empty config": (holding(CONFIG, b""), "config.json can't be read"),
    "config is a list": (holding(CONFIG, b"[1]"), "config.json can't be read"),
    "config nested without end": (holding(CONFIG, b"[" * 100_000), "config.json can't be read"),
    "no settings": (changed(settings=None), "config.json has no usable “settings”"),
    "algorithm is a list": (changed(algorithm=["fake"]), "config.json has no usable “algorithm”"),
    "unknown algorithm": (changed(algorithm="wavenet"), "there is no algorithm called “wavenet”"),
    "no metrics": (without(METRICS), "metrics.jsonl is missing"),
    "metrics of nothing": (holding(METRICS, bytes(300)), "metrics.jsonl is missing"),
    "a broken line": (holding(METRICS, b'{"epoch": 1}\n{"ep\n{"epoch": 3}\n'), "1 line of metrics.jsonl can't be read"),
    "words for figures": (
        holding(METRICS, b'{"epoch": "one"}\n{"epoch": 2, "generator": "low"}\n{"epoch": 3}\n'),
        "2 lines of metrics.jsonl can't be read",
    ),
    "no model": (without_model_and_checkpoint, "model.safetensors is missing"),
    "empty model": (holding(WEIGHTS, b""), "model.safetensors is missing"),
    "garbage for a model": (holding(WEIGHTS, b"\xff" * 100), "model.safetensors can't be read"),
    "a folder for the config": (lambda f: ((f / CONFIG).unlink(), (f / CONFIG).mkdir()), "config.json can't be read"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_told_in_words(run: Run, damage: str) -> None:
    break_it, words = DAMAGES[damage]
    break_it(run.folder)
    [record] = all_records()
    assert words in record.damage


def test_an_empty_folder_and_damaged_labels_do_no_harm(run: Run) -> None:
    (runs_folder() / "empty").mkdir()
    (run.folder / LABELS).write_text("{")
    damages = {record.run.id: record.damage for record in all_records()}
    assert damages == {run.id: "", "empty": "config.json is missing"}


def test_a_half_written_last_line_is_no_damage(run: Run) -> None:
    with (run.folder / METRICS).open("a") as file:
        file.write('{"epoch": 4, "gen')
    assert read_record(run).damage == "" and read_record(run).epoch == 3


def test_a_run_that_has_only_begun_is_not_damaged(run: Run) -> None:
    for path in run.folder.iterdir():
        if path.is_file() and path.name != CONFIG:
            path.unlink()
    assert read_record(run).damage == "" and read_record(run).epoch == 0
