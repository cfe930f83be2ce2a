"""Practising with the player: a stretch that repeats, a metronome, volumes that stay, keys, and a calm playhead."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_player import LISTEN, PLAYER, button, head_left, position, state

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "player_app.py"
BEAT_S = 0.6
SHEET = f"{PLAYER} .sheet"


# Thirty looks at the playhead, a tenth of a second apart: pairs of the page's clock and the place, in seconds.
WATCH = """
async (node) => {
  const seen = [];
  for (let i = 0; i < 30; i++) {
    await new Promise((done) => setTimeout(done, 100));
    seen.push([performance.now() / 1000, Number(node.dataset.position)]);
  }
  return seen;
}
"""


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str]) -> Any:
    chromium_page.set_default_timeout(60_000)
    chromium_page.add_init_script(LISTEN)
    chromium_page.goto(serve(APP))
    chromium_page.wait_for_selector(f"{PLAYER}[data-state=paused]")
    return chromium_page


def drag(page: Any, first_s: float, last_s: float, axis: bool = True) -> None:
    """Drag over the bar numbers, or over the notes, from one time to another."""
    page.locator(SHEET).scroll_into_view_if_needed()
    box = page.locator(f"{PLAYER} .axis" if axis else SHEET).bounding_box()
    music = float(page.locator(SHEET).get_attribute("aria-valuemax"))
    x, y = (lambda seconds: box["x"] + seconds / music * box["width"]), box["y"] + 12
    page.mouse.move(x(first_s), y)
    page.mouse.down()
    page.mouse.move(x((first_s + last_s) / 2), y)
    page.mouse.move(x(last_s), y)
    page.mouse.up()


def test_what_is_dragged_over_repeats_and_the_playhead_keeps_to_it(page: Any) -> None:
    drag(page, 4 * BEAT_S + 0.2, 6 * BEAT_S - 0.2)
    assert page.locator(f"{PLAYER} .forget").text_content() == "2.1 – 2.2 ✕"
    assert button(page, "Repeat").get_attribute("aria-pressed") == "true"
    assert position(page) == pytest.approx(4 * BEAT_S, abs=0.01)
    button(page, "Play").click()
    page.wait_for_timeout(400)
    seen = page.locator(PLAYER).evaluate(WATCH)
    places = [place for _, place in seen]
    assert min(places) >= 4 * BEAT_S and max(places) < 6 * BEAT_S
    turns = sum(later < earlier for earlier, later in pairwise(places))
    gone = turns * 2 * BEAT_S + places[-1] - places[0]
    assert turns >= 2 and gone == pytest.approx(seen[-1][0] - seen[0][0], abs=0.15)
    button(page, "Repeat").click()
    page.wait_for_timeout(1500)
    assert position(page) > 6 * BEAT_S and state(page) == "playing"


def test_shift_and_dragging_over_the_notes_chooses_too(page: Any) -> None:
    page.keyboard.down("Shift")
    drag(page, 8 * BEAT_S + 0.1, 12 * BEAT_S - 0.1, axis=False)
    page.keyboard.up("Shift")
    assert page.locator(f"{PLAYER} .forget").text_content() == "3.1 – 3.4 ✕"
    page.locator(f"{PLAYER} .forget").click()
    assert page.locator(f"{PLAYER} .forget").count() == 0
    assert button(page, "Repeat").get_attribute("aria-pressed") == "false"


def test_keys_set_the_ends_switch_and_forget(page: Any) -> None:
    page.locator(SHEET).focus()
    for key in ("ArrowRight", "ArrowRight", "[", "ArrowRight", "ArrowRight", "]"):
        page.keyboard.press(key)
    assert page.locator(f"{PLAYER} .forget").text_content() == "1.3 – 1.4 ✕"
    page.locator("body").press("l")
    assert button(page, "Repeat").get_attribute("aria-pressed") == "false"
    page.locator(SHEET).press("Escape")
    assert page.locator(f"{PLAYER} .forget").count() == 0


def test_the_panel_of_keys_opens_and_closes(page: Any) -> None:
    panel = page.get_by_role("region", name="Keys of the player")
    assert panel.count() == 0
    page.locator(SHEET).press("?")
    assert "Play or pause" in panel.text_content()
    page.locator(SHEET).press("Escape")
    assert panel.count() == 0


def test_the_metronome_is_heard_by_itself(page: Any) -> None:
    for part in ("Soprano", "Alto", "Tenor", "Bass"):
        button(page, f"Mute {part}").click()
    button(page, "Play").click()
    page.wait_for_timeout(800)
    loudest = "async () => { let most = 0; for (let i = 0; i < 12; i++) { most = Math.max(most, loudness());"
    loudest += " await new Promise((done) => setTimeout(done, 100)); } return most; }"
    silent = page.evaluate(loudest)
    button(page, "Metronome").click()
    page.wait_for_timeout(300)
    assert page.evaluate(loudest) > 0.005 > silent
    assert state(page) == "playing"


def test_a_volume_is_still_there_after_a_reload(page: Any) -> None:
    page.get_by_label("Volume of Alto").fill("40")
    page.reload()
    page.wait_for_selector(f"{PLAYER}[data-state=paused]")
    assert page.get_by_label("Volume of Alto").input_value() == "40"
    assert page.locator(f"{PLAYER} .volume").nth(1).text_content() == "Volume 40"
    assert page.get_by_label("Volume of Bass").input_value() == "100"


def test_who_wants_less_motion_sees_the_playhead_go_by_beats(page: Any) -> None:
    page.emulate_media(reduced_motion="reduce")
    button(page, "Play").click()
    page.wait_for_timeout(300)
    places, began = set(), position(page)
    for _ in range(12):
        places.add(round(head_left(page)))
        page.wait_for_timeout(60)
    beats = (position(page) - began) / BEAT_S
    assert 1 <= len(places) <= beats + 2 < 12


@pytest.mark.parametrize("chromium_page", [{"width": 390, "height": 1400}], indirect=True)
def test_on_a_phone_the_bar_numbers_are_as_high_as_a_finger(page: Any, screenshots: Path) -> None:
    assert page.locator(f"{PLAYER} .axis").bounding_box()["height"] >= 44
    drag(page, 4 * BEAT_S + 0.2, 6 * BEAT_S - 0.2)
    page.locator(PLAYER).get_by_role("button", name="Keys").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=screenshots / "player_loop_390.png", full_page=True)
