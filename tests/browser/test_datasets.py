"""The Datasets page in a real Chromium: bring a zip, correct a part, hear it, keep it, find it on the Train page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sizes import SIZES
from tests.data.own.files import midi, zipped

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
MUSIC = {f"song-{seed}.mid": midi(seed, 8) for seed in range(10)}


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the app answers, with the small dataset of the tests beside its own."""
    path = os.pathsep.join([str(Path(__file__).with_name("pretended")), str(ROOT)])
    home = tmp_path_factory.mktemp("datasets-home")
    return serve(ROOT / "streamlit_app.py", {"PYTHONPATH": path, "COMPOSER_HOME": str(home)})


def bring(page: Any, address: str, name: str, data: bytes) -> None:
    page.goto(f"{address}/Datasets")
    page.get_by_text("Bring your own music").wait_for(timeout=60_000)
    page.get_by_text("nothing is sent anywhere").first.wait_for()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/zip", "buffer": data})
    page.get_by_role("heading", name="Check and keep").wait_for(timeout=60_000)


def test_a_zip_becomes_a_dataset_that_the_train_page_offers(chromium_page: Any, address: str) -> None:
    page = chromium_page
    bring(page, address, "night_songs.zip", zipped(MUSIC | {"cover.jpg": b"x"}))
    page.get_by_text("files kept, 80 bars").wait_for()
    page.get_by_role("tab", name="Tracks and parts").click()
    page.get_by_role("combobox", name="Strum").click()
    page.get_by_role("option", name="Piano", exact=True).click()
    page.get_by_role("tab", name="Look and listen").click()
    page.get_by_role("button", name="Play").first.wait_for(timeout=60_000)
    page.get_by_label("Name of the dataset").fill("Night songs")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Kept “Night songs”").wait_for(timeout=30_000)
    page.get_by_role("button", name="Train on it").first.click()
    page.get_by_role("button", name="Train", exact=True).wait_for(timeout=60_000)
    assert page.get_by_role("combobox", name="Music to learn from").input_value() == "Night songs"


@pytest.mark.slow
@pytest.mark.parametrize("chromium_page", SIZES, indirect=True)
def test_nothing_is_wider_than_the_page(
    chromium_page: Any, address: str, screenshots: Path, request: pytest.FixtureRequest
) -> None:
    page = chromium_page
    bring(page, address, "look.zip", zipped(MUSIC))
    page.get_by_role("tab", name="Look and listen").click()
    page.get_by_role("button", name="Play").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    page.screenshot(path=screenshots / f"datasets-{request.node.callspec.id}.png", full_page=True)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"
    assert page.evaluate(wide)
