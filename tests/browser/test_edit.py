"""Editing the result in a real Chromium: choose notes, have them generated again, undo by button and by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_studio import APP, IDLE, PATIENCE_MS, READY, notes_on_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chromium_page", [{"width": 390, "height": 844, "dark": True}], indirect=True)
def test_a_place_is_generated_again_and_taken_back(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.set_default_timeout(PATIENCE_MS)
    page.goto(serve(APP))
    page.wait_for_selector(READY)
    first = notes_on_page(page)
    page.get_by_text("Edit notes").click()
    again = page.get_by_role("button", name="Generate again here")
    again.wait_for()
    assert again.is_disabled()

    sheet = page.locator(".editor .sheet")
    sheet.focus()
    sheet.press("Control+a")
    page.get_by_text("bar 8: Alto, Tenor, Bass").wait_for()
    again.click()
    page.get_by_role("button", name="Now: version 2").wait_for()
    page.locator(".player .unseen").filter(has_not_text=first).first.wait_for(state="attached")
    page.wait_for_selector(READY)
    second = notes_on_page(page)
    assert second != first and second.split(".")[0] == first.split(".")[0]

    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Now: version 1").wait_for()
    page.wait_for_selector(IDLE)
    assert notes_on_page(page) == first
    sheet.press("Control+Shift+z")
    page.get_by_role("button", name="Now: version 2").wait_for()
    page.wait_for_selector(IDLE)
    assert notes_on_page(page) == second

    sheet.press("Control+a")
    sheet.press("ArrowUp")
    page.get_by_role("button", name="Now: version 3").wait_for()
    page.get_by_text("Show what changed").click()
    page.get_by_text("notes added, ").wait_for()
    page.wait_for_selector(IDLE)
    page.reload()
    page.wait_for_selector(READY)
    page.get_by_text("take 1 edited").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
