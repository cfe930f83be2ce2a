"""A melody that is played: the studio offers the piano, and its take becomes the melody as an upload does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

TAKE = {
    "events": [[0, 0.5, 72, 84], [0.51, 0.4, 74, 84], [1.0, 1.0, 76, 84]],
    "bpm": 120,
    "meter": "3/4",
    "strength": 100,
}


def after_playing(message: dict) -> None:
    """A page that takes the message in, and shows the melody card."""
    import streamlit as st

    from composer.ui.melody_card import melody_card
    from composer.ui.opening import begin
    from composer.ui.state import take_played

    begin()
    st.session_state["studio.way"] = "Play"
    take_played(message)
    melody_card()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))


def card(**message: Any) -> AppTest:
    page = AppTest.from_function(after_playing, kwargs={"message": TAKE | message}, default_timeout=60).run()
    assert not page.exception
    return page


def test_a_take_becomes_the_melody() -> None:
    page = card()
    assert page.session_state["studio.melody"].name == "Played tune"
    assert page.caption[0].value.startswith("2 bars · 3/4 · 120 bpm") and page.caption[0].value.endswith("3 notes")
    assert not page.error


@pytest.mark.parametrize(
    ("events", "sentence"), [([], "Nothing has been played"), ([[0, 1, 60, 80]] * 6000, "at most")]
)
def test_what_cannot_be_used_is_told_and_the_melody_stays(events: list[Any], sentence: str) -> None:
    page = card(events=events)
    assert sentence in page.error[0].value
    assert page.session_state["studio.melody"].name == "Evening Walk"
