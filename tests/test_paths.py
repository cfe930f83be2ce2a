"""Paths: what ships is found, and all that is kept lies in one folder that COMPOSER_HOME moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer import paths


def test_assets_hold_what_ships() -> None:
    assert (paths.assets() / "melodies").is_dir() and (paths.assets() / "player" / "player.js").is_file()


def test_home_is_where_composer_home_says_and_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / "a" / "b"))
    assert paths.home() == tmp_path / "a" / "b"
    assert paths.home().is_dir()


@pytest.mark.parametrize("value", [None, ""])
def test_home_is_else_a_folder_of_its_own_among_the_users_data(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPOSER_HOME")
    if value is not None:
        monkeypatch.setenv("COMPOSER_HOME", value)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name, appauthor: str(tmp_path / name))
    assert paths.home() == tmp_path / "composer-studio"
