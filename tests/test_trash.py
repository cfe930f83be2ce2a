"""What was deleted last can be brought back, and nothing is lost or laid over on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer import trash
from composer.errors import BadInput
from composer.trash import bring_back, throw_away, thrown_away


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a file, among the runs of a data folder of the test's own."""
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return made(tmp_path / "runs" / "one")


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text(folder.name)
    return folder


def test_a_folder_goes_and_comes_back_whole(folder: Path) -> None:
    throw_away(folder)
    assert not folder.exists() and thrown_away("runs") == "one" and thrown_away("models") is None
    assert bring_back("runs") == folder
    assert (folder / "file").read_text() == "one" and thrown_away("runs") is None


def test_only_the_last_one_comes_back(folder: Path) -> None:
    other = made(folder.parent / "two")
    throw_away(folder)
    throw_away(other)
    assert bring_back("runs") == other and not folder.exists()
    with pytest.raises(BadInput, match="gone for good"):
        bring_back("runs")


def test_something_new_is_not_laid_over(folder: Path) -> None:
    throw_away(folder)
    made(folder)
    (folder / "file").write_text("new")
    with pytest.raises(BadInput, match="something else has its place"):
        bring_back("runs")
    assert (folder / "file").read_text() == "new"


def test_what_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(BadInput, match="can't be deleted"):
        throw_away(folder.parent / "three")


def test_an_emptied_trash_gives_nothing_back(folder: Path) -> None:
    throw_away(folder)
    trash.empty()
    assert thrown_away("runs") is None
