"""Each bench runs alone, gives figures that mean what they say, and is printed for people and scripts."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from composer.cli import main
from composer.evaluation import bench
from composer.evaluation.bench import Subject, critic, from_nothing, latency, long_melody, sound, throughput
from tests.fake import FAKE, FakeTrainer, fake_world
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")


@pytest.fixture
def subject() -> Subject:
    return Subject(FAKE, FAKE_SOURCE.load(), None, minutes=0.001, seeds=2)


def test_throughput_counts_windows_of_32_steps(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTrainer, "epoch", lambda self: time.sleep(0.2))
    rate, times = throughput(subject)
    assert rate.figure.value == pytest.approx(12 * 4 / 0.2, rel=0.15), "twelve pieces of four windows in 0.2 s"
    assert times.figure.value == pytest.approx(rate.figure.value / 7.6)


def test_from_nothing_stays_within_its_time(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100_000, 10))
    monkeypatch.setattr(bench.time, "perf_counter", lambda: float(next(clock)))
    first, second = from_nothing(subject)
    spent = [int(result.what.split()[3]) for result in (first, second)]
    assert spent[0] <= 60 < spent[1] <= 120
    assert 0 <= first.figure.value <= 1


def test_critic_gives_an_interval_over_seeds_for_each_ratio(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = iter([0.6, 0.7, 0.5, 0.5, 0.8, 0.8])
    monkeypatch.setattr(bench, "_train_and_judge", lambda *_: (next(judged), 0.1))
    results = critic(subject)
    assert [round(result.figure.value, 3) for result in results] == [0.65, 0.1, 0.5, 0.1, 0.8, 0.1]
    assert results[0].figure.low is not None and results[0].figure.low < 0.6


def test_latency_and_sound_are_measured(subject: Subject) -> None:
    assert [result.unit for result in latency(subject)] == ["ms"] * 3
    speed, _ = sound(subject)
    assert speed.figure.value > 1


def test_long_melody_is_as_long_as_asked(subject: Subject) -> None:
    assert long_melody(subject.dataset, 24).pitch.shape == (1, 24 * 16)


def test_command_prints_json_with_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "model")
    main(["train", "fake", "--dataset", "fakes", "--epochs", "1", "--quiet", "--out", folder])
    assert main(["bench", "sound", "latency", "--model", folder, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["machine"]["threads"] >= 1
    assert list(told["results"]) == ["sound", "latency"]


def test_unknown_bench_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "coffee"]) == 2
    assert "throughput" in capsys.readouterr().err
