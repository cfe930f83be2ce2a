"""What every test stands on: a home of its own, and hypothesis without a clock."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from composer.data.dataset import Dataset
from composer.data.registry import find_source

# A deadline on one example would measure how busy the machine is; CI repeats the same examples each time.
hypothesis.settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session", autouse=True)
def composer_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty COMPOSER_HOME for the whole session, so that no test reads or changes what a person keeps."""
    folder = tmp_path_factory.mktemp("composer-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPOSER_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest makes a page the main module and leaves it there, which processes that a later test starts would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def chorales(composer_home: Path) -> Dataset:
    """Bach's chorales, built from the corpus once a session (some 20 s)."""
    return find_source("chorales").load()
