"""The queue of trainings: one at a time, in order, by itself, and nothing in it is lost or begun twice."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from safetensors.torch import load_file

from composer.algorithms.models import WEIGHTS
from composer.errors import BadInput
from composer.jobs import local, queue
from composer.jobs.order import Order, order_for
from composer.jobs.process import read_owner, release, write_owner
from composer.jobs.status import Status, active_runs, status
from composer.training.loop import train
from composer.training.run import Run
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
Usage = namedtuple("Usage", "total used free")


def order(seed: int, epochs: int = 2, epoch_ms: int = 0, fault: str = "") -> Order:
    return order_for("fake", "fakes", FakeTrainSettings(epochs=epochs, epoch_ms=epoch_ms, fault=fault), seed)


def seeds() -> list[int]:
    """The seeds of what waits, the next one first."""
    return [entry.order.seed for entry in queue.waiting()]


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"active: {active_runs()}, waiting: {seeds()}"
        time.sleep(0.05)


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders that were started, in order; each counts as trained by this very process until it is released."""
    started: list[Order] = []

    def launch(order: Order, then: object) -> Run:
        write_owner(order.run, os.getpid(), order.epochs)
        started.append(order)
        return order.run

    monkeypatch.setattr(queue, "launch_order", launch)
    return started


class TestTheLine:
    def test_the_first_starts_at_once_and_the_others_wait_in_order(self, pretended: list[Order]) -> None:
        for seed in (5, 3, 4):
            queue.submit(order(seed))
        assert [found.seed for found in pretended] == [5] and seeds() == [3, 4]
        assert [queue.place_of(order(seed).run) for seed in (5, 3, 4)] == [None, 1, 2]

    def test_the_next_starts_when_one_has_ended_and_never_two(self, pretended: list[Order]) -> None:
        queue.submit(order(0), order(1), order(2))
        assert queue.advance() == []
        release(pretended[0].run)
        assert queue.advance() == [order(1).run] and queue.advance() == []
        assert seeds() == [2]

    def test_as_many_run_at_once_as_the_environment_says(
        self, pretended: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(queue.AT_ONCE, "2")
        queue.submit(order(0), order(1), order(2))
        assert len(pretended) == 2 and seeds() == [2]
        monkeypatch.setenv(queue.AT_ONCE, "many")
        assert queue.at_once() == 1

    def test_more_than_may_wait_are_refused_and_then_none_is_added(
        self, pretended: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(queue.MOST_WAITING, "2")
        queue.submit(order(0), order(1))
        with pytest.raises(BadInput, match="At most 2 trainings can wait in the queue, and 1 do already"):
            queue.submit(order(2), order(3))
        assert seeds() == [1]

    def test_what_waits_or_runs_already_is_not_added_again_and_takes_the_new_goal(self, pretended: list[Order]) -> None:
        queue.submit(order(0), order(1), order(2))
        queue.submit(order(1, epochs=9), order(0))
        assert seeds() == [1, 2] and queue.waiting()[0].order.epochs == 9 and len(pretended) == 1

    def test_a_pause_holds_the_queue_but_nothing_else(self, pretended: list[Order]) -> None:
        queue.submit(order(0), order(1))
        queue.pause()
        release(pretended[0].run)
        assert queue.advance() == [] and queue.is_paused()
        queue.go_on_with_queue()
        assert len(pretended) == 2 and not queue.is_paused()

    def test_cancelling_takes_one_out_and_the_rest_moves_up(self, pretended: list[Order]) -> None:
        queue.submit(order(0), order(1), order(2))
        queue.cancel(queue.waiting()[0])
        assert queue.place_of(order(2).run) == 1 and queue.place_of(order(1).run) is None

    def test_the_order_is_that_of_coming_whatever_the_clock_says(
        self, pretended: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue.submit(order(0))
        for seed, now in ((1, 2e9), (2, 1e9)):
            monkeypatch.setattr(time, "time", lambda now=now: now)
            queue.submit(order(seed))
            os.utime(queue.waiting()[-1].file, (now, now))
        assert seeds() == [1, 2]

    def test_nothing_starts_on_a_full_disk_and_nothing_is_lost(
        self, pretended: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(queue.shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
            queue.submit(order(0))
            assert pretended == [] and seeds() == [0]
        assert queue.advance() == [order(0).run]

    def test_a_queue_that_cannot_be_written_is_told_in_a_sentence(
        self, pretended: list[Order], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write(self: Path, content: bytes) -> int:
            raise OSError(28, "No space left on device")

        todo = order(0)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", write)
            with pytest.raises(BadInput, match=r"queue of trainings could not be written \(No space left"):
                queue.submit(todo)
        assert seeds() == [] and not list((queue.home() / "queue").glob("*.partial"))

    def test_damaged_files_are_passed_over(self, pretended: list[Order], fake_world: Path) -> None:
        queue.submit(order(0), order(1))
        for number, text in ((0, "{"), (7, json.dumps({"run_id": "x"})), (8, "[]")):
            (fake_world / "queue" / f"{number:06d}.json").write_text(text)
        assert seeds() == [1]
        release(pretended[0].run)
        assert queue.advance() == [order(1).run]

    def test_one_whose_starter_died_before_it_could_say_so_is_not_started_twice(self, pretended: list[Order]) -> None:
        queue.submit(order(0), order(1), order(2))
        release(pretended[0].run)
        write_owner(order(1).run, os.getpid(), 2)  # started, and still in the queue
        queue.advance()
        release(order(1).run)
        assert queue.advance() == [order(2).run]

    def test_weights_to_begin_from_are_kept_as_they_were(self, pretended: list[Order]) -> None:
        model = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=2))
        path = model.folder / WEIGHTS
        queue.submit(order(7))
        queue.submit(order_for("fake", "fakes", FakeTrainSettings(), 1, path))
        kept = queue.waiting()[0].order.start
        model.delete()
        assert kept is not None and Path(kept).parent.name == model.id and load_file(kept)["count"].item() == 2


class TestWithProcesses:
    def test_each_training_that_ends_becomes_the_next_also_after_a_fault(self) -> None:
        todo = [order(0), order(1, fault="crash"), order(2)]
        queue.submit(*todo)
        first = read_owner(todo[0].run)
        until(lambda: not queue.waiting() and not active_runs())
        assert [status(found.run).state for found in todo] == ["finished", "crashed", "finished"]
        assert status(todo[1].run).message == "RuntimeError: the pretended fault"
        assert first is not None
        until(lambda: not psutil.pid_exists(first.pid))

    def test_the_next_one_starts_when_a_training_is_killed(self) -> None:
        todo = [order(0, epochs=500, epoch_ms=100), order(1)]
        queue.submit(*todo)
        owner = read_owner(todo[0].run)
        assert owner is not None
        psutil.Process(owner.pid).kill()
        until(lambda: status(todo[1].run).epoch == 2)
        assert status(todo[0].run).state == "crashed"

    def test_many_that_look_at_once_start_one(self) -> None:
        queue.pause()
        queue.submit(order(0, epochs=500, epoch_ms=100), order(1, epochs=500, epoch_ms=100))
        (queue.home() / "queue" / queue.PAUSED).unlink()
        before = len(psutil.Process().children())
        threads = [threading.Thread(target=queue.advance) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(psutil.Process().children()) == before + 1 and seeds() == [1]

    def test_fine_tuning_that_waited_begins_from_the_weights_of_then(self) -> None:
        model = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=2))
        queue.pause()
        queue.submit(tuned := order_for("fake", "fakes", FakeTrainSettings(epochs=1), 1, model.folder / WEIGHTS))
        model.delete()
        queue.go_on_with_queue()
        until(lambda: status(tuned.run) == Status("finished", 1, 1) and tuned.run.has_model())
        assert load_file(tuned.run.folder / WEIGHTS)["count"].item() == 3
        assert tuned.run.config["before"]["model"] == model.id
        until(lambda: not (tuned.run.folder / local.BEGIN).exists() and not list(queue.home().glob("queue/0*")))
