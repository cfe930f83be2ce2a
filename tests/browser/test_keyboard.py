"""The on-screen piano in a real Chromium: it is played, it records to the millisecond, and sends its take once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.test_player import LISTEN

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "keyboard_app.py"
PIANO = ".keyboard .piano"
CODES = ["KeyZ", "KeyC", "KeyB", "KeyQ", "KeyM", "KeyX"]
PITCHES = [60, 64, 67, 72, 71, 62]

# Presses keys by script at the times that it writes down, on a page that gets to each of them 40 ms late.
PLAY = """
async (piano, codes) => {
  const times = [];
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const event = (kind, code) => new KeyboardEvent(kind, { code, key: code, bubbles: true, composed: true });
  const delay = () => { for (const end = performance.now() + 40; performance.now() < end; ); };
  window.addEventListener("keydown", delay, { capture: true });
  for (const code of codes) {
    await pause(130);
    times.push(performance.now());
    piano.dispatchEvent(event("keydown", code));
    await pause(90);
    piano.dispatchEvent(event("keyup", code));
  }
  window.removeEventListener("keydown", delay, { capture: true });
  return times;
}
"""


@pytest.fixture
def page(chromium_page: Any, serve: Callable[..., str]) -> Any:
    chromium_page.set_default_timeout(60_000)
    chromium_page.goto(serve(APP))
    chromium_page.wait_for_selector(PIANO)
    return chromium_page


def button(page: Any, name: str) -> Any:
    return page.locator(".keyboard").get_by_role("button", name=name, exact=True)


def notes(page: Any) -> int:
    return int(page.locator(".keyboard").get_attribute("data-notes"))


def record(page: Any, codes: list[str], start: str = "Record") -> list[float]:
    """Record keys without a count-in and return when they went down, in ms."""
    page.get_by_label("Count-in").uncheck()
    button(page, start).click()
    times = page.locator(PIANO).evaluate(PLAY, codes)
    button(page, "Stop").click()
    return [float(ms) for ms in times]


def use(page: Any) -> dict[str, Any]:
    """Send the take to Python and return what arrived."""
    button(page, "Use this melody").click()
    page.get_by_test_id("stText").wait_for()
    return dict(json.loads(page.get_by_test_id("stText").text_content()))


def test_a_take_is_recorded_to_the_millisecond_and_sent_once(page: Any, record_property: Any) -> None:
    times = record(page, CODES)
    assert notes(page) == len(CODES)
    arrived = use(page)
    onsets, durations, pitches, velocities = np.array(arrived["events"]).T
    errors_ms = np.abs(1000 * (onsets - onsets[0]) - (np.array(times) - times[0]))
    record_property("largest_onset_error_ms", float(errors_ms.max()))
    print(f"largest onset error: {errors_ms.max():.2f} ms")
    assert errors_ms.max() <= 5
    assert pitches.tolist() == PITCHES and (durations > 0.08).all() and (velocities == 84).all()
    assert arrived["messages"] == 1


def test_a_key_sounds_until_it_is_let_go(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.add_init_script(LISTEN)
    page.goto(serve(APP))
    page.locator(PIANO).focus()
    page.keyboard.down("q")
    page.wait_for_timeout(500)
    loud = page.evaluate("loudness()")
    page.keyboard.up("q")
    page.wait_for_timeout(2000)
    assert loud > 0.01 and page.evaluate("loudness()") < 0.05 * loud


def test_overdubs_add_and_undo_takes_them_back_one_by_one(page: Any) -> None:
    record(page, CODES[:3])
    record(page, CODES[:2], "Add")
    assert notes(page) == 5
    record(page, CODES[:1])
    assert notes(page) == 1
    for left in (5, 3, 0):
        button(page, "Undo").click()
        assert notes(page) == left
    assert button(page, "Use this melody").is_disabled() and button(page, "Undo").is_disabled()


def test_the_mouse_plays_and_a_reload_keeps_the_take(page: Any) -> None:
    page.get_by_label("Count-in").uncheck()
    button(page, "Record").click()
    for name in ("C4", "E4", "G4"):
        page.get_by_role("button", name=f"{name}, key").click(delay=80, position={"x": 10, "y": 100})
    page.locator(PIANO).press("Space")
    assert notes(page) == 3
    page.reload()
    page.wait_for_selector(PIANO)
    assert notes(page) == 3
    assert [round(row[2]) for row in use(page)["events"]] == [60, 64, 67]


def test_letters_play_only_while_the_piano_has_the_focus(page: Any) -> None:
    page.get_by_label("Count-in").uncheck()
    button(page, "Record").click()
    page.locator(PIANO).press("z")
    page.get_by_label("Name").click()
    page.keyboard.type("zxc")
    assert page.get_by_label("Name").input_value() == "zxc"
    button(page, "Stop").click()
    page.keyboard.press("x")
    assert notes(page) == 1


def test_a_click_on_stop_ends_a_note_that_is_still_held(page: Any) -> None:
    page.get_by_label("Count-in").uncheck()
    button(page, "Record").click()
    page.locator(PIANO).focus()
    page.keyboard.down("z")
    page.wait_for_timeout(100)
    button(page, "Stop").click()
    assert page.locator(".keyboard").get_attribute("data-state") == "idle" and notes(page) == 1


# A MIDI keyboard as a browser tells of it; `play` sends it a message.
MIDI = """
const input = { name: "Pretended keys" };
navigator.requestMIDIAccess = async () => ({ inputs: new Map([["1", input]]) });
window.play = (...data) => input.onmidimessage({ data, timeStamp: performance.now() });
"""


def test_a_midi_keyboard_plays_as_hard_as_it_is_struck(chromium_page: Any, serve: Callable[..., str]) -> None:
    page = chromium_page
    page.add_init_script(MIDI)
    page.goto(serve(APP))
    page.get_by_label("Count-in").uncheck()
    button(page, "Connect a MIDI keyboard").click()
    page.get_by_text("Listening to Pretended keys.").wait_for()
    button(page, "Record").click()
    for message in ((0x90, 65, 101), (0x90, 65, 0), (0x90, 69, 33), (0x80, 69, 0)):
        page.evaluate("message => play(...message)", message)
    button(page, "Stop").click()
    assert [row[2:] for row in use(page)["events"]] == [[65, 101], [69, 33]]


def test_a_browser_without_midi_says_so(chromium_page: Any, serve: Callable[..., str]) -> None:
    chromium_page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'requestMIDIAccess', { value: undefined });"
    )
    chromium_page.goto(serve(APP))
    chromium_page.get_by_text("This browser can't listen to MIDI keyboards").wait_for()
    assert button(chromium_page, "Connect a MIDI keyboard").count() == 0


def test_a_count_in_gives_a_bar_of_time(page: Any) -> None:
    page.get_by_label("Tempo").fill("240")
    page.get_by_label("Tempo").press("Enter")
    button(page, "Record").click()
    page.get_by_text("Count-in …").wait_for()
    page.get_by_text("Recording.").wait_for()
    page.locator(PIANO).press("z")
    page.locator(PIANO).press("Space")
    [row] = use(page)["events"]
    assert row[0] > -0.2


@pytest.mark.parametrize(
    "chromium_page",
    [{"width": w, "height": h, "dark": dark} for w, h in ((1440, 900), (390, 1200)) for dark in (False, True)],
    indirect=True,
    ids=["1440-light", "1440-dark", "390-light", "390-dark"],
)
def test_it_fits_the_window_and_fingers(page: Any, screenshots: Path) -> None:
    width = page.viewport_size["width"]
    sizes = page.locator(".keyboard button").evaluate_all("all => all.map(b => b.getBoundingClientRect().toJSON())")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(size["width"] >= 43.9 and size["height"] >= 43.9 for size in sizes)
    assert all(size["right"] <= width for size in sizes)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.screenshot(path=screenshots / f"keyboard_{width}_{'dark' if dark else 'light'}.png", full_page=True)
