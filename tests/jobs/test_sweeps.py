"""Sweeps in the queue: how long they will take, all in or none, and from the command line to the best run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from composer.cli import main
from composer.errors import BadInput
from composer.jobs import queue
from composer.jobs.process import release, write_owner
from composer.jobs.sweeps import BEGIN_S, cancel_rest, start_sweep, sweep_seconds
from composer.training.loop import train
from composer.training.run import Run
from composer.training.sweep import GRID, all_sweeps
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
POINTS = [{"update_ratio": value} for value in (0, 1, 2)]


@pytest.fixture
def busy() -> Iterator[Run]:
    """A run that counts as being trained, by this very process, until the test is over."""
    run = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=1), 50)
    write_owner(run, os.getpid(), 30)
    yield run
    release(run)


def test_the_time_of_a_sweep_is_that_of_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    data, settings = FAKE_SOURCE.load(), FakeTrainSettings(epochs=10)
    assert sweep_seconds(FAKE, data, settings, POINTS) is None
    row = train(FAKE, data, FakeTrainSettings(epochs=1)).metrics()[0]
    assert sweep_seconds(FAKE, data, settings, POINTS) == pytest.approx(3 * (BEGIN_S + 10 * row["seconds"]))
    monkeypatch.setenv(queue.AT_ONCE, "3")
    assert sweep_seconds(FAKE, data, settings, POINTS) == pytest.approx(BEGIN_S + 10 * row["seconds"])


def test_all_runs_wait_in_order_and_the_rest_can_be_cancelled(busy: Run) -> None:
    sweep = start_sweep("fake", "fakes", FakeTrainSettings(epochs=1), GRID, POINTS)
    assert [entry.order.run_id for entry in queue.waiting()] == list(sweep.runs)
    assert [entry.order.settings["update_ratio"] for entry in queue.waiting()] == [0, 1, 2]
    cancel_rest(sweep)
    assert queue.waiting() == [] and all_sweeps() == [sweep]


def test_a_sweep_that_has_no_room_leaves_nothing_behind(busy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(queue.MOST_WAITING, "2")
    with pytest.raises(BadInput, match="At most 2 trainings can wait"):
        start_sweep("fake", "fakes", FakeTrainSettings(), GRID, POINTS)
    assert queue.waiting() == [] and all_sweeps() == []


def test_the_command_line_trains_all_and_prints_the_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["sweep", "fake", "--dataset", "fakes", "--epochs", "1", "--update-ratio", "0..1", "--runs", "2"]
    assert main([*command, "--json"]) == 0
    told = capsys.readouterr()
    rows = json.loads(told.out)
    assert "2 trainings, about" in told.err and "2 of 2 trainings done" in told.err
    assert [row["best"] for row in rows] == [True, False] and {row["update_ratio"] for row in rows} == {0, 1}
    assert rows[0]["similarity"] <= rows[1]["similarity"] and rows[0]["epochs"] == 1
    assert main(["sweep"]) == 0
    assert "| yes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "words"), [([], "Give one to three settings a range"), (["--update-ratio", "5..1"], "is no range")]
)
def test_what_is_no_sweep_is_told(flags: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "fake", "--dataset", "fakes", *flags]) == 2
    assert words in capsys.readouterr().err


def test_without_a_sweep_it_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep"]) == 2
    assert "There is no sweep yet" in capsys.readouterr().err
