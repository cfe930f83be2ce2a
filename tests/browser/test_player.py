"""The player in a real Chromium: it plays, its clock moves, and every control does what it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "player_app.py"
PLAYER = ".player:not(.compact)"

# Taps what the player sends to the loudspeaker, so that a test can ask how loud it is.
LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    window.tap ??= new AnalyserNode(this.context, { fftSize: 8192 });
    connect.call(this, window.tap);
  }
  return connect.call(this, to, ...rest);
};
window.loudness = () => {
  const samples = new Float32Array(8192);
  window.tap.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
};
"""


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str]) -> Any:
    chromium_page.add_init_script(LISTEN)
    chromium_page.goto(serve(APP))
    chromium_page.wait_for_selector(f"{PLAYER}[data-state=paused]", timeout=30_000)
    chromium_page.wait_for_selector(".player.compact[data-state=paused]")
    return chromium_page


def position(page: Any, player: str = PLAYER) -> float:
    return float(page.locator(player).get_attribute("data-position"))


def state(page: Any, player: str = PLAYER) -> str:
    return str(page.locator(player).get_attribute("data-state"))


def head_left(page: Any) -> float:
    return float(page.locator(f"{PLAYER} .head").bounding_box()["x"])


def button(page: Any, name: str) -> Any:
    return page.locator(PLAYER).get_by_role("button", name=name, exact=True)


def test_play_moves_the_clock_and_the_playhead_in_step(page: Any) -> None:
    button(page, "Play").click()
    page.wait_for_timeout(400)
    start, left, began = position(page), head_left(page), page.evaluate("performance.now()")
    page.wait_for_timeout(1500)
    moved, went = position(page) - start, head_left(page) - left
    elapsed = (page.evaluate("performance.now()") - began) / 1000
    assert state(page) == "playing"
    assert moved == pytest.approx(elapsed, abs=0.25)
    sheet = page.locator(f"{PLAYER} .sheet").bounding_box()["width"]
    music = float(page.locator(f"{PLAYER} .sheet").get_attribute("aria-valuemax"))
    assert went == pytest.approx(moved / music * sheet, rel=0.25)
    button(page, "Pause").click()
    stopped = position(page)
    page.wait_for_timeout(300)
    assert state(page) == "paused" and position(page) == stopped


def test_sound_comes_out_and_mute_and_solo_silence_it(page: Any) -> None:
    button(page, "Play").click()
    page.wait_for_timeout(700)
    loud = page.evaluate("loudness()")
    assert loud > 0.01
    for part in ("Soprano", "Alto", "Tenor", "Bass"):
        button(page, f"Mute {part}").click()
    assert button(page, "Mute Alto").get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(1800)
    assert page.evaluate("loudness()") < 0.02 * loud
    button(page, "Solo Bass").click()
    page.wait_for_timeout(500)
    assert page.evaluate("loudness()") > 0.1 * loud


def test_the_volume_slider_turns_a_part_down(page: Any) -> None:
    button(page, "Solo Soprano").click()
    button(page, "Play").click()
    page.wait_for_timeout(700)
    loud = page.evaluate("loudness()")
    page.get_by_label("Volume of Soprano").fill("10")
    page.wait_for_timeout(1800)
    assert page.evaluate("loudness()") < 0.1 * loud


def test_a_click_on_the_roll_seeks_while_paused_and_while_playing(page: Any) -> None:
    sheet = page.locator(f"{PLAYER} .sheet")
    box = sheet.bounding_box()
    music = float(sheet.get_attribute("aria-valuemax"))
    sheet.click(position={"x": box["width"] / 2, "y": 100})
    assert position(page) == pytest.approx(music / 2, abs=0.2) and state(page) == "paused"
    button(page, "Play").click()
    page.wait_for_timeout(300)
    sheet.click(position={"x": box["width"] / 4, "y": 100})
    page.wait_for_timeout(300)
    assert state(page) == "playing"
    assert music / 4 - 0.2 < position(page) < music / 4 + 1.5
    button(page, "Back to the start").click()
    assert position(page) < 0.5


def test_arrows_move_by_a_beat(page: Any) -> None:
    page.locator(f"{PLAYER} .sheet").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert position(page) == pytest.approx(1.2, abs=0.01)  # two beats at 100 a minute
    page.keyboard.press("ArrowLeft")
    assert position(page) == pytest.approx(0.6, abs=0.01)
    page.keyboard.press("End")
    assert position(page) == pytest.approx(30 * 0.6, abs=0.1)


