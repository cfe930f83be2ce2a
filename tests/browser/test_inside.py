"""Looking inside in a real Chromium: a blend by the keyboard, and the critic's view with all it says in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from composer.algorithms.critic import Critic
from composer.algorithms.layers import initialise
from composer.training.critic_file import CRITIC
from tests.app.untrained import NAME, write_untrained_run
from tests.browser.test_studio import APP, IDLE, PATIENCE_MS, generate

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("inside-home")
    run = write_untrained_run(home)
    critic = Critic(4)
    initialise(critic, torch.Generator().manual_seed(1))
    save_file(critic.state_dict(), run.folder / CRITIC)
    return serve(APP, {"COMPOSER_HOME": str(home)})


@pytest.mark.parametrize("chromium_page", [{}, {"dark": True, "width": 390}], indirect=True)
def test_a_blend_and_the_critics_view(chromium_page: Any, address: str, screenshots: Path) -> None:
    page = chromium_page
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/?model={NAME}")
    page.get_by_role("button", name="Generate").wait_for()
    page.wait_for_selector(IDLE)
    generate(page)
    card, width = page.locator(".st-key-inside"), page.viewport_size["width"]
    card.get_by_text("Look inside").click()
    card.get_by_text("divided by 0.71, it is 1 again").wait_for()
    card.get_by_role("slider", name="How much of each").press("ArrowRight")
    card.get_by_text("0.4 × noise 1 + 0.6 × noise 2 has variance").wait_for()
    card.get_by_role("button", name="Play").wait_for()
    card.get_by_text("The critic's view").click()
    chart = card.get_by_role("figure", name="The critic would change most in bar")
    chart.wait_for()
    page.wait_for_function("mount => mount.querySelectorAll('.barlayer path').length > 50", arg=chart.element_handle())
    assert card.locator("ol li").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card.screenshot(path=screenshots / f"inside_{width}.png")
