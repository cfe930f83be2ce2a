"""Advice on trainings that really went that way (see recorded/README.md): symptoms are found, good runs are let be."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest

from composer.algorithms.models import CONFIG
from composer.algorithms.unet_gan import UNetGANSettings
from composer.training.advice import AT_ONCE, RULES, Lesson, advice_on, advise
from composer.training.advice_texts import TEXTS
from composer.training.run import METRICS, Run
from tests.training.recorded.record import MADE_UP

SETTINGS: dict[str, dict[str, Any]] = {
    **MADE_UP,
    "learned-by-heart": {"epochs": 40, "dropout": 0.0, "update_ratio": 0},
    "still-falling": {"epochs": 30},
    "good": {"epochs": 90, "learning_rate": 5e-4},
}
BARS = {"too-little-music": 32.0}
"""Bars learned from; the other runs are looked at as if they had had enough."""
FROM_A_MODEL = ("learned-by-heart", "good")


def lesson(name: str, **changes: Any) -> Lesson:
    """A recorded training, as the page would look at it."""
    lines = Path(__file__).with_name("recorded").joinpath(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    settings = UNetGANSettings(**SETTINGS[name]).as_dict()
    whole = Lesson([json.loads(line) for line in lines], settings, BARS.get(name, 500.0), name in FROM_A_MODEL)
    return dataclasses.replace(whole, **changes)


def names(given: Lesson) -> list[str]:
    return [advice.name for advice in advise(given)]


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "good"])
def test_the_symptom_is_what_is_named_first(name: str) -> None:
    assert names(lesson(name))[:1] == [name]


def test_a_good_training_gets_no_advice() -> None:
    whole = lesson("good")
    for epochs in range(1, len(whole.rows) + 1):
        assert names(dataclasses.replace(whole, rows=whole.rows[:epochs])) == [], f"after {epochs} epochs"


def test_a_training_under_way_gets_no_advice_while_all_is_well() -> None:
    whole = lesson("still-falling")
    for epochs in range(1, len(whole.rows)):
        assert names(dataclasses.replace(whole, rows=whole.rows[:epochs])) == [], f"after {epochs} epochs"


def test_nothing_is_said_before_the_first_epoch() -> None:
    assert names(Lesson([], {})) == []


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_loss_that_is_no_number_comes_first(broken: float) -> None:
    rows = [{"epoch": 1, "generator": broken, "critic": 0.1, "similarity": 0.2}]
    assert names(Lesson(rows, {}, bars=10)) == ["explodes", "too-little-music"]


def test_little_music_is_told_at_once_but_not_to_a_model_that_has_learned_already() -> None:
    rows = [{"epoch": 1, "generator": 1.0, "critic": 0.1, "similarity": 0.2}]
    assert names(Lesson(rows, {}, bars=20)) == ["too-little-music"]
    assert names(Lesson(rows, {}, bars=20, from_a_model=True)) == names(Lesson(rows, {})) == []


def test_never_more_than_two_at_once() -> None:
    found = advise(lesson("critic-wins", bars=10.0, settings={"noise_weight": 10.0, "learning_rate": 1e-5}))
    assert len(found) == AT_ONCE and [advice.name for advice in found] == ["critic-wins", "too-little-music"]


def test_each_rule_has_words_and_each_word_a_rule() -> None:
    assert list(RULES) == list(TEXTS)
    assert all(what.endswith(".") and len(why) > 100 for what, why in TEXTS.values())


def test_a_run_on_disk_is_advised_by_what_lies_there(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert advice_on(run) == []
    config = {"settings": UNetGANSettings(**SETTINGS["too-slow"]).as_dict()}
    (tmp_path / CONFIG).write_text(json.dumps(config))
    (tmp_path / METRICS).write_text("".join(json.dumps(row) + "\n" for row in lesson("too-slow").rows))
    assert [advice.name for advice in advice_on(run)] == ["too-slow"]
