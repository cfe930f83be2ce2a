"""What a person liked better when they heard two models without knowing which was which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from filelock import FileLock

from composer.paths import home, write_atomically

KEPT = 2000
"""Choices that are remembered; the oldest make room."""


@dataclass(frozen=True)
class Choice:
    """Two models that were heard, `first` before `second`, on a melody; `liked` is one of them, "" for can't tell."""

    first: str
    second: str
    melody: str
    liked: str = ""


@dataclass(frozen=True)
class Score:
    """How often a model was heard, liked better, and could not be told from the other."""

    heard: int = 0
    liked: int = 0
    even: int = 0


def remember(choice: Choice) -> None:
    """Keep a choice with the others; raises OSError where the disk is full."""
    with FileLock(home() / "listening.lock", timeout=10):
        kept = [*choices(), choice][-KEPT:]
        write_atomically(home() / "listening.json", json.dumps([asdict(each) for each in kept]).encode())


def choices() -> list[Choice]:
    """All choices, oldest first; none where the file is damaged."""
    try:
        rows = json.loads((home() / "listening.json").read_text(encoding="utf-8"))
        found = [Choice(**row) for row in rows]
        return found if all(isinstance(value, str) for each in found for value in asdict(each).values()) else []
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def scores(models: Iterable[str]) -> dict[str, Score]:
    """The score of each of these models against one another; choices with any other model don't count."""
    among = set(models)
    found = [each for each in choices() if {each.first, each.second} <= among]
    return {model: _score(model, [each for each in found if model in (each.first, each.second)]) for model in among}


def _score(model: str, found: list[Choice]) -> Score:
    return Score(len(found), sum(each.liked == model for each in found), sum(not each.liked for each in found))
