"""Whether stems stay in step, how soon one is muted, and whether the playhead is where the music is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from composer.evaluation.bench_page import Row
from composer.evaluation.bench_swap import OTHERS, PART, choose_instrument
from composer.evaluation.player_taps import PLAYER, listen, music_time, press, rows_of, silence_ms, spread_ms

_LISTENING_MS = 2000
_MUTES = 10
_ONE_IN = 8
"""One in how many blocks is compared: each 23 ms."""
_RERUN_S = 4
"""How often the page is run again while the playhead is watched."""

# Whenever the playhead is drawn, for so many seconds: where it is, in px, and where the music is that is heard. That is
# told by any block that the tap has heard, and by how long ago on the audio clock.
_WATCH_HEAD = """
(player, seconds) => new Promise((done) => {
  const head = player.querySelector(".head");
  const { rows } = window.taps.find(({ kind }) => kind === "source");
  const seen = [];
  const observer = new MutationObserver(() => {
    const { currentTime, sampleRate } = window.tapped;
    const [frame, code] = rows.at(-1);
    const heard = currentTime - window.heardLater();
    seen.push([new DOMMatrix(head.style.transform).e, code, heard - frame / sampleRate]);
  });
  observer.observe(head, { attributes: true, attributeFilter: ["style"] });
  setTimeout(() => (observer.disconnect(), done(seen)), 1000 * seconds);
})
"""

# When each click on the player was made, on the audio clock.
_WATCH_CLICKS = """
(player) => {
  window.clicks = [];
  const made = (event) => window.tapped.currentTime - (performance.now() - event.timeStamp) / 1000;
  player.addEventListener("click", (event) => window.clicks.push(made(event)), true);
}
"""


def measure_step(page: Any) -> list[Row]:
    """How far stems with a time code are apart: at first, after a click into the roll, repeating, after a change."""
    sheet = page.locator(f"{PLAYER} .sheet")
    listen(page, source=_ONE_IN)
    press(page, "Play")
    found = [("Stems are apart, from the start", _spread(page))]
    sheet.click(position={"x": 300, "y": 100})
    found.append(("... after a click into the roll", _spread(page)))
    for key in ("[", "ArrowRight", "]"):
        sheet.press(key)
    found.append(("... while a beat repeats", _spread(page)))
    sheet.press("l")
    found.append(("... after another instrument joined in", _spread_after_swap(page)))
    press(page, "Pause")
    return [(what, ms, "ms", "at most 1") for what, ms in found]


def _spread(page: Any) -> float:
    """How far the four stems that began last are apart in the next seconds."""
    page.wait_for_timeout(_LISTENING_MS)
    return spread_ms(rows_of(page, "source")[-4:])


def _spread_after_swap(page: Any) -> float:
    """All four stems begin together; then one of them is exchanged, and the new one is beside the other three."""
    listen(page, source=_ONE_IN)
    page.locator(f"{PLAYER} .sheet").press("Home")
    choose_instrument(page, PART, OTHERS[0])
    page.wait_for_timeout(_LISTENING_MS)
    melody, _, tenor, bass, alto = rows_of(page, "source")
    return spread_ms([melody, alto, tenor, bass])


def measure_mute(page: Any) -> list[Row]:
    """Milliseconds from clicks on Mute until the stem is 60 dB softer in what is sent out."""
    page.locator(PLAYER).evaluate(_WATCH_CLICKS)
    later_ms, rate = page.evaluate("[1000 * window.heardLater(), window.tapped.sampleRate]")
    spent = []
    for _ in range(_MUTES):
        listen(page, fader=1)
        press(page, "Back to the start")
        press(page, "Play")
        page.wait_for_timeout(400)
        page.evaluate("window.clicks.length = 0")
        press(page, f"Mute {PART}")
        page.wait_for_timeout(300)
        clicked_s = page.evaluate("window.clicks[0]")
        spent.append(silence_ms(rows_of(page, "fader")[1], clicked_s, rate))
        press(page, f"Mute {PART}")
        press(page, "Pause")
    what = f"Click on Mute to silence, without the room's echo: slowest of {_MUTES}"
    return [
        (what, max(spent), "ms", "at most 50"),
        ("... median", float(np.median(spent)), "ms", ""),
        ("... and this browser's way to the loudspeaker", later_ms, "ms", ""),
    ]


def measure_playhead(page: Any, seconds: float) -> list[Row]:
    """How far the playhead that is seen is from the music that is heard, on a page that is run again all the time."""
    scale = _head_scale(page)
    listen(page, source=16)
    press(page, "Play")
    page.wait_for_timeout(500)
    page.locator(PLAYER).evaluate(f"(player, s) => {{ window.watched = ({_WATCH_HEAD})(player, s); }}", seconds)
    box = page.locator(".st-key-studio-seed input")
    for seed in range(int(seconds / _RERUN_S)):
        box.fill(str(100 + seed))
        box.press("Enter")
        page.wait_for_timeout(1000 * _RERUN_S)
    apart = apart_ms(page.evaluate("window.watched"), *scale)
    what = f"Playhead from the audio clock in {seconds:.0f} s: farthest of {len(apart)} frames"
    return [
        (what, float(apart.max()), "ms", "at most 20"),
        ("... 99 of 100 frames within", float(np.quantile(apart, 0.99)), "ms", ""),
    ]


def _head_scale(page: Any) -> tuple[float, float]:
    """Where the playhead is drawn at the start, in px, and px a second."""
    sheet = page.locator(f"{PLAYER} .sheet")
    places = []
    for key in ("Home", "End"):
        sheet.press(key)
        page.wait_for_timeout(200)
        x = page.locator(f"{PLAYER} .head").evaluate("head => new DOMMatrix(getComputedStyle(head).transform).e")
        places.append((float(page.locator(PLAYER).get_attribute("data-position")), float(x)))
    sheet.press("Home")
    (start_s, start), (end_s, end) = places
    return start, (end - start) / (end_s - start_s)


def apart_ms(seen: Sequence[Sequence[float]], start: float, px_a_second: float) -> np.ndarray:
    """How far the playhead and the music are apart at each moment of `seen`, in ms, shape (moments,).

    A moment is the playhead in px, a sample of the time code, and how many seconds after it the moment is heard.
    """
    x, code, since_s = np.array(seen, float).T
    return np.asarray(1000 * np.abs((x - start) / px_a_second - (music_time(code) + since_s)))
