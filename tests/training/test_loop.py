"""The loop: an interrupted training ends where an unbroken one does, and the folder tells how it went."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from composer.algorithms.models import CONFIG, WEIGHTS, load_model, read_info
from composer.algorithms.registry import find_algorithm
from composer.algorithms.unet_gan import UNetGANSettings
from composer.data.dataset import Dataset, Piece
from composer.errors import BadInput
from composer.jobs.status import Status, status
from composer.music.midi import read_midi
from composer.music.voices import REST, Voices
from composer.training import convergence, loop
from composer.training.loop import STOP, train
from composer.training.run import CHECKPOINT, METRICS, SAMPLES, Run, run_for
from tests import fake, fake_data
from tests.fake import FAKE, FakeTrainSettings, fake_world
from tests.made_up import PARTS, hymn, tiny_dataset

__all__ = ["fake_world"]
ROOT = Path(__file__).resolve().parents[2]
TINY = tiny_dataset(train=2)
UNET_GAN = find_algorithm("unet-gan")
IN_A_PROCESS = """
import sys
from tests.training.test_loop import TINY, UNET_GAN, quick
from composer.training.loop import train
print(train(UNET_GAN, TINY, quick(int(sys.argv[1])), 3).id)
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that no run is found again by accident."""
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def impatient(fake_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patience of three epochs, and an algorithm that learns nothing."""
    monkeypatch.setattr(convergence, "PATIENCE", 3)


def quick(epochs: int) -> UNetGANSettings:
    return UNetGANSettings(epochs=epochs, batch_size=2)


def start(home: Path, epochs: int) -> subprocess.Popen:
    """`epochs` of the U-Net GAN with seed 3, in a process of its own that keeps its runs in `home`."""
    env = os.environ | {"COMPOSER_HOME": str(home), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-c", IN_A_PROCESS, str(epochs)], env=env, cwd=ROOT)


def files(home: Path) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor], list[dict[str, float]]]:
    """Weights, checkpoint and metrics (without seconds) of the one run in `home`."""
    (folder,) = (home / "runs").iterdir()
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in Run(folder).metrics()]
    return load_file(folder / WEIGHTS), load_file(folder / CHECKPOINT), rows


def assert_equal(one: Path, other: Path) -> None:
    (weights, checkpoint, rows), (weights2, checkpoint2, rows2) = files(one), files(other)
    for a, b in ((weights, weights2), (checkpoint, checkpoint2)):
        assert a.keys() == b.keys() and all(torch.equal(value, b[name]) for name, value in a.items())
    assert rows == rows2


def in_home(monkeypatch: pytest.MonkeyPatch, home: Path, *epochs: int) -> Path:
    monkeypatch.setenv("COMPOSER_HOME", str(home))
    for goal in epochs:
        train(UNET_GAN, TINY, quick(goal), 3)
    return home


def test_a_resumed_training_equals_an_unbroken_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unbroken = in_home(monkeypatch, tmp_path / "unbroken", 4)
    assert_equal(unbroken, in_home(monkeypatch, tmp_path / "resumed", 1, 3, 4))


@pytest.mark.slow
def test_a_training_killed_twice_reaches_the_weights_of_an_unbroken_one_in_another_process(tmp_path: Path) -> None:
    for done in (1, 2):  # killed at whatever it does after so many epochs
        process = start(tmp_path / "killed", 200)
        while process.poll() is None and written(tmp_path / "killed") < done:
            time.sleep(0.01)
        process.kill()
        assert process.wait() != 0
    goal = written(tmp_path / "killed") + 2
    assert start(tmp_path / "killed", goal).wait() == start(tmp_path / "unbroken", goal).wait() == 0
    assert_equal(tmp_path / "killed", tmp_path / "unbroken")


def written(home: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in home.glob(f"runs/*/{METRICS}"))


def fakes(name: str = "fakes") -> Dataset:
    return Dataset(name, PARTS, tuple(fake_data.build(lambda share, words: None)))


def train_fake(epochs: int, seed: int = 0) -> Run:
    return train(FAKE, fakes(), FakeTrainSettings(epochs=epochs), seed)


def epochs(run: Run) -> list[float]:
    return [row["epoch"] for row in run.metrics()]


def test_the_folder_tells_how_it_went(fake_world: Path) -> None:
    heard: list[dict[str, float]] = []
    run = train(FAKE, fakes(), FakeTrainSettings(epochs=3), 5, heard.append)
    assert run.metrics() == heard and epochs(run) == [1, 2, 3]
    for row in heard:
        assert {"generator", "critic", "similarity", "chord_rate", "seconds"} <= row.keys()
        assert 0 <= row["similarity"] <= 1 and 0 <= row["chord_rate"] <= 1 and row["seconds"] > 0
    samples = sorted(path.name for path in (run.folder / SAMPLES).iterdir())
    assert samples == ["epoch-0001.mid", "epoch-0002.mid", "epoch-0003.mid"]
    assert len(read_midi((run.folder / SAMPLES / samples[0]).read_bytes()).tracks) == 4
    config = run.config
    assert 0 < config["similarity_floor"] < 1 and config["seed"] == 5
    info = read_info(run.folder)
    assert (info.dataset, info.fingerprint, info.part_names) == ("fakes", fakes().fingerprint, PARTS)
    assert not list(run.folder.rglob("*.partial"))
    load_model(run.folder)


