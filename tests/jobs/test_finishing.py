"""Finishing a model goes on in a process of its own, beside no training, and leaves the model whole however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from composer.algorithms.models import WEIGHTS
from composer.algorithms.musegan.lines import lines_of
from composer.algorithms.musegan.listener import Listener
from composer.cli import main
from composer.cli import models as models_command
from composer.errors import BadInput
from composer.jobs import local
from composer.jobs.again import broken_off
from composer.jobs.finishing import break_off, can_be_finished, finish, is_finished
from composer.jobs.process import FINISH, claim, release
from composer.jobs.status import FINISHING, Status, status
from composer.training.loop import train
from composer.training.run import Run
from tests.app.untrained import write_untrained_band, write_untrained_run
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left, start_fake
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
PATIENT = (sys.executable, "-c", "import time; print('playing', flush=True); time.sleep(60)")


def trained(epochs: int = 2) -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=epochs))


def wait_for(run: Run, wanted: Callable[[Status], bool]) -> Status:
    deadline = time.monotonic() + 40
    while not wanted(now := status(run)):
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    return now


def add_listener(run: Run) -> None:
    weights = load_file(run.folder / WEIGHTS)
    listener = Listener(lines_of(weights, 6))
    save_file(weights | listener.tensors(), run.folder / WEIGHTS)


def test_only_a_model_that_knows_a_finish_and_has_none_can_be_finished(fake_world: Path) -> None:
    band = write_untrained_band(fake_world)
    assert can_be_finished(band) and not is_finished(band)
    add_listener(band)
    assert is_finished(band) and not can_be_finished(band)
    assert not can_be_finished(write_untrained_run(fake_world)), "a U-Net"
    assert not can_be_finished(Run(fake_world / "runs" / "gone"))


def test_while_a_model_is_finished_its_run_is_at_work_and_breaking_off_leaves_all_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = trained()
    before = (run.folder / WEIGHTS).read_bytes()
    monkeypatch.setattr(local, "PROGRAM", PATIENT)
    finish(run)
    now = wait_for(run, lambda now: now.message != "")
    assert now == Status(FINISHING, 2, 2, message="playing") and now.active
    with pytest.raises(BadInput, match="under way"):
        finish(run)
    with pytest.raises(BadInput, match="at work already"):
        claim(run, 3)
    break_off(run)
    assert status(run) == Status("finished", 2, 2)
    assert (run.folder / WEIGHTS).read_bytes() == before


def test_no_model_is_finished_beside_a_training() -> None:
    done, other = trained(), start_fake(FakeTrainSettings(epochs=500, epoch_ms=100), seed=7)
    with pytest.raises(BadInput, match="when it has ended"):
        finish(done)
    local.stop(other)
    wait_for(other, lambda now: not now.active)


def test_breaking_off_is_nothing_for_a_training_or_where_nobody_is_at_work() -> None:
    run = trained()
    break_off(run)
    assert status(run).state == "finished"
    going = start_fake(FakeTrainSettings(epochs=500, epoch_ms=100), seed=8)
    break_off(going)
    assert status(going).active
    local.stop(going)
    wait_for(going, lambda now: not now.active)


def test_a_finish_that_fails_says_why_and_counts_as_no_broken_off_training() -> None:
    run = trained(epochs=2)
    finish(run)
    failed = wait_for(run, lambda now: not now.active)
    assert failed.state == "finished" and "Only a MuseGAN can be given a listener" in failed.message
    assert broken_off() == []


def test_the_command_keeps_trainings_away_and_leaves_in_good_order(monkeypatch: pytest.MonkeyPatch) -> None:
    run, seen = trained(), []
    monkeypatch.setattr(models_command, "finish", lambda folder: seen.append(status(run).state))
    assert main(["models", "finish", run.id]) == 0
    assert seen == [FINISHING]
    assert status(run) == Status("finished", 2, 2)
    claim(run, 2, FINISH)
    release(run)
    assert status(run) == Status("finished", 2, 2)
