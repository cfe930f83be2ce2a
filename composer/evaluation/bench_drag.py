"""How smoothly notes follow the pointer in the roll editor, in a real Chromium that draws without a graphics card."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.evaluation.bench import Result, Subject
from composer.evaluation.bench_page import PATIENCE_MS, Row, chromium, serve
from composer.evaluation.intervals import Figure

NOTES = 1_000
_SECONDS = 3.0
_WARM_UP_MS = 1500
_EDITOR = ".editor[data-notes]"
# The editor alone on a page, with four parts of a made-up piece.
_PAGE = f"""
import numpy as np
import streamlit as st
from composer.music.pianoroll import Pianoroll
from composer.ui.roll_editor import EditorPart, roll_editor

st.set_page_config(layout="wide")
number = np.arange({NOTES})
onset, part = number // 4 * 6, number % 4
pitch = np.array([74, 67, 60, 48])[part] + np.random.default_rng(0).integers(-4, 5, {NOTES})
notes = np.stack([part, onset, np.full({NOTES}, 6), pitch], axis=1)
roll = st.session_state.setdefault("roll", Pianoroll(notes, 4, 32 * 48 + 48))
parts = [EditorPart(name, place) for place, name in enumerate(("Soprano", "Alto", "Tenor", "Bass"))]
roll_editor(roll, parts, "editor", lambda edit: None, height=480)
"""
# Where the first note of the first part lies, and then what a frame took each time, told by the browser's own clock.
_FIRST_NOTE = """editor => {
  const { sheet, notes } = editor.getRootNode().composerEditor;
  const [note] = notes.rows.filter(({ part }) => part === 0).slice(8);
  const { left, top } = sheet.scroller.getBoundingClientRect();
  return [left + sheet.x(note.onset + note.length / 3), top + sheet.rowTop(sheet.rows.of(note)) + sheet.row / 2];
}"""
_WATCH = """() => {
  window.dragged = [];
  const frame = (now) => window.dragged && (window.dragged.push(now), requestAnimationFrame(frame));
  requestAnimationFrame(frame);
}"""
_TOLD = "() => { const times = window.dragged; window.dragged = null; return times; }"


def measure_drag() -> list[Row]:
    """Frames a second while one note, and then all of NOTES notes, are dragged about for three seconds.

    The whole roll is in the window, which is the hardest case. Raises BadInput where there is no Chromium or no
    Playwright, and AssertionError where the page writes to the server before a drag has ended.
    """
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "page.py"
        script.write_text(_PAGE, encoding="utf-8")
        with serve(home, script) as (_, address), chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sent: list[str] = []
            page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("a message")))
            page.goto(address)
            editor = page.locator(_EDITOR)
            editor.wait_for(timeout=PATIENCE_MS)
            for _ in range(6):
                editor.get_by_role("button", name="Zoom out").click()
            page.wait_for_timeout(_WARM_UP_MS)
            one = _drag(page, sent)
            page.keyboard.press("Control+a")
            every = _drag(page, sent)
    return [*_rows("one note", one), *_rows(f"all {NOTES:,} notes", every)]


def drag(subject: Subject) -> list[Result]:
    """Frames a second while notes are dragged in the roll editor; see `measure_drag`. It needs no model."""
    return [Result(what, Figure(value), unit, beside) for what, value, unit, beside in measure_drag()]


def _drag(page: Any, sent: list[str]) -> NDArray[np.float64]:
    """Milliseconds between frames while the first note is taken round and round; what is left is taken back."""
    x, y = page.locator(_EDITOR).evaluate(_FIRST_NOTE)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 12)
    page.wait_for_timeout(300)
    sent.clear()
    page.evaluate(_WATCH)
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < _SECONDS:
        page.mouse.move(x + 200 + 180 * np.sin(4 * spent), y + 40 * np.sin(5 * spent))
        time.sleep(0.008)  # a mouse tells of itself some hundred times a second
    times = np.array(page.evaluate(_TOLD))
    assert not sent, f"{len(sent)} messages went to the server during a drag"
    page.mouse.move(x, y)
    page.mouse.up()
    page.wait_for_timeout(1000)
    return np.diff(times)


def _rows(what: str, frames_ms: NDArray[np.float64]) -> list[Row]:
    median, slow = (float(np.percentile(frames_ms, percent)) for percent in (50, 95))
    return [
        (f"Dragging {what}: time between frames (median)", median, "ms", "at most 16.8, 60 frames a second"),
        ("... 95 % of frames within", slow, "ms", "at most 20"),
        ("... frames a second, of the slowest 5 %", 1000 / slow, "", "at least 50"),
        ("... longest frame", float(frames_ms.max()), "ms", ""),
    ]
