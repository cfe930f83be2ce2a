"""Paths: what ships is found, and all that is kept lies in one folder that COMPOSER_HOME moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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


def test_threads_may_write_one_file_at_once(tmp_path: Path) -> None:
    path, contents = tmp_path / "new" / "file", [bytes([k]) * 100_000 for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: [paths.write_atomically(path, content) for _ in range(20)], contents))
    assert path.read_bytes() in contents and list(path.parent.iterdir()) == [path]
