"""Choices of blind tests: remembered, counted, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.projects import listening
from composer.projects.listening import Choice, Score, choices, remember, scores


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return tmp_path


def test_choices_are_remembered_and_counted() -> None:
    for liked in ("a", "a", "b", ""):
        remember(Choice("a", "b", "tune", liked))
    remember(Choice("a", "c", "tune", "c"))
    assert len(choices()) == 5
    assert scores(["a", "b"]) == {"a": Score(4, 2, 1), "b": Score(4, 1, 1)}
    assert scores(["a", "b", "c", "d"])["a"] == Score(5, 2, 1) and scores(["d"]) == {"d": Score()}


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "KEPT", 2)
    for melody in ("one", "two", "three"):
        remember(Choice("a", "b", melody))
    assert [choice.melody for choice in choices()] == ["two", "three"]


@pytest.mark.parametrize("content", [b"", b"{", b"7", b"[7]", b'[{"first": "a"}]', b"\xff", b"[" * 100_000])
def test_a_damaged_file_counts_nothing_and_is_written_anew(home: Path, content: bytes) -> None:
    (home / "listening.json").write_bytes(content)
    assert choices() == []
    remember(Choice("a", "b", "tune", "b"))
    assert len(choices()) == 1


def test_choices_of_the_wrong_kind_count_nothing(home: Path) -> None:
    (home / "listening.json").write_text('[{"first": 1, "second": 2, "melody": 3, "liked": 4}]')
    assert choices() == []
