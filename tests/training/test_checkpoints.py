"""Earlier epochs: which are kept, going back to one, undoing that, and ending where an unbroken training ends."""

from __future__ import annotations

import itertools
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from composer.algorithms.models import WEIGHTS, load_model
from composer.algorithms.registry import find_algorithm
from composer.algorithms.unet_gan import UNetGANSettings
from composer.errors import BadInput
from composer.training.checkpoints import (
    MOST,
    epoch_set_aside,
    forget_kept,
    go_back,
    kept_by_rule,
    kept_bytes,
    kept_epochs,
    undo_going_back,
)
from composer.training.loop import train
from composer.training.run import CHECKPOINT, SAMPLES, Run
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.fake_data import FAKE_SOURCE
from tests.made_up import tiny_dataset

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")
Usage = namedtuple("Usage", "total used free")


def trained(epochs: int) -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=epochs))


def epochs(run: Run) -> list[float]:
    return [row["epoch"] for row in run.metrics()]


def contents(run: Run) -> dict[str, bytes]:
    """Every file of the run but the seconds that epochs took."""
    files = [path for path in run.folder.rglob("*") if path.is_file() and path.name != "process.lock"]
    return {str(path.relative_to(run.folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("epoch", [1, 5, 6, 7, 12, 13, 100, 1999])
def test_few_epochs_are_kept_evenly_and_those_kept_were_kept_before(epoch: int) -> None:
    kept = kept_by_rule(epoch)
    assert 0 < len(kept) <= MOST
    assert len({b - a for a, b in itertools.pairwise(kept)}) <= 1
    assert set(kept) - {epoch} <= set(kept_by_rule(epoch - 1)) if epoch > 1 else kept == [1]


def test_a_training_keeps_what_the_rule_says_and_nothing_else() -> None:
    run = trained(9)
    assert kept_epochs(run) == kept_by_rule(9) == [2, 4, 6, 8]
    assert len(list((run.folder / "checkpoints").iterdir())) == 2 * 4
    assert 0 < kept_bytes(run) < run.disk_bytes()
    forget_kept(run)
    assert kept_epochs(run) == [] and kept_bytes(run) == 0 and run.has_model()


def test_nothing_is_kept_on_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**10, 10**10 - 10**6, 10**6))
    run = trained(4)
    assert kept_epochs(run) == [] and epochs(run) == [1, 2, 3, 4]


def test_going_back_makes_the_old_epoch_the_newest_and_can_be_undone_to_the_byte() -> None:
    run = trained(8)
    before = contents(run)
    go_back(run, 4)
    assert epochs(run) == [1, 2, 3, 4] and epoch_set_aside(run) == 8
    assert load_file(run.folder / WEIGHTS)["count"].item() == load_file(run.folder / CHECKPOINT)["count"].item() == 4
    assert len(list((run.folder / SAMPLES).iterdir())) == 4 and kept_epochs(run) == [2, 4]
    load_model(run.folder)
    undo_going_back(run)
    assert contents(run) == before and epoch_set_aside(run) is None


def test_what_was_set_aside_stays_until_the_training_has_passed_it() -> None:
    run = trained(6)
    go_back(run, 2)
    trained(5)
    assert epoch_set_aside(run) == 6
    go_back(run, 1)
    assert epoch_set_aside(run) == 6, "the first one set aside reaches further"
    trained(6)
    assert epoch_set_aside(run) is None and epochs(run) == [1, 2, 3, 4, 5, 6]
    with pytest.raises(BadInput, match="nothing to undo"):
        undo_going_back(run)


def test_an_epoch_that_is_not_kept_is_refused_and_those_there_are_named() -> None:
    run = trained(9)
    with pytest.raises(BadInput, match="these are: 2, 4, 6, 8"):
        go_back(run, 3)
    assert epochs(run) == list(range(1, 10))


@pytest.mark.parametrize("killed_at", range(1, 8))
def test_a_kill_while_going_back_loses_nothing(monkeypatch: pytest.MonkeyPatch, killed_at: int) -> None:
    run, calls, really = trained(4), 0, Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls >= killed_at:
            raise KeyboardInterrupt
        return really(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        try:
            go_back(run, 2)
        except KeyboardInterrupt:
            assert calls == killed_at
    trained(5)
    assert epochs(run) == [1, 2, 3, 4, 5] and load_file(run.folder / WEIGHTS)["count"].item() == 5
    assert not list(run.folder.rglob("*.*.partial"))


def test_going_on_from_an_old_epoch_ends_where_an_unbroken_training_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ends = []
    for name in ("unbroken", "back"):
        monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / name))
        algorithm, data = find_algorithm("unet-gan"), tiny_dataset(train=2)
        run = train(algorithm, data, UNetGANSettings(epochs=3, batch_size=2), 3)
        if name == "back":
            go_back(run, 1)
        ends.append(train(algorithm, data, UNetGANSettings(epochs=4, batch_size=2), 3))
    for file in (WEIGHTS, CHECKPOINT):
        one, other = (load_file(run.folder / file) for run in ends)
        assert one.keys() == other.keys() and all(torch.equal(value, other[key]) for key, value in one.items())
