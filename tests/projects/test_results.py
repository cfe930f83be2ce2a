"""Results on disk: found again by request, whole or not at all, the newest kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer.music.notation import parse_tune
from composer.music.voices import Voices
from composer.projects.request import Request
from composer.projects.results import Result, ResultStore, arrange, find_result, kept_results

TUNE = parse_tune("meter: 3/4\nG4 | B A G | C5:2 G4 | G:3")
WISH = Request(TUNE, "model-1", {"takes": 2}, 1)
ABOUT = {"model": "A model", "parts": ["Soprano", "Bass"]}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))


def takes_of(melody: Voices, count: int = 2) -> list[Voices]:
    lower = [np.where(melody.pitch < 0, melody.pitch, melody.pitch - 12 - take) for take in range(count)]
    return [
        replace(melody, pitch=np.concatenate([melody.pitch, low]), attack=np.tile(melody.attack, (2, 1)))
        for low in lower
    ]


def result(seed: int) -> Result:
    melody = Voices(np.full((1, 12), 67), np.eye(1, 12, dtype=bool), 12, 4)
    return Result(replace(WISH, seed=seed), tuple(takes_of(melody)), ABOUT)


def assert_equal(one: Result, other: Result) -> None:
    assert one.id == other.id and dict(one.about) == dict(other.about)
    for a, b in zip(one.takes, other.takes, strict=True):
        assert np.array_equal(a.pitch, b.pitch) and np.array_equal(a.attack, b.attack)
        assert (a.steps_per_bar, a.pickup_steps) == (b.steps_per_bar, b.pickup_steps)


def test_a_saved_result_comes_back_as_it_was(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.save(result(1))
    found = store.find(result(1).id)
    assert found is not None
    assert_equal(found, result(1))


def test_the_second_time_the_algorithm_is_not_called() -> None:
    calls: list[Voices] = []

    def generate(melody: Voices) -> list[Voices]:
        calls.append(melody)
        return takes_of(melody)

    first, second = arrange(WISH, generate, ABOUT), arrange(WISH, generate, ABOUT)
    assert len(calls) == 1 and calls[0].pitch.shape[0] == 1
    assert_equal(first, second)
    arrange(replace(WISH, seed=2), generate, ABOUT)
    assert len(calls) == 2


def test_a_failed_arrangement_keeps_nothing() -> None:
    def generate(melody: Voices) -> list[Voices]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        arrange(WISH, generate, ABOUT)
    assert find_result(WISH.id) is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "few", limit=3)
    for seed in range(5):
        store.save(result(seed))
        path = store.folder / f"{result(seed).id}.safetensors"
        os.utime(path, (seed + 1, seed + 1))
    store.save(result(9))
    assert [seed for seed in (0, 1, 2, 3, 4, 9) if store.find(result(seed).id)] == [3, 4, 9]
    newest = store.newest()
    assert newest is not None and newest.id == result(9).id


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 15, "g" * 16, "none"])
def test_a_strange_id_finds_nothing(name: str) -> None:
    assert find_result(name) is None


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"{}" * 50])
def test_a_damaged_file_is_as_good_as_none(damage: object) -> None:
    store = kept_results()
    store.save(result(1))
    path = store.folder / f"{result(1).id}.safetensors"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert find_result(result(1).id) is None


def test_a_result_under_another_name_is_not_believed() -> None:
    store = kept_results()
    store.save(result(1))
    (store.folder / f"{result(1).id}.safetensors").rename(store.folder / f"{result(2).id}.safetensors")
    assert find_result(result(2).id) is None
