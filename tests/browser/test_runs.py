"""The Runs page in a real Chromium: find runs, tick two, compare, listen blind, delete one and bring it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer.evaluation.bench_runs import write_runs
from composer.training.labels import Labels, write_labels
from tests.app.untrained import write_untrained_band, write_untrained_run
from tests.browser.sizes import SIZES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
_ALL_SHOW = "n => [...document.querySelectorAll('.js-plotly-plot')].filter(c => c.data?.length === n).length === 4"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the app answers, with three made-up trainings and two models that have learned nothing."""
    home = tmp_path_factory.mktemp("runs-home")
    runs = write_runs(home, 3, 20)
    for run, name in zip(runs, ("Anna", "Bert", "Carl"), strict=True):
        write_labels(run, Labels(name))
    for run, name in ((write_untrained_run(home), "Choir"), (write_untrained_band(home), "Band")):
        (run.folder / "metrics.jsonl").write_text('{"epoch": 1, "generator": 1.0}\n')
        write_labels(run, Labels(name))
    return serve(ROOT / "streamlit_app.py", {"COMPOSER_HOME": str(home)})


def open_page(page: Any, address: str, chosen: str = "") -> None:
    page.goto(f"{address}/Runs{f'?chosen={chosen}' if chosen else ''}")
    page.get_by_text("together they use").wait_for(timeout=60_000)
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for(timeout=60_000)


def pick(page: Any, name: str) -> None:
    box = page.get_by_role("combobox", name="Chosen")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name).click()
    page.keyboard.press("Escape")


def test_runs_are_ticked_compared_and_one_is_deleted_and_brought_back(chromium_page: Any, address: str) -> None:
    page = chromium_page
    open_page(page, address)
    page.get_by_placeholder("Name, note or state").fill("Anna")
    page.get_by_placeholder("Name, note or state").press("Enter")
    page.get_by_text("1 of 5 runs").wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    page.locator("[data-testid=stDataFrame]").click(position={"x": 16, "y": 52})  # the only row's box
    page.get_by_role("heading", name="Anna").wait_for(timeout=30_000)
    page.get_by_placeholder("Name, note or state").fill("")
    page.get_by_placeholder("Name, note or state").press("Enter")
    page.get_by_text("5 runs ·").wait_for(timeout=30_000)
    pick(page, "Bert")
    page.wait_for_function(_ALL_SHOW, arg=2, timeout=60_000)
    page.get_by_role("radio", name="Settings").click()
    page.get_by_text("Learning rate").first.wait_for(timeout=30_000)
    page.reload()
    page.get_by_role("heading", name="Compare").wait_for(timeout=60_000)
    open_page(page, address, page.url.partition("chosen=")[2].partition("%2C")[0].partition(",")[0])
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("4 runs ·").wait_for(timeout=30_000)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("5 runs ·").wait_for(timeout=30_000)


def test_a_blind_test_is_heard_and_answered(chromium_page: Any, address: str) -> None:
    page = chromium_page
    open_page(page, address, "untrained,untrained-band")
    page.get_by_role("radio", name="Blind test").click()
    page.get_by_role("button", name="I like B more").wait_for(timeout=90_000)
    stage = page.locator(".st-key-card_compare")
    assert stage.get_by_text(re.compile("Choir|Band")).count() == 0, "no name before the answer"
    assert stage.get_by_role("button", name="Play").count() == 2
    page.get_by_role("button", name="I like B more").click()
    page.get_by_text("So far.").wait_for(timeout=30_000)
    assert stage.get_by_text(re.compile("A was (Choir|Band), B was (Choir|Band)")).count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("chromium_page", SIZES, indirect=True)
def test_nothing_is_wider_than_the_page(
    chromium_page: Any, address: str, screenshots: Path, request: pytest.FixtureRequest
) -> None:
    page = chromium_page
    open_page(page, address, "untrained,untrained-band")
    for view in ("Curves", "Settings", "Same melody"):
        page.get_by_role("radio", name=view).click()
        page.wait_for_timeout(2500)
        page.screenshot(path=screenshots / f"runs-{view.split()[0]}-{request.node.callspec.id}.png", full_page=True)
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"
        assert page.evaluate(wide)
