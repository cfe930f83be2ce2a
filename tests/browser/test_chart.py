"""The live chart in a real Chromium: it grows, and a person's zoom stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "chart_app.py"
RANGE = "() => document.querySelector('.chart-mount').layout.xaxis.range.map(x => Math.round(x * 1000))"


def points(page: Any) -> int:
    return int(page.locator(".chart-mount").first.get_attribute("data-points"))


@pytest.mark.parametrize("chromium_page", [{"dark": False}, {"dark": True}], indirect=True, ids=["light", "dark"])
def test_it_grows_and_keeps_the_zoom(chromium_page: Any, serve: Callable[..., str], screenshots: Path) -> None:
    page = chromium_page
    page.goto(serve(APP))
    page.wait_for_selector(".chart-mount[data-points] .main-svg", timeout=30_000)
    page.locator(".chart-mount").first.evaluate("node => (node.marked = true)")
    before = points(page)
    box = page.locator(".chart-mount .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 62, steps=8)
    page.mouse.up()
    page.wait_for_timeout(600)
    zoomed = page.evaluate(RANGE)
    page.wait_for_timeout(2500)
    assert points(page) >= before + 3
    assert page.evaluate(RANGE) == zoomed and zoomed[0] > 1000
    assert page.locator(".chart-mount").first.evaluate("node => node.marked === true")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.screenshot(path=screenshots / f"chart_1440_{'dark' if dark else 'light'}.png")
