"""Forms made from settings, drawn by Streamlit without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest


def form_page() -> None:
    from dataclasses import dataclass

    import streamlit as st

    from composer.settings import Settings, setting
    from composer.ui.forms import form_values, settings_form

    @dataclass(frozen=True)
    class Everything(Settings):
        count: int = setting(3, "Count", help="How many.", minimum=1, maximum=6, step=1)
        warmth: float = setting(1.0, "Warmth", minimum=0.0, maximum=2.0, step=0.1)
        rate: float = setting(0.002, "Rate", minimum=1e-5, maximum=1e-2, scale="log", format="%.5f")
        shape: str = setting("round", "Shape", choices={"round": "Round", "square": "Square"})
        loud: bool = setting(True, "Loud", advanced=True)

    with st.sidebar:
        st.checkbox("Hide", key="hide")
    if not st.session_state.hide:
        st.session_state.seen = settings_form(Everything, "form").as_dict()
        assert form_values(Everything, "form").as_dict() == st.session_state.seen


@pytest.fixture
def page() -> Iterator[AppTest]:
    test = AppTest.from_function(form_page, default_timeout=30).run()
    assert not test.exception
    yield test
    assert not test.exception


DEFAULTS = {"count": 3, "warmth": 1.0, "rate": 0.002, "shape": "round", "loud": True}


def test_each_field_has_the_widget_that_fits(page: AppTest) -> None:
    assert [slider.label for slider in page.slider] == ["Count", "Warmth"]
    assert page.slider[0].help == "How many."
    assert (page.slider[0].min, page.slider[0].max, page.slider[0].step) == (1, 6, 1)
    assert page.select_slider[0].options == [
        f"{v:.5f}" for v in (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
    ]
    assert page.selectbox[0].options == ["Round", "Square"]
    assert page.expander[0].label == "Advanced" and page.expander[0].toggle[0].label == "Loud"
    assert page.session_state.seen == DEFAULTS


def test_values_are_read_and_survive_the_form_being_away(page: AppTest) -> None:
    page.slider[0].set_value(5)
    page.select_slider[0].set_value(0.01)
    page.selectbox[0].set_value("square")
    page.toggle[0].set_value(False).run()
    wished = {"count": 5, "warmth": 1.0, "rate": 0.01, "shape": "square", "loud": False}
    assert page.session_state.seen == wished
    page.checkbox[0].check().run()
    page.checkbox[0].uncheck().run()
    assert page.session_state.seen == wished


def test_reset_puts_all_back(page: AppTest) -> None:
    page.slider[0].set_value(6)
    page.toggle[0].set_value(False).run()
    page.button[0].click().run()
    assert page.session_state.seen == DEFAULTS
