"""Trainings in processes of their own: they start once, stop in order, outlive their starter and say how they stand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from composer.data.dataset import Source, write_pieces
from composer.data.registry import find_source
from composer.errors import BadInput
from composer.jobs import local
from composer.jobs.again import continue_to
from composer.jobs.order import order_to_go_on
from composer.jobs.overview import discard
from composer.jobs.process import PROCESS, claim, read_owner, release
from composer.jobs.status import Status, newest_active, status
from composer.training.loop import STOP
from composer.training.run import Run
from tests.fake import FakeTrainSettings, fake_world, no_process_left, start_fake
from tests.fake_data import FAKE_SOURCE, PARTS, chorale

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")


def start(epochs: int = 3, epoch_ms: int = 0, fault: str = "", seed: int = 0) -> Run:
    return start_fake(FakeTrainSettings(epochs=epochs, epoch_ms=epoch_ms, fault=fault), seed)


def wait_for(run: Run, wanted: Callable[[Status], bool], seconds: float = 40) -> Status:
    deadline = time.monotonic() + seconds
    while not wanted(now := status(run)):
        assert time.monotonic() < deadline, f"still {now}; log: {(run.folder / local.LOG).read_text()}"
        time.sleep(0.05)
    return now


def has_ended(now: Status) -> bool:
    return not now.active


def has_begun(now: Status) -> bool:
    return now.epoch >= 1


def test_start_trains_to_the_end_and_leaves_a_model() -> None:
    run = start(epochs=3)
    assert status(run).active
    assert wait_for(run, has_ended) == Status("finished", 3, 3)
    assert run.has_model()
    assert [row["epoch"] for row in run.metrics()] == [1, 2, 3]


def test_process_runs_at_low_priority_in_a_session_of_its_own_and_leaves_no_zombie() -> None:
    run = start(epochs=2, epoch_ms=300)
    owner = read_owner(run)
    assert owner is not None
    assert psutil.Process(owner.pid).nice() == local.LOW_PRIORITY
    session = Path(f"/proc/{owner.pid}/autogroup")
    assert not session.exists() or session.read_text().endswith(f"nice {local.LOW_PRIORITY}\n")
    wait_for(run, has_ended)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(owner.pid):
        assert time.monotonic() < deadline, "nobody waited for the process"
        time.sleep(0.05)


def test_starting_twice_makes_one_process() -> None:
    runs: list[Run] = []
    threads = [threading.Thread(target=lambda: runs.append(start(epochs=50, epoch_ms=200))) for _ in range(4)]
    before = len(psutil.Process().children())
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.id for run in runs}) == 1
    assert len(psutil.Process().children()) == before + 1
    local.stop(runs[0])
    wait_for(runs[0], has_ended)


def test_stop_keeps_what_was_learned_and_more_epochs_go_on_from_there() -> None:
    run = start(epochs=500, epoch_ms=100)
    wait_for(run, has_begun)
    local.stop(run)
    stopped = wait_for(run, has_ended)
    assert stopped.state == "stopped"
    assert 1 <= stopped.epoch < 500
    assert run.has_model()
    again = local.launch_order(order_to_go_on(run, stopped.epoch + 2))
    assert again == run
    assert wait_for(run, has_ended).state == "finished"
    assert [row["epoch"] for row in run.metrics()] == list(range(1, stopped.epoch + 3))


def test_stop_at_once_after_start_is_obeyed() -> None:
    run = start(epochs=500, epoch_ms=100)
    local.stop(run)
    assert status(run).state == "stopping"
    assert wait_for(run, has_ended).epoch <= 1


def test_killed_training_counts_as_crashed_and_goes_on() -> None:
    run = start(epochs=500, epoch_ms=100)
    wait_for(run, has_begun)
    owner = read_owner(run)
    assert owner is not None
    psutil.Process(owner.pid).kill()
    crashed = wait_for(run, has_ended)
    assert crashed.state == "crashed"
    assert "ended from outside" in crashed.message
    continue_to(run, crashed.epoch + 1)
    assert wait_for(run, has_ended).state == "finished"


def test_fault_is_told_by_the_last_line_of_the_log() -> None:
    crashed = wait_for(start(fault="crash"), has_ended)
    assert crashed.state == "crashed"
    assert crashed.message == "RuntimeError: the pretended fault"


def test_seconds_left_come_from_recent_epochs() -> None:
    run = start(epochs=40, epoch_ms=250)
    left = wait_for(run, lambda now: now.epoch >= 2).seconds_left
    assert left is not None
    assert 5 < left < 30
    local.stop(run)
    wait_for(run, has_ended)


def test_newest_active_finds_the_run_without_being_told() -> None:
    assert newest_active() is None
    run = start(epochs=500, epoch_ms=100)
    assert newest_active() == run
    local.stop(run)
    wait_for(run, has_ended)
    assert newest_active() is None


def test_number_reused_by_another_process_counts_as_dead() -> None:
    run = start(epochs=1)
    wait_for(run, has_ended)
    mine = psutil.Process()
    (run.folder / PROCESS).write_text(json.dumps({"pid": mine.pid, "created": mine.create_time() - 60, "epochs": 9}))
    assert not status(run).active
    claim(run, 9)
    assert status(run).active
    release(run)
    assert status(run) == Status("finished", 1, 1)


def test_claim_is_refused_while_another_process_trains() -> None:
    run = start(epochs=500, epoch_ms=100)
    with pytest.raises(BadInput, match="at work already"):
        claim(run, 3)
    local.stop(run)
    wait_for(run, has_ended)


def test_running_run_is_not_deleted_and_an_ended_one_is() -> None:
    run = start(epochs=500, epoch_ms=100)
    with pytest.raises(BadInput, match="stop it first"):
        discard(run)
    local.stop(run)
    wait_for(run, has_ended)
    discard(run)
    assert not run.folder.exists()


def test_stop_does_nothing_to_a_run_that_ended() -> None:
    run = start(epochs=1)
    wait_for(run, has_ended)
    local.stop(run)
    assert not (run.folder / STOP).exists()


def own_dataset(home: Path, seed: int = 0) -> Source:
    """A person's own dataset, of made-up chorales that begin at `seed`."""
    pieces = [
        replace(piece, music=chorale(seed + number))
        for number, piece in enumerate(FAKE_SOURCE.build(lambda share, words: None))
    ]
    about = {"title": "Mine", "parts": PARTS, "pieces": len(pieces), "bars": 160}
    write_pieces(home / "datasets" / "own" / "mine.safetensors", pieces, about)
    return find_source("mine")


