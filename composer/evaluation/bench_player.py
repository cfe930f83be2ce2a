"""The player as an instrument, measured in a real Chromium: in step, quick to mute, quick to change its instruments."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from composer.evaluation.bench import STEPS_A_BAR, Result, Subject
from composer.evaluation.bench_page import PATIENCE_MS, Row, chromium, seconds, serve
from composer.evaluation.bench_step import measure_mute, measure_playhead, measure_step
from composer.evaluation.bench_swap import measure_swaps
from composer.evaluation.intervals import Figure
from composer.evaluation.player_taps import PLAYER, SOUND_FILE, TAPS, press, time_code
from composer.music.midi import write_midi
from composer.music.notation import parse_tune
from composer.music.score import Score, Track
from composer.music.synthesis import open_synthesiser

_READY = f"{PLAYER}[data-state=paused]"
_BARS = 16
_WATCHED_BARS, WATCHED_S = 36, 60.0
"""The piece through which the playhead is watched, and for how long."""
_BAR_S = 2
_SETTLING_MS = 2000


def bench_player(subject: Subject) -> list[Result]:
    """All of `measure_player`, and how fast the stems of four parts are made."""
    rows = [*measure_player(), _synthesis(subject)]
    return [Result(what, Figure(value), unit, beside) for what, value, unit, beside in rows]


def measure_player(watched_s: float = WATCHED_S) -> list[Row]:
    """Start a server with an empty data folder, play in its studio, and listen in; the playhead for `watched_s`.

    Raises BadInput where there is no Chromium, no Playwright or no shipped model.
    """
    with tempfile.TemporaryDirectory() as home, serve(home) as (_, address), chromium() as browser:
        with _studio(browser, address, _BARS, coded=True) as page:
            rows = measure_step(page) + measure_mute(page)
        with _studio(browser, address, _WATCHED_BARS, coded=True) as page:
            rows += measure_playhead(page, watched_s)
        with _studio(browser, address, _BARS, coded=False) as page:
            rows += measure_swaps(page)
    return rows


def _synthesis(subject: Subject) -> Row:
    """Seconds of music whose stems are made in a second; a synthesiser keeps to one core."""
    synthesiser = open_synthesiser()
    piece = max(subject.dataset.split("test"), key=lambda piece: piece.steps).window(0, _BARS * STEPS_A_BAR)
    score = Score(tuple(Track(name, piece.notes(row)) for row, name in enumerate(subject.dataset.part_names)))
    length = synthesiser.render_stems(score).seconds
    spent = float(np.median([seconds(lambda: synthesiser.render_stems(score)) for _ in range(5)]))
    return f"Stems of {len(score.tracks)} parts, {length:.0f} s", length / spent, "x real time", "at least 60"


@contextmanager
def _studio(browser: Any, address: str, bars: int, coded: bool) -> Iterator[Any]:
    """A page of the studio with taps and a fresh piece of so many bars at 120; `coded` replaces stems by time codes."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(TAPS)
    if coded:
        body = time_code(_BAR_S * bars + 2)
        page.route(SOUND_FILE, lambda route: route.fulfill(body=body, content_type="audio/wav"))
    page.goto(address)
    page.wait_for_selector(_READY)
    _arrange(page, bars)
    page.get_by_text("Instruments and tempo").click()
    press(page, "Play")  # the first time: from now on there is a context, and soon a tap for it
    page.wait_for_function("window.tapReady")
    press(page, "Pause")
    yield page
    page.close()


def _arrange(page: Any, bars: int) -> None:
    """Upload a tune of so many bars and have it arranged."""
    tune = write_midi(parse_tune("tempo: 120\n" + " | ".join(["C5 B4 A4 G4"] * bars)))
    page.get_by_role("radio", name="Upload").click()
    page.locator("input[type=file]").set_input_files({"name": "t.mid", "mimeType": "audio/midi", "buffer": tune})
    page.get_by_text(f"{bars} bars").first.wait_for()
    notes = page.locator(f"{PLAYER} .unseen")
    before = notes.text_content()
    page.get_by_role("button", name="Generate").click()
    notes.filter(has_not_text=before).wait_for(state="attached")
    page.wait_for_selector(_READY)
    page.wait_for_timeout(_SETTLING_MS)
