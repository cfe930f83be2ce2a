"""A chain in a real Chromium: a result becomes the next melody, steps are gone to and fro, on any screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
PLAYER = ".player:not(.compact)"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE_MS = 90_000


def generate(page: Any, words: str) -> None:
    """Press Generate and wait until a step is on the page that the row calls so."""
    page.get_by_role("button", name="Generate").click()
    page.get_by_text(words, exact=True).wait_for()
    page.wait_for_selector(IDLE)


@pytest.mark.parametrize("chromium_page", [{"height": 1500}], indirect=True)
def test_a_result_becomes_the_next_melody(chromium_page: Any, serve: Callable[..., str], screenshots: Path) -> None:
    page = chromium_page
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{serve(APP)}/?model=rules-arranger")
    page.get_by_role("button", name="Generate").wait_for()
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Generate").click()
    page.locator(f"{PLAYER} .unseen").filter(has_text="Drums: ").wait_for(state="attached")
    page.get_by_role("button", name="Use as next melody").click()
    page.get_by_role("combobox", name="Which part?").click()
    page.get_by_role("option", name="Bass").click()
    page.get_by_role("button", name="Use it").click()
    page.get_by_text("2 · New step").wait_for()
    page.get_by_text("Evening Walk · Bass", exact=True).wait_for()
    generate(page, "2 · Arranger (rules)")
    page.get_by_text("1 · Arranger (rules) (take 1, Bass)").click()
    page.get_by_role("combobox", name="Part for step 2").wait_for()
    page.wait_for_selector(f"{PLAYER}[data-state=paused]")
    for width, dark in ((1440, False), (390, True)):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 1500})
        page.wait_for_timeout(700)
        page.screenshot(path=screenshots / f"chain_{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