def test_more_epochs_go_on_and_fewer_change_nothing(fake_world: Path) -> None:
    run = train_fake(2)
    assert train_fake(4) == run and epochs(run) == [1, 2, 3, 4]
    assert load_file(run.folder / WEIGHTS)["count"].item() == 4
    before = (run.folder / METRICS).read_bytes()
    assert train_fake(4) == run and train_fake(3) == run
    assert (run.folder / METRICS).read_bytes() == before
    assert run.settings().as_dict()["epochs"] == 4


def test_another_seed_is_another_run(fake_world: Path) -> None:
    assert train_fake(1, seed=0) != train_fake(1, seed=1)


def test_a_stop_file_stops_after_the_epoch_and_is_taken_away(fake_world: Path) -> None:
    run = run_for(FAKE, fakes(), FakeTrainSettings(), 0)

    def stop(row: dict[str, float]) -> None:
        if row["epoch"] == 2:
            (run.folder / STOP).touch()

    train(FAKE, fakes(), FakeTrainSettings(epochs=9), 0, stop)
    assert epochs(run) == [1, 2] and not (run.folder / STOP).exists() and run.has_model()
    train_fake(4)
    assert epochs(run) == [1, 2, 3, 4]


def test_metrics_are_cut_back_to_the_checkpoint(fake_world: Path) -> None:
    run = train_fake(2)
    kept = (run.folder / CHECKPOINT).read_bytes()
    train_fake(4)
    (run.folder / CHECKPOINT).write_bytes(kept)
    train_fake(3)
    assert epochs(run) == [1, 2, 3]
    assert load_file(run.folder / WEIGHTS)["count"].item() == 3


@pytest.mark.parametrize("tail", ["", '{"epoch": 3, "gene', "\0\0\0"])
def test_a_half_written_last_line_does_no_harm(fake_world: Path, tail: str) -> None:
    run = train_fake(2)
    with (run.folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(tail)
    train_fake(4)
    assert epochs(run) == [1, 2, 3, 4]
    assert all(json.loads(line) for line in (run.folder / METRICS).read_text(encoding="utf-8").splitlines())


def test_no_epoch_is_missing_where_a_kill_fell_between_checkpoint_and_metrics(fake_world: Path) -> None:
    run = train_fake(2)
    lines = (run.folder / METRICS).read_text(encoding="utf-8").splitlines(keepends=True)
    (run.folder / METRICS).write_text(lines[0], encoding="utf-8")
    train_fake(3)
    assert epochs(run) == [1, 2, 3]


def full_disk(after: int) -> Iterator[None]:
    for count in itertools.count():
        if count >= after:
            raise OSError(28, "No space left on device")
        yield None


@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_full_disk_is_told_in_a_sentence_and_loses_one_epoch_at_most(
    fake_world: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    run = train_fake(2)
    room, really = full_disk(after), Path.write_bytes

    def write(self: Path, content: bytes) -> int:
        next(room)
        return really(self, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write)
        with pytest.raises(BadInput, match=r"No space left on device.*free some disk space"):
            train_fake(5)
    assert set(epochs(run)) >= {1, 2}
    train_fake(5)
    assert epochs(run) == [1, 2, 3, 4, 5]
    assert load_file(run.folder / WEIGHTS)["count"].item() == 5


@pytest.mark.parametrize("damage", ["empty", "half", "garbage", "no epoch", "foreign", "random"])
def test_a_corrupt_checkpoint_is_refused_in_a_sentence(damage: str) -> None:
    run = train(UNET_GAN, TINY, quick(1), 3)
    path = run.folder / CHECKPOINT
    whole, state = path.read_bytes(), load_file(path)
    if damage in ("no epoch", "foreign", "random"):
        random = state | {"random": torch.zeros(5056)}
        tensors = {"no epoch": state, "foreign": {"a": torch.zeros(1)}, "random": random}[damage]
        save_file(tensors, path, None if damage == "no epoch" else {"epoch": "1"})
    else:
        path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "garbage": bytes(range(256)) * 9}[damage])
    with pytest.raises(BadInput, match="delete the run and train again"):
        train(UNET_GAN, TINY, quick(2), 3)
    assert epochs(run) == [1] and run.has_model()


def test_a_damaged_config_is_written_anew(fake_world: Path) -> None:
    run = train_fake(1)
    (run.folder / CONFIG).write_bytes(b"{")
    train_fake(2)
    assert run.config["algorithm"] == "fake"


