"""A band in a real Chromium: drums as lanes of their own, parts chosen for the files, all on any screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer.music.midi import read_midi

pytestmark = pytest.mark.browser
APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
PLAYER = ".player:not(.compact)"
READY = f"{PLAYER}[data-state=paused]"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE_MS = 90_000


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str]) -> Any:
    """The studio with a take of six parts on it."""
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(f"{serve(APP)}/?model=rules-arranger")
    chromium_page.get_by_role("button", name="Generate").wait_for()
    chromium_page.wait_for_selector(IDLE)
    chromium_page.get_by_role("button", name="Generate").click()
    chromium_page.locator(f"{PLAYER} .unseen").filter(has_text="Drums: ").wait_for(state="attached")
    chromium_page.wait_for_selector(READY)
    return chromium_page


def pill(page: Any, name: str) -> Any:
    return page.get_by_test_id("stButtonGroup").get_by_role("button", name=name, exact=True)


def test_parts_that_are_switched_off_stay_out_of_the_file_and_the_last_stays(page: Any) -> None:
    assert "Closed hi-hat" in page.locator(f"{PLAYER} .unseen").text_content()
    for name in ("Melody", "Strings", "Piano", "Guitar", "Bass", "Drums"):
        pill(page, name).click()
        page.wait_for_timeout(200)
        page.wait_for_selector(IDLE)
    with page.expect_download() as download:
        page.get_by_role("button", name="MIDI").click()
    tracks = read_midi(Path(download.value.path()).read_bytes()).tracks
    assert [(track.name, track.is_drum) for track in tracks] == [("Drums", True)]


@pytest.mark.parametrize(
    "chromium_page",
    [{"width": w, "height": h, "dark": dark} for w, h in ((1440, 1750), (390, 3300)) for dark in (False, True)],
    ids=["wide light", "wide dark", "phone light", "phone dark"],
    indirect=True,
)
def test_six_parts_fit_the_screen(page: Any, screenshots: Path, request: pytest.FixtureRequest) -> None:
    page.get_by_text("Instruments and tempo").click()
    kit = page.get_by_role("combobox", name="Drums")
    assert kit.is_disabled()
    page.wait_for_timeout(700)
    page.screenshot(path=screenshots / f"band_{request.node.callspec.id.replace(' ', '_')}.png")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert kit.bounding_box()["x"] + kit.bounding_box()["width"] <= width
    shown = page.locator(f"{PLAYER} .parts strong").evaluate_all("all => all.map(e => e.scrollWidth <= e.clientWidth)")
    assert len(shown) == 6 and all(shown)
