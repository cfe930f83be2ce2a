"""How soon another instrument is there to be heard, and what travels for it, in a real Chromium."""

from __future__ import annotations

from typing import Any

import numpy as np

from composer.evaluation.bench_page import Row
from composer.evaluation.player_taps import PLAYER, SOUND_FILE, press

PART = "Alto"
OTHERS = ("Violin", "Piano", "Trumpet", "Choir", "Harp", "Bassoon", "Viola", "Guitar", "Flute", "Cello")
_SETTLING_MS = 400

# Tells when the wish was made (the Enter that takes the instrument from the list) and when the row of the part shows
# it: while the music plays that is as soon as the new stem is decoded and about to sound.
_WATCH = """
(player, part) => {
  window.swapped = new Promise((done) => {
    let chosen = null;
    const note = ({ key, timeStamp }) => key === "Enter" && (chosen = timeStamp);
    window.addEventListener("keydown", note, { capture: true, once: true });
    const rows = [...player.querySelectorAll(".parts li")];
    const row = rows.find((row) => row.querySelector("strong").textContent === part);
    new MutationObserver((_, observer) => {
      observer.disconnect();
      done({ ms: performance.now() - chosen, playing: player.dataset.state === "playing" });
    }).observe(row.querySelector(".instrument"), { childList: true, characterData: true, subtree: true });
  });
}
"""


def measure_swaps(page: Any) -> list[Row]:
    """Milliseconds from the choice of an instrument to its sound, while four parts play; new ones, and back again."""
    row = page.locator(f"{PLAYER} .parts li").filter(has_text=PART)
    home = row.locator(".instrument").text_content()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if SOUND_FILE.match(request.url) else None)
    press(page, "Repeat")
    press(page, "Play")
    there, back = [], []
    for name in OTHERS:
        there.append(choose_instrument(page, PART, name))
        back.append(choose_instrument(page, PART, home))
    took, returned = (np.array([swap["ms"] for swap in swaps]) for swaps in (there, back))
    stopped = sum(not swap["playing"] for swap in (*there, *back))
    what = "Another instrument to its sound, 4 parts, 16 bars, playing (median)"
    return [
        (what, float(np.median(took)), "ms", "at most 400"),
        (f"... slowest of {len(took)}", float(took.max()), "ms", ""),
        ("... and back again (median)", float(np.median(returned)), "ms", "at most 400"),
        ("... sound files sent for each", len(fetched) / len(OTHERS), "", "1"),
        ("... times that the music stopped", float(stopped), "", "0"),
    ]


def choose_instrument(page: Any, part: str, name: str) -> dict[str, Any]:
    """Choose an instrument by keyboard and wait until the player has it.

    What comes back tells how long that took (`ms`) and whether the music went on (`playing`).
    """
    box = page.get_by_role("combobox", name=part)
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    page.locator(PLAYER).evaluate(_WATCH, part)
    box.press("Enter")
    swap: dict[str, Any] = page.evaluate("window.swapped")
    page.wait_for_timeout(_SETTLING_MS)
    return swap
