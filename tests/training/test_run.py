"""Runs on disk: found again by what decides them, readable by a person, and deleted whole."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from composer.algorithms.models import CONFIG, WEIGHTS
from composer.errors import BadInput
from composer.paths import write_atomically
from composer.training.run import METRICS, Run, all_runs, find_run, run_for, runs_folder
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.made_up import hymn, tiny_dataset

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")
DATASET = tiny_dataset(train=2, bars=2)


def saved(name: str, **config: Any) -> Run:
    """A run on disk with a config of its own."""
    run = Run(runs_folder() / name)
    run.folder.mkdir(parents=True)
    config = {"algorithm": "fake", "settings": FakeTrainSettings().as_dict()} | config
    (run.folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return run


def test_the_number_of_epochs_does_not_make_another_run() -> None:
    runs = {run_for(FAKE, DATASET, FakeTrainSettings(epochs=epochs), 0).id for epochs in (1, 2, 99)}
    assert len(runs) == 1


def test_everything_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = FakeTrainSettings()
    piece = dataclasses.replace(DATASET.pieces[0], music=hymn(99, 2))
    other_music = dataclasses.replace(DATASET, pieces=(piece, *DATASET.pieces[1:]))
    ids = [
        run_for(FAKE, DATASET, settings, 0).id,
        run_for(FAKE, DATASET, settings, 1).id,
        run_for(FAKE, other_music, settings, 0).id,
        *(
            run_for(FAKE, DATASET, dataclasses.replace(settings, **change), 0).id
            for change in ({"learning_rate": 2e-3}, {"update_ratio": 2}, {"epoch_ms": 1})
        ),
    ]
    monkeypatch.setattr(type(FAKE), "version", 2)
    ids.append(run_for(FAKE, DATASET, settings, 0).id)
    assert len(set(ids)) == len(ids)


def test_a_runs_name_says_what_it_is() -> None:
    assert run_for(FAKE, DATASET, FakeTrainSettings(), 0).id.startswith("fake-tiny-")


def test_asking_for_a_run_writes_nothing() -> None:
    run_for(FAKE, DATASET, FakeTrainSettings(), 0)
    assert not runs_folder().exists() or not list(runs_folder().iterdir())


def test_runs_are_listed_newest_first_and_found_by_name() -> None:
    first, second = saved("first"), saved("second")
    for age, run in ((200, second), (100, first)):
        os.utime(run.folder / CONFIG, (1e9 - age, 1e9 - age))
    (runs_folder() / "not a run").mkdir()
    assert all_runs() == [first, second]
    assert find_run("second") == second


@pytest.mark.parametrize("name", ["third", "", "../outside", "."])
def test_an_unknown_run_is_refused(name: str) -> None:
    saved("first")
    with pytest.raises(BadInput, match="no run called"):
        find_run(name)


def test_settings_come_back_from_the_config() -> None:
    settings = FakeTrainSettings(epochs=7, learning_rate=5e-4)
    assert saved("first", settings=settings.as_dict()).settings() == settings


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe", b"7", b"[1]"])
def test_a_damaged_config_is_refused_in_a_sentence(content: bytes | None) -> None:
    run = saved("first")
    (run.folder / CONFIG).unlink()
    if content is not None:
        (run.folder / CONFIG).write_bytes(content)
    with pytest.raises(BadInput, match=r"first.*delete it and train again"):
        dict(run.config)


def test_metrics_are_read_row_by_row() -> None:
    run = saved("first")
    assert run.metrics() == []
    (run.folder / METRICS).write_text('{"epoch": 1, "generator": 2.5}\n{"epoch": 2, "generator": NaN}\n')
    first, second = run.metrics()
    assert first == {"epoch": 1, "generator": 2.5}
    assert second["epoch"] == 2 and second["generator"] != second["generator"]


@pytest.mark.parametrize("tail", ["{", '{"epoch": 2, "gen', '{"epoch": 2', "\0\0\0\0", "2", "nul", "\n\n"])
def test_a_half_written_last_line_is_left_out(tail: str) -> None:
    run = saved("first")
    (run.folder / METRICS).write_text('{"epoch": 1}\n' + tail)
    assert run.metrics() == [{"epoch": 1}]


def test_a_run_knows_its_size_and_goes_whole() -> None:
    run, other = saved("first"), saved("second")
    before = run.disk_bytes()
    (run.folder / "samples").mkdir()
    (run.folder / "samples" / "a.mid").write_bytes(bytes(1000))
    assert run.disk_bytes() == before + 1000
    run.delete()
    assert not run.folder.exists() and all_runs() == [other]


def test_a_run_has_a_model_once_there_are_weights() -> None:
    run = saved("first")
    assert not run.has_model()
    (run.folder / WEIGHTS).write_bytes(b"")
    assert run.has_model()


def test_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, b"one")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
