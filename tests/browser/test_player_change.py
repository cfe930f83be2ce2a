"""What changes while the player plays, and what it says where it can't: instruments, tempo, count-in, no sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer.evaluation.player_taps import SOUND_FILE
from tests.browser.test_player import LISTEN, PLAYER, button, position, state

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "player_app.py"
SHEET = f"{PLAYER} .sheet"
READY = f"{PLAYER}[data-state=paused]"

# A browser that gives a context but never lets it run.
BLOCKED = """
window.AudioContext = class extends AudioContext {
  constructor() {
    super();
    this.suspend();
  }
  resume() {
    return window.unblocked ? super.resume() : new Promise(() => {});
  }
};
"""

# Three seconds of the clock in words, the place and the loudness, with the page's time in ms.
WATCH_COUNT = """
async (player) => {
  const seen = [];
  for (const end = performance.now() + 3000; performance.now() < end; ) {
    const words = player.querySelector(".time").textContent;
    seen.push([performance.now(), words, player.dataset.position, loudness()]);
    await new Promise((done) => setTimeout(done, 20));
  }
  return seen;
}
"""


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str]) -> Any:
    chromium_page.set_default_timeout(60_000)
    chromium_page.add_init_script(LISTEN)
    chromium_page.goto(serve(APP))
    chromium_page.wait_for_selector(READY)
    return chromium_page


def beats(page: Any) -> float:
    """Where the music is, in beats; there are thirty."""
    music = float(page.locator(SHEET).get_attribute("aria-valuemax"))
    return 30 * position(page) / music


def test_another_instrument_joins_in_and_only_its_sound_travels(page: Any) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if SOUND_FILE.match(request.url) else None)
    button(page, "Mute Tenor").click()
    page.locator(PLAYER).get_by_label("Volume of Bass").focus()
    button(page, "Play").click()
    page.wait_for_timeout(500)
    before = position(page)
    page.get_by_role("combobox", name="Alto").fill("Harp")
    page.get_by_role("option", name="Harp").click()
    page.locator(f"{PLAYER} .instrument").get_by_text("Harp").wait_for()
    assert state(page) == "playing" and position(page) > before
    assert len(fetched) == 1
    assert button(page, "Mute Tenor").get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(300)
    assert page.evaluate("loudness()") > 0.005


def test_another_tempo_keeps_the_place_in_the_bar_and_what_repeats(page: Any) -> None:
    for key in ("Home", "[", *["ArrowRight"] * 8, "]", "Home"):
        page.locator(SHEET).press(key)
    button(page, "Play").click()
    page.wait_for_timeout(1200)
    before, words = beats(page), page.locator(f"{PLAYER} .forget").text_content()
    began = page.evaluate("performance.now()")
    page.get_by_role("slider", name="Tempo").press("ArrowRight")
    page.locator(f"{SHEET}[aria-valuemax='12.0']").wait_for()
    gone_s = (page.evaluate("performance.now()") - began) / 1000
    assert state(page) == "playing"
    assert (beats(page) - before) % 8 < gone_s / 0.4 + 0.5, "eight beats repeat"
    assert page.locator(f"{PLAYER} .forget").text_content() == words == "1.1 – 2.4 ✕"


def test_a_bar_is_counted_before_the_music_and_that_is_remembered(page: Any) -> None:
    page.locator(SHEET).press("ArrowRight")
    page.locator("body").press("i")
    assert button(page, "Count-in").get_attribute("aria-pressed") == "true"
    page.locator("body").press("Space")
    seen = page.locator(PLAYER).evaluate(WATCH_COUNT)
    counted = {words: ms for ms, words, _, _ in reversed(seen)}  # when each was first seen
    assert counted["Count-in 4"] - counted["Count-in 2"] == pytest.approx(2 * 600, abs=250)
    assert {place for _, words, place, _ in seen if words.startswith("Count-in")} == {"0.600"}
    assert max(loud for _, words, _, loud in seen if words.startswith("Count-in")) > 0.005
    assert float(seen[-1][2]) > 0.7 and state(page) == "playing"
    page.reload()
    page.wait_for_selector(READY)
    assert button(page, "Count-in").get_attribute("aria-pressed") == "true"


def test_space_plays_though_a_button_was_clicked_and_presses_one_that_was_tabbed_to(page: Any) -> None:
    button(page, "Mute Alto").click()
    page.keyboard.press("Space")
    assert state(page) == "playing" and button(page, "Mute Alto").get_attribute("aria-pressed") == "true"
    page.locator(SHEET).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert state(page) == "paused", "the play button itself"


def test_where_no_sound_comes_out_it_says_so_and_keeps_the_place(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.add_init_script(BLOCKED)
    page.goto(serve(APP))
    page.wait_for_selector(READY)
    page.locator(SHEET).press("ArrowRight")
    button(page, "Play").click()
    page.get_by_role("alert").get_by_text("No sound comes out").wait_for()
    assert state(page) == "paused" and position(page) == pytest.approx(0.6, abs=0.01)
    page.evaluate("window.unblocked = true")
    button(page, "Play").click()
    page.wait_for_timeout(500)
    assert position(page) > 0.7 and page.get_by_role("alert").count() == 0


def test_a_sound_that_does_not_arrive_is_asked_for_again(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.route(SOUND_FILE, lambda route: route.abort())
    page.goto(serve(APP))
    page.get_by_role("alert").get_by_text("The sound did not arrive").first.wait_for()
    page.unroute(SOUND_FILE)
    button(page, "Play").click()
    page.locator(f"{PLAYER} .trouble").wait_for(state="hidden")
    page.wait_for_selector(READY)
    button(page, "Play").click()
    page.wait_for_timeout(400)
    assert position(page) > 0.1