class TestADatasetThatIsDeleted:
    def test_its_runs_are_named_and_keep_their_model_but_learn_no_further(self, fake_world: Path) -> None:
        source = own_dataset(fake_world)
        run = start_fake(FakeTrainSettings(epochs=1), dataset="mine")
        wait_for(run, has_ended)
        assert local.delete_dataset(source) == [run]
        assert run.has_model() and not source.path.exists()
        with pytest.raises(BadInput, match="was deleted, so it can't be trained any further"):
            continue_to(run, 3)

    def test_while_it_is_learned_from_it_stays(self, fake_world: Path) -> None:
        source = own_dataset(fake_world)
        run = start_fake(FakeTrainSettings(epochs=500, epoch_ms=100), dataset="mine")
        with pytest.raises(BadInput, match="A training is learning from “Mine” now"):
            local.delete_dataset(source)
        local.stop(run)
        wait_for(run, has_ended)
        local.delete_dataset(source)

    def test_another_one_of_its_name_does_not_take_its_place(self, fake_world: Path) -> None:
        own_dataset(fake_world)
        run = start_fake(FakeTrainSettings(epochs=1), dataset="mine")
        wait_for(run, has_ended)
        own_dataset(fake_world, seed=100)
        with pytest.raises(BadInput, match="holds other music now"):
            continue_to(run, 3)