def test_space_plays_anywhere_but_in_a_text_field(page: Any) -> None:
    page.locator("body").press("Space")
    page.wait_for_timeout(200)
    assert state(page) == "playing"
    page.get_by_label("Name").click()
    page.keyboard.type("a b")
    assert state(page) == "playing" and page.get_by_label("Name").input_value() == "a b"
    page.locator(f"{PLAYER} .sheet").focus()
    page.keyboard.press("Space")
    assert state(page) == "paused"


def test_another_take_keeps_the_place_the_mixer_and_the_playing(page: Any) -> None:
    button(page, "Mute Tenor").click()
    button(page, "Play").click()
    page.wait_for_timeout(900)
    before = position(page)
    rolls = page.locator(f"{PLAYER} .unseen")
    first = rolls.text_content()
    page.get_by_role("radiogroup").get_by_text("2", exact=True).click()
    deadline = time.monotonic() + 15
    while rolls.text_content() == first:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    assert state(page) == "playing" and position(page) > before + 0.8
    assert button(page, "Mute Tenor").get_attribute("aria-pressed") == "true"


def test_a_rerun_with_the_same_music_does_not_disturb(page: Any) -> None:
    button(page, "Play").click()
    page.wait_for_timeout(300)
    page.locator(f"{PLAYER} .sheet").evaluate("node => (node.marked = true)")
    page.get_by_label("Name").fill("someone")
    page.get_by_label("Name").press("Enter")
    page.wait_for_timeout(800)
    assert state(page) == "playing" and position(page) > 0.9
    assert page.locator(f"{PLAYER} .sheet").evaluate("node => node.marked === true")


def test_one_player_at_a_time(page: Any) -> None:
    button(page, "Play").click()
    page.wait_for_timeout(200)
    page.locator(".player.compact .play").click()
    page.wait_for_timeout(300)
    assert state(page) == "paused" and state(page, ".player.compact") == "playing"


def test_at_the_end_it_goes_back_to_the_start_or_repeats(page: Any) -> None:
    page.locator(f"{PLAYER} .sheet").focus()
    page.keyboard.press("End")
    button(page, "Play").click()
    page.locator(f"{PLAYER}[data-state=paused]").wait_for(timeout=5000)
    assert position(page) == 0
    button(page, "Repeat").click()
    page.locator(f"{PLAYER} .sheet").focus()
    page.keyboard.press("End")
    button(page, "Play").click()
    page.wait_for_timeout(2000)
    assert state(page) == "playing" and 0 < position(page) < 5


def test_parts_are_told_in_words(page: Any) -> None:
    words = page.locator(f"{PLAYER} .unseen").text_content()
    assert "Soprano: 30 notes, C♯5 to B5." in words and "Bass: 30 notes, C♯3 to A3." in words
    described_by = page.locator(f"{PLAYER} .sheet").get_attribute("aria-describedby")
    assert page.locator(f"{PLAYER} #{described_by}").text_content() == words


@pytest.mark.parametrize("chromium_page", [{"width": 390, "height": 1200}], indirect=True)
def test_long_music_scrolls_under_the_playhead(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.goto(serve(APP) + "?times=5")
    page.wait_for_selector(f"{PLAYER}[data-state=paused]", timeout=30_000)
    scroller = page.locator(f"{PLAYER} .scroller")
    assert scroller.evaluate("node => node.scrollWidth > 3 * node.clientWidth")
    box = scroller.bounding_box()
    page.locator(f"{PLAYER} .sheet").click(position={"x": box["width"] - 25, "y": 100})
    button(page, "Play").click()
    page.wait_for_timeout(2500)
    assert scroller.evaluate("node => node.scrollLeft") > 100
    assert box["x"] <= head_left(page) <= box["x"] + box["width"]


@pytest.mark.parametrize(
    "chromium_page",
    [{"width": w, "height": h, "dark": dark} for w, h in ((1440, 900), (390, 1200)) for dark in (False, True)],
    indirect=True,
    ids=["1440-light", "1440-dark", "390-light", "390-dark"],
)
def test_it_fits_the_window_and_fingers(page: Any, screenshots: Path) -> None:
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.locator(f"{PLAYER} button").evaluate_all("all => all.map(b => b.getBoundingClientRect().toJSON())")
    assert all(size["width"] >= 44 and size["height"] >= 44 for size in sizes)
    assert all(size["right"] <= width for size in sizes)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.locator(PLAYER).get_attribute("data-theme") == ("dark" if dark else "light")
    page.screenshot(path=screenshots / f"player_{width}_{'dark' if dark else 'light'}.png")
