"""The Train page without a browser: what waits, what was broken off, earlier epochs, and a second server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from composer.jobs import house, local, queue
from composer.jobs.again import catch_up, go_back
from composer.jobs.house import READS_ONLY
from composer.jobs.order import order_for
from composer.jobs.overview import discard
from composer.jobs.process import read_owner, release
from composer.jobs.status import Status, active_runs, status
from composer.training.checkpoints import epoch_set_aside
from composer.training.run import Run
from composer.ui.training_queue import broken_words, order_words, place_words
from tests.app.test_train import busy, open_page, press, trained, wait_until_ended, words
from tests.fake import FakeTrainSettings, fake_world, no_process_left, start_fake

__all__ = ["busy", "fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")


def killed(seed: int = 0) -> Run:
    """A run whose training was killed after its first epoch."""
    run = start_fake(FakeTrainSettings(epochs=500, epoch_ms=50), seed)
    until(lambda: status(run).epoch >= 1)
    owner = read_owner(run)
    assert owner is not None
    psutil.Process(owner.pid).kill()
    until(lambda: not status(run).active)
    return run


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def waiting_ids() -> list[str]:
    return [entry.order.run_id for entry in queue.waiting()]


class TestTheQueue:
    def test_train_beside_a_training_queues_and_says_the_place(self, busy: Run) -> None:
        page = open_page()
        for seed in (1, 2):
            page.number_input(key="train.seed").set_value(seed).run()
            press(page, "train")
        assert page.query_params["run"] == busy.id, "what is being trained stays in view"
        assert "next" in words(page) and "2nd in the queue" in words(page)
        assert len(waiting_ids()) == 2 and active_runs() == [busy]

    def test_cancel_and_pause_and_go_on(self, busy: Run) -> None:
        queue.submit(*(order_for("fake", "fakes", FakeTrainSettings(), seed) for seed in (1, 2)))
        first, second = waiting_ids()
        page = press(open_page(), f"cancel-{first}")
        assert waiting_ids() == [second]
        press(page, "pause_queue")
        assert queue.is_paused() and "nothing more starts until you go on" in words(page)
        press(page, "pause_queue")
        assert not queue.is_paused()

    def test_a_full_queue_is_refused_in_a_sentence(self, busy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(queue.MOST_WAITING, "1")
        queue.submit(order_for("fake", "fakes", FakeTrainSettings(), 1))
        page = press(open_page(), "train")
        assert "At most 1 trainings can wait" in words(page)

    def test_continue_beside_a_training_waits_too(self, busy: Run) -> None:
        run = trained(epochs=2)
        page = press(open_page(run=run.id), "continue")
        assert waiting_ids() == [run.id] and queue.waiting()[0].order.epochs == 12
        assert "12 epochs" in words(page)

    def test_a_look_at_the_page_starts_what_a_stopped_machine_left_waiting(self, busy: Run) -> None:
        queue.submit(order_for("fake", "fakes", FakeTrainSettings(epochs=1), 1))
        [waits] = [entry.order.run for entry in queue.waiting()]
        release(busy)
        open_page()
        assert wait_until_ended(waits) == Status("finished", 1, 1)

    def test_no_queue_no_card(self) -> None:
        assert "queue" not in words(open_page())


class TestBrokenOff:
    def test_all_are_gone_on_with_by_one_click(self) -> None:
        runs = [killed(seed) for seed in (0, 1)]
        page = open_page()
        assert "2 trainings were broken off" in page.warning[0].value
        assert page.button(key="resume_all").label == "Go on with all of them"
        press(page, "resume_all")
        assert {*waiting_ids(), *(run.id for run in active_runs())} == {run.id for run in runs}
        assert not page.warning
        queue.pause()
        for run in active_runs():
            local.stop(run)
            wait_until_ended(run)

    def test_a_server_that_starts_goes_on_by_itself_where_that_is_wished(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = killed()
        (run.folder / "samples" / "epoch-0001.mid.12ab.partial").write_bytes(b"half")
        monkeypatch.delenv("COMPOSER_RESUME", raising=False)
        catch_up()
        assert status(run).state == "crashed" and not list(run.folder.rglob("*.partial"))
        monkeypatch.setenv("COMPOSER_RESUME", "1")
        catch_up()
        assert status(run).active
        local.stop(run)
        wait_until_ended(run)


class TestEarlierEpochs:
    def test_go_back_and_undo(self) -> None:
        run = trained(epochs=4)
        page = open_page(run=run.id)
        assert "epochs are kept" in words(page)
        page.selectbox(key=f"earlier-{run.id}").set_value(2).run()
        press(page, "go_back")
        assert [row["epoch"] for row in run.metrics()] == [1, 2]
        press(page, "undo_back")
        assert status(run) == Status("finished", 4, 4) and epoch_set_aside(run) is None

    def test_start_again_reaches_where_it_was(self) -> None:
        run = trained(epochs=4)
        page = open_page(run=run.id)
        page.selectbox(key=f"earlier-{run.id}").set_value(1).run()
        press(page, "start_again")
        assert wait_until_ended(run) == Status("finished", 4, 4)
        assert epoch_set_aside(run) is None

    def test_the_disk_is_freed(self) -> None:
        run = trained(epochs=4)
        press(open_page(run=run.id), "forget_kept")
        assert not (run.folder / "checkpoints").exists() and run.has_model()

    def test_nothing_while_it_is_trained(self, busy: Run) -> None:
        assert "epochs are kept" not in words(open_page(run=busy.id))
        with pytest.raises(house.BadInput, match="still at work"):
            go_back(busy, 1)


class TestASecondServer:
    @pytest.fixture
    def other(self, fake_world: Path) -> Iterator[FileLock]:
        """The lock of a first server on the same data folder."""
        fake_world.mkdir(exist_ok=True)
        with FileLock(fake_world / "server.lock") as lock:
            yield lock

    def test_it_says_so_and_disables_what_trains_or_deletes(self, other: FileLock) -> None:
        run = trained(epochs=4)
        page = open_page(run=run.id)
        assert READS_ONLY in words(page)
        assert all(page.button(key=key).disabled for key in ("train", "continue", "go_back", "start_again"))
        assert not page.button(key="use").disabled

    def test_it_changes_nothing_even_where_it_is_asked_to(self, other: FileLock) -> None:
        run = trained(epochs=2)
        assert not house.hold()
        order = order_for("fake", "fakes", FakeTrainSettings(), 1)
        for ask in (
            lambda: queue.submit(order),
            lambda: local.launch_order(order),
            lambda: local.stop(run),
            lambda: discard(run),
            lambda: go_back(run, 1),
            queue.pause,
        ):
            with pytest.raises(house.BadInput, match="Another studio is open"):
                ask()
        catch_up()
        assert run.folder.exists() and queue.waiting() == [] and not queue.is_paused()

    def test_it_takes_over_when_the_first_is_closed(self, other: FileLock) -> None:
        page = open_page()
        other.release()
        page.run()
        assert READS_ONLY not in words(page) and not page.button(key="train").disabled


def test_words() -> None:
    places = {1: "next", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 21: "21st", 112: "112th"}
    assert all(place_words(place).startswith(word) for place, word in places.items())
    order = order_for("fake", "fakes", FakeTrainSettings(epochs=1, update_ratio=2), 1)
    assert order_words(order) == "1 epoch · update ratio 2"
    run = trained(epochs=2)
    assert broken_words([run]).startswith("A training was broken off: Fake · Made-up chorales")
    assert "and 2 more. At most the epoch under way was lost." in broken_words([run] * 5)
