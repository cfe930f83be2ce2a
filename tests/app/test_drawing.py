"""Draw on the melody card: what is drawn becomes the melody, any melody can be edited, and each step is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROWS = [0, 0, 12, 72, 0, 12, 12, 74, 0, 24, 24, 76]


def card(rows: list[int] | None, way: str) -> None:
    """The melody card, after these notes arrived from the roll; `rows` of None: nothing did."""
    import numpy as np
    import streamlit as st

    from composer.ui import drawing
    from composer.ui.melody_card import melody_card
    from composer.ui.opening import begin
    from composer.ui.roll_editor import Edit

    begin()
    st.session_state.setdefault("studio.way", way)
    if rows is not None and "arrived" not in st.session_state:
        st.session_state["arrived"] = True
        drawing.take_edit(Edit(np.array(rows, np.int32).reshape(-1, 4), "Drew a note"))
    melody_card()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))


def open_card(rows: list[int] | None = None, way: str = "Draw") -> AppTest:
    return clean(AppTest.from_function(card, kwargs={"rows": rows, "way": way}, default_timeout=60).run())


def clean(page: AppTest) -> AppTest:
    assert not page.exception and not page.error
    return page


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def test_an_empty_roll_says_what_to_do_and_leaves_the_melody() -> None:
    page = open_card()
    assert "Click or tap in the roll" in captions(page)
    assert page.session_state["studio.melody"].name == "Evening Walk"
    assert page.button(key="drawing_undo").disabled


def test_what_is_drawn_becomes_the_melody() -> None:
    page = open_card(ROWS)
    assert page.session_state["studio.melody"].name == "Drawn tune"
    assert "1 bar · 4/4 · 100 bpm" in captions(page) and "3 notes" in captions(page)


def test_each_step_is_taken_back_and_made_again() -> None:
    page = open_card(ROWS)
    page.selectbox(key="studio.drawing.meter").select("3/4").run()
    assert "2 bars · 3/4" in captions(clean(page))
    page.button(key="drawing_undo").click().run()
    assert "1 bar · 4/4" in captions(clean(page))
    assert page.selectbox(key="studio.drawing.meter").value == "4/4"
    page.button(key="drawing_undo").click().run()
    assert "Click or tap in the roll" in captions(clean(page)), "the roll is empty again, the melody stays"
    assert page.session_state["studio.melody"].name == "Drawn tune"
    page.button(key="drawing_redo").click().run()
    page.button(key="drawing_redo").click().run()
    assert "2 bars · 3/4" in captions(clean(page)) and page.button(key="drawing_redo").disabled


def test_any_melody_can_be_edited() -> None:
    page = open_card(way="Sample")
    page.button(key="edit_melody").click().run()
    assert page.button_group(key="studio.way").value == "Draw"
    drawing = clean(page).session_state["studio.drafts"].now
    assert drawing.name == "Evening Walk, edited" and len(drawing.roll.notes) == 31
    assert page.session_state["studio.melody"].name == "Evening Walk", "nothing is changed yet"
    page.number_input(key="studio.drawing.bpm").set_value(90).run()
    assert "8 bars · 4/4 · 90 bpm · G major · 31 notes" in captions(clean(page))


def test_tempo_and_bars_of_an_empty_roll_are_kept() -> None:
    page = open_card()
    page.selectbox(key="studio.drawing.bars").select(16).run()
    page.number_input(key="studio.drawing.bpm").set_value(140).run()
    now = clean(page).session_state["studio.drafts"].now
    assert (now.bars, now.bpm) == (16, 140)
