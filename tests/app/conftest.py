"""What tests of pages are given."""

from __future__ import annotations

import pytest

from tests.app.editing import ROLL_EDITOR, Editor


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    """A stand-in for the roll editor in the browser."""
    editor = Editor()
    monkeypatch.setattr(ROLL_EDITOR, editor)
    return editor
