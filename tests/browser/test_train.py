"""The Train page in a real Chromium: train for two epochs, see the charts grow, stop, reload, go to the studio."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sizes import SIZES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
ORDER = [size.id for size in SIZES]
MOST_EPOCHS = 1000
"""Long enough that a training still goes on when a slow machine has opened a second tab."""
SUMMARIES = {"U-Net GAN": "as in a choir", "Fake": "Follows your melody."}


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the app answers, with the dataset and the algorithm of the tests beside its own."""
    path = os.pathsep.join([str(Path(__file__).with_name("pretended")), str(ROOT)])
    return serve(
        ROOT / "streamlit_app.py", {"PYTHONPATH": path, "COMPOSER_HOME": str(tmp_path_factory.mktemp("train-home"))}
    )


def open_page(page: Any, address: str) -> None:
    page.goto(f"{address}/Train")
    page.get_by_role("button", name=re.compile("^(Train|Add to the queue)$")).wait_for(timeout=60_000)


def choose(page: Any, algorithm: str, epochs: int, seed: int) -> None:
    """Choose the small dataset, an algorithm, the number of epochs and a seed, so that each test has its own run."""
    pick(page, "Music to learn from", "Made-up chorales")
    page.get_by_text("Chords in half notes.").wait_for()
    pick(page, "Algorithm", algorithm)
    page.get_by_text(SUMMARIES[algorithm]).wait_for()  # until then the form still is that of the other algorithm
    slider = page.get_by_role("slider", name="Epochs")
    slider.focus()
    page.keyboard.press("End" if epochs == MOST_EPOCHS else "Home")
    for _ in range(epochs - 1 if epochs < MOST_EPOCHS else 0):
        page.keyboard.press("ArrowRight")
    box = page.get_by_role("spinbutton", name="Seed")
    box.fill(str(seed))
    box.press("Enter")
    reach_all_epochs(page)


def reach_all_epochs(page: Any) -> None:
    """The pretended algorithm makes no progress, but a slow machine may need more than 40 epochs to look at it."""
    name = "Stop by itself when it has converged"
    if page.get_by_role("checkbox", name=name).is_checked():
        page.locator("label", has_text=name).click()
    page.wait_for_function("e => !e.checked", arg=page.get_by_role("checkbox", name=name).element_handle())


def pick(page: Any, box: str, option: str) -> None:
    """Choose an option of a select box, unless it is chosen already."""
    if page.get_by_role("combobox", name=box).input_value() != option:
        page.get_by_role("combobox", name=box).click()
        page.get_by_role("option", name=option).click()


def press_train(page: Any) -> str:
    """Press Train and return the id of the run that the page shows then."""
    before = page.evaluate("location.search")
    button = page.get_by_role("button", name="Train", exact=True)
    button.click()
    page.wait_for_function("before => location.search !== before", arg=before, timeout=60_000)
    return run_in_address(page)


def run_in_address(page: Any) -> str:
    found = re.search(r"run=([\w-]+)", page.url)
    assert found
    return found[1]


def chart(page: Any) -> str:
    """The selector of the chart of losses of the run in the address: each run has a chart of its own."""
    return f".st-key-loss-{run_in_address(page)} .js-plotly-plot"


def points(page: Any) -> int:
    """How many epochs the chart of losses shows."""
    return int(page.evaluate("chart => document.querySelector(chart)?.data?.[0]?.x.length ?? 0", chart(page)))


def wait_for_epochs(page: Any, count: int) -> None:
    condition = "([chart, count]) => document.querySelector(chart)?.data?.[0]?.x.length >= count"
    page.wait_for_function(condition, arg=[chart(page), count], timeout=120_000)


@pytest.fixture
def page(chromium_page: Any, address: str) -> Any:
    open_page(chromium_page, address)
    return chromium_page


def test_training_two_epochs_makes_the_charts_grow_and_leads_to_the_studio(page: Any) -> None:
    choose(page, "U-Net GAN", epochs=2, seed=1)
    press_train(page)
    wait_for_epochs(page, 1)
    wait_for_epochs(page, 2)
    page.get_by_text("Epoch 2 of 2, done").wait_for(timeout=60_000)
    page.get_by_text(re.compile("real against real")).first.wait_for()
    page.get_by_role("button", name="Use in the studio").click()
    page.get_by_role("heading", name="Studio").wait_for()
    model = page.locator(".st-key-studio-model input")
    page.wait_for_function("e => e.value.startsWith('Yours')", arg=model.element_handle(timeout=60_000), timeout=60_000)
    assert re.fullmatch(r"Yours \w{4} \(2 epochs\) · Made-up chorales · U-Net GAN", model.input_value())


def test_stop_reload_and_a_second_tab_find_the_run_again(page: Any, address: str) -> None:
    choose(page, "Fake", epochs=MOST_EPOCHS, seed=2)
    run = press_train(page)
    wait_for_epochs(page, 1)
    page.reload()
    wait_for_epochs(page, 1)
    assert run in page.url
    tab = page.context.new_page()
    open_page(tab, address)
    tab.get_by_role("button", name="Stop", exact=True).wait_for(timeout=60_000)
    assert run in tab.url
    tab.get_by_role("button", name="Stop", exact=True).click()
    tab.get_by_text(re.compile(f"Epoch .* of {MOST_EPOCHS}, stopped$")).wait_for(timeout=60_000)
    stopped = page.get_by_text(re.compile(f"Epoch .* of {MOST_EPOCHS}, stopped$"))
    stopped.wait_for(timeout=60_000)
    before = int(stopped.inner_text().split()[1])
    tab.close()
    page.get_by_role("spinbutton", name="More epochs").fill("2")
    page.get_by_role("spinbutton", name="More epochs").press("Enter")
    page.get_by_role("button", name="Continue").click()
    wait_for_epochs(page, before + 2)
    page.get_by_text(re.compile(rf"Epoch {before + 2} of {before + 2}, done")).wait_for(timeout=60_000)


def test_zoom_survives_new_epochs(page: Any) -> None:
    choose(page, "Fake", epochs=MOST_EPOCHS, seed=3)
    press_train(page)
    wait_for_epochs(page, 3)
    box = page.locator(chart(page)).locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=5)
    page.mouse.up()
    read = f"document.querySelector('{chart(page)}').layout.xaxis.range"
    page.wait_for_function(f"{read}[0] > 1")
    zoomed = page.evaluate(read)
    wait_for_epochs(page, points(page) + 2)
    assert page.evaluate(read) == zoomed
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text(re.compile(f"of {MOST_EPOCHS}, stopped$")).wait_for(timeout=60_000)


@pytest.mark.parametrize("chromium_page", SIZES, indirect=True)
def test_pictures(page: Any, screenshots: Path, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    page.wait_for_timeout(1500)
    page.screenshot(path=screenshots / f"train-empty-{name}.png", full_page=True)
    choose(page, "Fake", epochs=6, seed=5 + ORDER.index(name))
    page.get_by_text(re.compile("for 6 epochs on this computer")).wait_for(timeout=60_000)
    press_train(page)
    wait_for_epochs(page, 3)
    page.screenshot(path=screenshots / f"train-running-{name}.png", full_page=True)
    page.get_by_text("Epoch 6 of 6, done").wait_for(timeout=120_000)
    page.wait_for_timeout(1000)
    page.screenshot(path=screenshots / f"train-done-{name}.png", full_page=True)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "nothing is wider than the screen"
