"""Every page in a real Chromium against WCAG 2.2, levels A and AA, as far as axe-core can tell, in light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from safetensors.torch import save_file

from composer.algorithms.critic import Critic
from composer.algorithms.layers import initialise
from composer.evaluation.bench_runs import write_runs
from composer.projects.shelf import Shelf
from composer.training.critic_file import CRITIC
from tests.app.untrained import NAME, write_untrained_band, write_untrained_run
from tests.browser.test_datasets import MUSIC, bring
from tests.browser.test_studio import APP, IDLE, PATIENCE_MS, READY, generate
from tests.data.own.files import zipped
from tests.projects.test_shelf import PROGRAMS, result

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHECKED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
GROUNDS = {"light": "rgb(252, 252, 253)", "dark": "rgb(20, 21, 28)"}
ON_GROUND = "ground => getComputedStyle(document.querySelector('.stApp')).backgroundColor === ground"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the app answers, with trainings, models, a project and a small dataset, so that no page is empty."""
    home = tmp_path_factory.mktemp("accessible-home")
    write_runs(home, 3, 20)
    write_untrained_band(home)
    run, critic = write_untrained_run(home), Critic(4)
    initialise(critic, torch.Generator().manual_seed(1))
    save_file(critic.state_dict(), run.folder / CRITIC)
    Shelf(home / "projects").keep(None, result(), PROGRAMS, 96)
    path = os.pathsep.join([str(Path(__file__).with_name("pretended")), str(APP.parent)])
    return serve(APP, {"PYTHONPATH": path, "COMPOSER_HOME": str(home)})


@pytest.fixture
def page(chromium_page: Any) -> Any:
    chromium_page.set_default_timeout(PATIENCE_MS)
    return chromium_page


def check(page: Any) -> None:
    """Assert that axe finds nothing on the page as it is now, in each colour scheme."""
    for scheme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(ON_GROUND, arg=ground)
        page.wait_for_timeout(400)  # the page is drawn anew, a menu has opened
        page.wait_for_selector(IDLE)
        page.wait_for_timeout(300)  # what came has faded in
        found = Axe().run(page, options=CHECKED).response["violations"]
        failed = [(rule["id"], node) for rule in found for node in rule["nodes"]]
        words = [f"{rule} of {node['html'][:200]}: {node['failureSummary']}" for rule, node in failed]
        assert not words, "\n".join([f"on {scheme} ground:", *words])


def unfold(page: Any, *names: str) -> None:
    for name in names:
        page.locator("summary").filter(has_text=name).first.click()


def test_studio(page: Any, address: str) -> None:
    page.goto(f"{address}/?model={NAME}")
    page.get_by_role("button", name="Generate").wait_for()
    page.wait_for_selector(IDLE)
    page.wait_for_selector(READY)
    generate(page)
    unfold(page, "Advanced", "Instruments and tempo", "Sheet music", "Make a preset link", "Look inside")
    page.locator(".st-key-sheet_pages img").first.wait_for()
    page.get_by_role("slider", name="How much of each").wait_for()
    page.get_by_text("Edit notes").click()
    page.locator(".editor .sheet").wait_for()
    check(page)
    page.get_by_role("radio", name="Play", exact=True).click()
    page.locator(".keyboard .piano").wait_for()
    page.get_by_text("The critic's view").click()
    page.get_by_role("figure", name="The critic would change most in bar").wait_for()
    page.get_by_role("radio", name="Compare").click()
    page.locator(".st-key-studio_compare_1 .player[data-state=paused]").wait_for()
    check(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Copy link").first.wait_for()
    check(page)


def test_train(page: Any, address: str) -> None:
    page.goto(f"{address}/Train?run={NAME}")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    unfold(page, "Advanced", "Try several settings")
    check(page)


def test_runs(page: Any, address: str) -> None:
    page.goto(f"{address}/Runs?chosen={NAME},untrained-band")
    page.get_by_text("together they use").wait_for()
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    page.locator(".chart-mount[data-points]").first.wait_for()
    check(page)
    page.get_by_role("radio", name="Settings").click()
    page.get_by_text("Learning rate").first.wait_for()
    check(page)


def test_projects(page: Any, address: str) -> None:
    page.goto(f"{address}/Projects")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("button", name="Delete").first.wait_for()
    check(page)


def test_datasets(page: Any, address: str) -> None:
    bring(page, address, "night_songs.zip", zipped(MUSIC))
    page.get_by_role("tab", name="Tracks and parts").click()
    check(page)
    page.get_by_label("Name of the dataset").fill("Night songs")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Kept “Night songs”").wait_for()
    page.get_by_role("button", name="Change").first.click()
    check(page)