def pieces(*bars: int) -> Dataset:
    splits = ["train", "valid", "test"]
    return Dataset(
        "short", PARTS, tuple(Piece(s, s, hymn(i, b)) for i, (s, b) in enumerate(zip(splits, bars, strict=True)))
    )


@pytest.mark.parametrize("bars", [(4, 1, 4), (1, 4, 4), (1, 1, 1)])
def test_short_pieces_are_learned_from_or_refused_in_a_sentence(fake_world: Path, bars: tuple[int, int, int]) -> None:
    try:
        run = train(FAKE, pieces(*bars), FakeTrainSettings(epochs=1))
    except BadInput:
        return
    assert epochs(run) == [1] and math.isfinite(run.config["similarity_floor"])


def test_a_model_that_only_rests_is_no_reason_to_stop(fake_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rest(self: object, melodies: list[Voices], seed: int) -> list[Voices]:
        below = [np.full((3, melody.steps), REST) for melody in melodies]
        planes = [np.vstack([melody.pitch, rests]) for melody, rests in zip(melodies, below, strict=True)]
        return [Voices(pitch, np.zeros(pitch.shape, bool)) for pitch in planes]

    monkeypatch.setattr(fake.FakeTrainer, "sample", rest)
    assert epochs(train_fake(1)) == [1]


def test_the_judged_windows_are_the_same_each_time(fake_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bytes, int]] = []
    really = fake.FakeTrainer.sample

    def spy(self: fake.FakeTrainer, melodies: list[Voices], seed: int) -> list[Voices]:
        seen.append((b"".join(melody.pitch.tobytes() for melody in melodies), seed))
        assert len(melodies) <= loop.JUDGED_WINDOWS
        return really(self, melodies, seed)

    monkeypatch.setattr(fake.FakeTrainer, "sample", spy)
    train_fake(2)
    train_fake(3)
    assert len(seen) == 6 and len(set(seen)) == 2, "each epoch the same windows, and the same melody to hear"


def test_a_training_that_makes_no_progress_stops_and_says_why(impatient: None) -> None:
    run = train_fake(50)
    (done,) = epochs(run)[-1:]
    assert 4 <= done < 50 and status(run) == Status("finished", done, done)
    assert run.converged is not None and run.converged["epoch"] == done
    assert "has not fallen below" in run.converged["why"]
    assert train_fake(50) == run and epochs(run)[-1] >= done + 4, "whoever goes on gives it new patience"


def test_it_goes_on_where_stopping_is_not_wished(impatient: None) -> None:
    run = train(FAKE, fakes(), FakeTrainSettings(epochs=12), stop_when_converged=False)
    assert len(epochs(run)) == 12 and run.converged is None


def test_the_epochs_that_a_training_stops_after_do_not_depend_on_interruptions(
    tmp_path: Path, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = train_fake(50).metrics()
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / "other"))
    for goal in (2, 3, 50):
        broken = train_fake(goal)
    assert len(broken.metrics()) == len(unbroken)


def test_fine_tuning_begins_from_a_model_and_tells_how_it_was_before() -> None:
    first = train(UNET_GAN, TINY, quick(2), 3)
    tuned = train(UNET_GAN, tiny_dataset(train=3), quick(1), 5, start=first.folder / WEIGHTS)
    anew = train(UNET_GAN, tiny_dataset(train=3), quick(1), 5)
    assert tuned.id != anew.id and tuned.start is not None and anew.start is None
    before = tuned.config["before"]
    assert before["model"] == first.id and {"similarity", "chord_rate"} <= before.keys()
    start, after, other = (load_file(run.folder / WEIGHTS) for run in (first, tuned, anew))

    def distance(weights: dict[str, torch.Tensor]) -> float:
        return sum(float((value - start[name]).abs().sum()) for name, value in weights.items() if name != "ranges")

    assert 0 < distance(after) < 0.5 * distance(other)


def test_a_fine_tuned_run_goes_on_as_if_never_stopped_though_its_first_model_is_gone() -> None:
    first = train(UNET_GAN, TINY, quick(1), 3)
    data = tiny_dataset(train=3)
    once = train(UNET_GAN, data, quick(1), 4, start=first.folder / WEIGHTS)
    before, kept = once.config["before"], once.start
    assert kept is not None
    first.delete()
    again = train(UNET_GAN, data, quick(2), 4, start=kept)
    assert again == once and again.config["before"] == before and len(again.metrics()) == 2


def test_a_model_with_other_networks_is_no_beginning() -> None:
    first = train(UNET_GAN, TINY, quick(1), 3)
    with pytest.raises(BadInput, match="other networks"):
        train(UNET_GAN, TINY, UNetGANSettings(epochs=1, batch_size=2, noise_size=3), 3, start=first.folder / WEIGHTS)
    with pytest.raises(BadInput, match="choose another"):
        train(UNET_GAN, TINY, quick(1), 3, start=first.folder / CONFIG)
    with pytest.raises(BadInput, match="choose another"):
        train(UNET_GAN, TINY, quick(1), 3, start=first.folder / "nothing")
