"""The whole way from a melody to a file and on to training by keyboard alone, with a focus that is always seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.untrained import NAME, write_untrained_run
from tests.browser.test_studio import APP, IDLE, PATIENCE_MS, PLAYER, READY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"

# What has the focus, in whatever component it lies: its name without icons.
FOCUS = """
() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  window.focused = node;
  if (node === document.body) return "";
  const words = node.cloneNode(true);
  for (const icon of words.querySelectorAll("[data-testid=stIconMaterial], svg")) icon.remove();
  const names = [node.getAttribute("aria-label"), node.labels?.[0]?.textContent, words.textContent, node.tagName];
  return names.find((each) => each?.trim()).trim();
}
"""
# How it and what is around it look.
LOOK = """
() => {
  const looks = [];
  const outwards = (node) => node.parentElement ?? node.getRootNode().host;
  for (let node = window.focused, steps = 0; node && steps < 8; node = outwards(node), steps++) {
    for (const part of [null, "::before", "::after"]) {
      const { outline, boxShadow, borderColor, backgroundColor, color } = getComputedStyle(node, part);
      looks.push([outline, boxShadow, borderColor, backgroundColor, color]);
    }
  }
  return JSON.stringify(looks);
}
"""


class Keyboard:
    """A person who has a keyboard only: goes about by Tab, and remembers each focus that could not be seen."""

    def __init__(self, page: Any) -> None:
        self.page, self.unseen = page, []
        self.name, self.look = "", ""

    def tab(self, key: str = "Tab") -> str:
        """Go one further; the name of what has the focus then."""
        self.page.keyboard.press(key)
        if self.name and self.page.evaluate("window.focused.isConnected") and self.page.evaluate(LOOK) == self.look:
            self.unseen.append(self.name)
        self.name = self.page.evaluate(FOCUS)
        self.look = self.page.evaluate(LOOK)
        return self.name

    def go_to(self, name: str, key: str = "Tab") -> None:
        """Press Tab until what is called `name` has the focus."""
        passed: list[str] = []
        while self.tab(key) != name:
            passed.append(self.name)
            assert len(passed) < 90, f"{name} can't be reached by {passed}"

    def press(self, *keys: str) -> None:
        """Press keys on what has the focus."""
        for key in keys:
            self.page.keyboard.press(key)
        self.name = self.page.evaluate(FOCUS)
        self.look = self.page.evaluate(LOOK)


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("keyboard-home")
    write_untrained_run(home)
    page = chromium_page
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{serve(APP, {'COMPOSER_HOME': str(home)})}/?model={NAME}")
    page.get_by_role("button", name="Generate").wait_for()
    page.wait_for_selector(IDLE)
    page.wait_for_selector(READY)
    page.add_style_tag(content=STILL)
    return page


def test_from_a_melody_to_a_file_and_on_to_training(page: Any) -> None:
    keyboard = Keyboard(page)
    keyboard.go_to("Sample melody")
    keyboard.press("ArrowDown", "ArrowDown", "Enter")
    page.get_by_text("Press Generate for new takes").wait_for()
    keyboard.go_to("Takes")
    keyboard.press("ArrowLeft")
    keyboard.go_to("Generate")
    before = page.url
    keyboard.press("Enter")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.get_by_text("Press Generate for new takes").wait_for(state="hidden")
    page.wait_for_selector(READY)
    page.wait_for_selector(IDLE)

    keyboard.go_to("Take 1")
    notes = page.locator(f"{PLAYER} .unseen").text_content()
    keyboard.press("ArrowRight", "Enter")
    page.locator(f"{PLAYER} .unseen").filter(has_not_text=notes).wait_for(state="attached")
    page.wait_for_selector(READY)
    keyboard.go_to("Position in the music")
    keyboard.press("ArrowRight", "Space")
    page.wait_for_timeout(400)
    assert page.locator(PLAYER).get_attribute("data-state") == "playing"
    keyboard.press("Space")
    assert page.locator(PLAYER).get_attribute("data-state") == "paused"

    keyboard.go_to("Sound")
    keyboard.press("Enter")
    keyboard.go_to("WAV")
    keyboard.press("Escape")
    page.get_by_role("button", name="WAV", exact=True).wait_for(state="hidden")
    keyboard.go_to("MIDI", "Shift+Tab")
    with page.expect_download() as download:
        keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes().startswith(b"MThd")

    keyboard.go_to("Train")
    keyboard.press("Enter")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.wait_for_selector(IDLE)
    keyboard.go_to("Train")
    keyboard.go_to("Train")
    assert page.evaluate("window.focused.tagName") == "BUTTON", "the link in the menu comes first"
    assert not keyboard.unseen, f"no focus is seen on {json.dumps(keyboard.unseen)}"
