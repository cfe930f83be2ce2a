"""Hear it learn in a real Chromium: the slider shows each epoch's notes at once, the charts mark it, and it sounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import CONFIG
from composer.algorithms.unet_gan import UNetGANSettings
from composer.data.dataset import Dataset
from composer.music.voices import Voices
from composer.training.run import METRICS, Run
from composer.training.samples import write_sample
from tests.made_up import PARTS, hymn

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 12
RUN = "unet-gan-chorales-0123456789"
SIZES = [
    pytest.param({"width": 1440, "height": 2000, "dark": True}, id="1440-dark"),
    pytest.param({"width": 390, "height": 3000, "dark": False}, id="390-light"),
]
MARK = f"() => document.querySelector('.st-key-loss-{RUN} .js-plotly-plot')?.layout?.shapes?.[0]?.x0"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Train page of a server whose data folder holds one made-up run of so many epochs."""
    home = tmp_path_factory.mktemp("hear-home")
    write_run(home / "runs" / RUN)
    return f"{serve(ROOT / 'streamlit_app.py', {'COMPOSER_HOME': str(home)})}/Train?run={RUN}"


def write_run(folder: Path) -> None:
    run, dataset = Run(folder), Dataset("chorales", PARTS, ())
    (folder / "samples").mkdir(parents=True)
    settings = UNetGANSettings(epochs=EPOCHS).as_dict()
    info = ModelInfo("unet-gan", 1, "chorales", "none", PARTS, settings)
    (folder / CONFIG).write_text(json.dumps(asdict(info) | {"similarity_floor": 0.1}))
    piece = hymn(5, bars=4)
    for epoch in range(1, EPOCHS + 1):
        pitch = piece.pitch.copy()
        pitch[3] -= EPOCHS - epoch  # the bass comes nearer by a semitone each epoch
        write_sample(run, epoch, Voices(pitch, piece.attack), dataset)
    rows = [{"epoch": e, "generator": 1 / e, "critic": -1 / e, "similarity": 0.1 + 1 / e} for e in range(1, EPOCHS + 1)]
    (folder / METRICS).write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def hear(chromium_page: Any, address: str) -> Any:
    """The component, with the first epoch chosen."""
    chromium_page.goto(address)
    hear = chromium_page.locator(".hear[data-epoch='1']")
    hear.wait_for(timeout=60_000)
    chromium_page.wait_for_function(f"({MARK})() === 1", timeout=30_000)
    return chromium_page.locator(".hear")


def test_scrubbing_shows_each_epoch_and_marks_it_in_the_charts(chromium_page: Any, hear: Any) -> None:
    before = hear.locator("canvas.notes").first.evaluate("canvas => canvas.toDataURL()")
    slider = hear.get_by_role("slider", name="Epoch")
    slider.focus()
    for _ in range(4):
        chromium_page.keyboard.press("ArrowRight")
    chromium_page.locator(".hear[data-epoch='5']").wait_for(timeout=5000)
    assert slider.get_attribute("aria-valuetext") == "epoch 5 of 12"
    assert hear.locator("canvas.notes").first.evaluate("canvas => canvas.toDataURL()") != before
    chromium_page.wait_for_function(f"({MARK})() === 5")
    chromium_page.keyboard.press("End")
    chromium_page.locator(".hear[data-epoch='12']").wait_for(timeout=5000)
    assert hear.inner_text().count("0 of") == 2, "beside itself nothing differs"


def test_an_epoch_and_the_journey_are_heard(chromium_page: Any, hear: Any) -> None:
    playing = chromium_page.locator(".hear[data-state=playing]")
    hear.get_by_role("button", name="Play epoch 1").click()
    playing.wait_for(timeout=60_000)
    first = float(hear.get_attribute("data-position"))
    chromium_page.wait_for_timeout(500)
    assert float(hear.get_attribute("data-position")) > first
    hear.get_by_role("button", name="Pause epoch 1").click()
    hear.get_by_role("button", name="Play the journey").click()
    playing.wait_for(timeout=60_000)
    chromium_page.locator(".hear[data-epoch='2']").wait_for(timeout=15_000)  # the second bar is the second epoch's
    chromium_page.wait_for_function(f"({MARK})() === 2")
    hear.get_by_role("button", name="Pause").click()
    chromium_page.locator(".hear[data-state=paused]").wait_for()


@pytest.mark.parametrize("chromium_page", SIZES, indirect=True)
def test_pictures(chromium_page: Any, hear: Any, screenshots: Path, request: pytest.FixtureRequest) -> None:
    hear.get_by_role("slider", name="Epoch").focus()
    chromium_page.keyboard.press("ArrowRight")
    chromium_page.wait_for_timeout(500)
    chromium_page.screenshot(path=screenshots / f"hear-{request.node.callspec.id}.png")
    width = chromium_page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "nothing is wider than the screen"
