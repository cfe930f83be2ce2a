"""What tests of pages are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.editing import ROLL_EDITOR, Editor
from tests.app.untrained import write_untrained_run


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    """A stand-in for the roll editor in the browser."""
    editor = Editor()
    monkeypatch.setattr(ROLL_EDITOR, editor)
    return editor


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, with a model among its runs."""
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    write_untrained_run(tmp_path)
    return tmp_path
