"""Sharing in a real Chromium: the same notes elsewhere, projects that come back, a roll that moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.music.audio import mp3_bytes
from composer.music.melodies import sample_melodies
from composer.music.stems import SAMPLE_RATE
from composer.plots.moving_roll import moving_roll_html
from composer.projects.shelf import Shelf
from tests.app.untrained import NAME, write_untrained_run
from tests.browser.test_studio import APP, IDLE, PATIENCE_MS, READY, generate, notes_on_page
from tests.projects.test_shelf import PROGRAMS, result

pytestmark = pytest.mark.browser
_HEAD_PX = "new DOMMatrix(getComputedStyle(head).transform).e"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share-home")
    write_untrained_run(folder)
    return folder


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], home: Path) -> str:
    return serve(APP, {"COMPOSER_HOME": str(home)})


@pytest.fixture
def page(chromium_page: Any, address: str) -> Any:
    """The studio with a result of its own on it, played faster than at first."""
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(f"{address}/?model={NAME}")
    chromium_page.get_by_role("button", name="Generate").wait_for()
    chromium_page.wait_for_selector(IDLE)
    chromium_page.get_by_role("button", name="New seed").click()
    chromium_page.wait_for_selector(IDLE)
    generate(chromium_page)
    chromium_page.get_by_text("Instruments and tempo").click()
    chromium_page.get_by_role("slider", name="Tempo").press("ArrowRight")
    settle(chromium_page)
    return chromium_page


@pytest.fixture
def elsewhere(chromium: Any) -> Iterator[Any]:
    """A page in a context that knows nothing of the first one."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def settle(page: Any) -> None:
    page.wait_for_timeout(400)
    page.wait_for_selector(IDLE)
    page.wait_for_selector(READY)


def midi(page: Any) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="MIDI", exact=True).click()
    return Path(download.value.path()).read_bytes()


def link(page: Any) -> str:
    page.get_by_role("button", name="Share", exact=True).click()
    found = str(page.get_by_role("textbox", name="Link", exact=True).first.input_value())
    page.keyboard.press("Escape")
    return found


def test_a_link_opened_elsewhere_gives_the_same_file(page: Any, elsewhere: Any) -> None:
    text, file, notes = link(page), midi(page), notes_on_page(page)
    assert len(text.partition("?")[2]) <= 600
    elsewhere.goto(text)
    elsewhere.wait_for_selector(READY)
    settle(elsewhere)
    assert notes_on_page(elsewhere) == notes
    assert midi(elsewhere) == file
    assert "music=" not in elsewhere.url and "result=" in elsewhere.url


def test_the_button_copies_the_link(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = link(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_a_project_is_kept_opened_deleted_and_brought_back(page: Any) -> None:
    file = midi(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Projects").click()
    page.get_by_role("heading", name="Projects on this computer").wait_for()
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_text("was deleted").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("was deleted").wait_for(state="hidden")
    page.get_by_role("button", name="Open", exact=True).first.click()
    page.get_by_role("heading", name="4 · Take home").wait_for()
    settle(page)
    assert midi(page) == file


def test_a_moving_roll_plays_from_a_file_and_asks_for_nothing(elsewhere: Any, tmp_path: Path) -> None:
    tune = sample_melodies()["Ode to Joy"]
    file = tmp_path / "roll.html"
    file.write_bytes(moving_roll_html(tune, mp3_bytes(np.zeros((10 * SAMPLE_RATE, 2), np.float32))))
    asked: list[str] = []
    elsewhere.on("request", lambda request: asked.append(request.url[:40]))
    elsewhere.goto(file.as_uri())
    until(elsewhere, "sound.readyState === 4")
    elsewhere.evaluate("sound.play()")
    until(elsewhere, "sound.currentTime > 0.8")
    assert elsewhere.evaluate(_HEAD_PX) > 10
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    elsewhere.emulate_media(reduced_motion="reduce")
    elsewhere.evaluate("sound.pause()")
    elsewhere.evaluate("draw()")
    beats = elsewhere.evaluate("place.beats.map((beat) => (beat / place.seconds) * width)")
    assert min(abs(elsewhere.evaluate(_HEAD_PX) - beat) for beat in beats) < 0.1


def test_sheet_music_is_engraved_when_it_is_opened(chromium_page: Any, address: str) -> None:
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(address)
    chromium_page.wait_for_selector(READY)
    settle(chromium_page)
    pages = chromium_page.locator(".st-key-sheet_pages img")
    assert pages.count() == 0
    chromium_page.locator("summary").filter(has_text="Sheet music").click()
    pages.first.wait_for()
    assert pages.first.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    settle(chromium_page)  # what opens pushes the button down while it grows
    with chromium_page.expect_download() as download:
        chromium_page.get_by_role("button", name="Page 1 of 1 as SVG").click()
    assert b"<svg" in Path(download.value.path()).read_bytes()[:200]


def until(page: Any, condition: str) -> None:
    """Wait until a condition holds on a page that forbids the browser's own way of waiting."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{condition} never came")


@pytest.mark.parametrize(
    "chromium_page",
    [{"width": w, "height": h, "dark": dark} for w, h in ((1440, 900), (390, 1500)) for dark in (False, True)],
    ids=["wide light", "wide dark", "phone light", "phone dark"],
    indirect=True,
)
def test_projects_fit_the_screen(
    chromium_page: Any, address: str, home: Path, screenshots: Path, request: pytest.FixtureRequest
) -> None:
    Shelf(home / "projects").keep(None, result(), PROGRAMS, 96)
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(f"{address}/Projects")
    chromium_page.get_by_role("button", name="More").first.wait_for()
    chromium_page.wait_for_selector(IDLE)
    chromium_page.wait_for_timeout(500)
    look = request.node.callspec.id.replace(" ", "_")
    chromium_page.screenshot(path=screenshots / f"projects_{look}.png")
    assert chromium_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Open", "More"):
        box = chromium_page.get_by_role("button", name=name).first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= chromium_page.viewport_size["width"]
