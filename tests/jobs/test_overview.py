"""Runs with how they stand, and a run deleted and brought back."""

from __future__ import annotations

import json

import pytest

from composer.algorithms.models import CONFIG
from composer.errors import BadInput
from composer.jobs import house, local, queue
from composer.jobs.order import order_for
from composer.jobs.overview import (
    as_row,
    discard,
    discarded,
    overview,
    overviews,
    settings_that_differ,
    undo_discard,
)
from composer.jobs.process import write_owner
from composer.jobs.status import Status, status
from composer.paths import home
from composer.training.loop import train
from composer.training.run import Run
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left, start_fake
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")


def trained(seed: int = 0, **settings: object) -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings.from_dict({"epochs": 2} | settings), seed)


def test_every_run_is_there_with_how_it_stands() -> None:
    sound, damaged = trained(1), trained(2)
    (damaged.folder / CONFIG).unlink()
    words = {found.id: found.words for found in overviews()}
    assert words == {sound.id: "finished", damaged.id: "damaged: config.json is missing"}


def test_a_run_at_rest_that_is_gone_on_with_changes_its_state() -> None:
    run = trained()
    assert overview(run).words == "finished"
    train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=4))
    assert (overview(run).status.epoch, overview(run).status.epochs) == (4, 4)


def test_a_run_at_rest_stands_as_its_status_says() -> None:
    for epochs in (2, 5):
        run = trained(epochs, epochs=2)
        config = json.loads((run.folder / CONFIG).read_text())
        config["settings"]["epochs"] = epochs
        (run.folder / CONFIG).write_text(json.dumps(config))
        assert overview(run).status == status(run) == Status("finished" if epochs == 2 else "stopped", 2, epochs)


def test_a_run_that_waits_says_so_and_can_not_be_deleted() -> None:
    run = trained()
    queue.pause()
    queue.submit(order_for("fake", "fakes", FakeTrainSettings(epochs=4)))
    assert overview(run).words == overviews()[0].words == "waiting"
    with pytest.raises(BadInput, match="waits in the queue"):
        discard(run)


def test_a_second_server_deletes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained()
    monkeypatch.setattr(house, "_guests", {home()})
    monkeypatch.setattr(house, "hold", lambda: False)
    with pytest.raises(BadInput, match="Another studio is open"):
        discard(run)
    assert run.folder.is_dir()


def test_a_training_can_not_be_deleted_while_it_goes_on() -> None:
    run = start_fake(FakeTrainSettings(epochs=500, epoch_ms=100))
    with pytest.raises(BadInput, match="still at work; stop it first"):
        discard(run)
    assert run.folder.is_dir() and status(run).active


def test_a_training_that_broke_off_says_why() -> None:
    run = trained()
    write_owner(run, local.os.getpid(), 9)
    owner = (run.folder / "process.json").read_text()
    (run.folder / "process.json").write_text(owner.replace(str(local.os.getpid()), "1"))
    (run.folder / local.LOG).write_text("RuntimeError: no more coffee\n")
    assert overview(run).words == "broken off: RuntimeError: no more coffee"


def test_a_deleted_run_is_brought_back() -> None:
    run = trained()
    discard(run)
    assert overviews() == [] and discarded() == run
    assert undo_discard() == run
    assert [found.id for found in overviews()] == [run.id] and discarded() is None
    discard(run)
    with pytest.raises(BadInput, match="no run called"):
        discard(run)


def test_settings_that_differ_are_found() -> None:
    records = [overview(trained(**settings)).record for settings in ({}, {"learning_rate": 2e-3}, {"update_ratio": 1})]
    assert settings_that_differ(records) == ["learning_rate"]
    assert settings_that_differ(records[:1]) == []


def test_a_row_holds_all_settings() -> None:
    row = as_row(overview(trained()))
    assert {"setting_learning_rate", "setting_update_ratio", "similarity", "seconds"} <= row.keys()
    assert row["state"] == "finished" and row["generator"] == 0.5
