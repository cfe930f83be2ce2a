"""What a person waits for in the studio, timed in a real Chromium that Playwright drives (it comes with setup-dev)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from composer.algorithms.models import shipped_models
from composer.errors import BadInput
from composer.music.midi import write_midi
from composer.music.notation import parse_tune

_PLAYER = ".player:not(.compact)"
_READY = f"{_PLAYER}[data-state=paused]"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BAR = "C5 B4 A4 G4"
_TIMES = 5
PATIENCE_MS = 60_000
"""How long anything on a page is waited for."""

Row = tuple[str, float, str, str]
"""What was measured, the figure, its unit, and what it stands beside."""


def measure_page() -> list[Row]:
    """Start a server with an empty data folder, use the studio as a person does, and time what they wait for.

    Raises BadInput where there is no Chromium, no Playwright or no shipped model.
    """
    with tempfile.TemporaryDirectory() as home, serve(home) as (process, address), chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        cold = seconds(lambda: (page.goto(address), page.wait_for_selector(_READY, timeout=PATIENCE_MS)))
        _generate(page, seed=0)  # after this one torch is loaded
        fresh = [_generate(page, seed) for seed in range(1, _TIMES + 1)]
        again = [_generate(page, seed) for seed in range(1, _TIMES + 1)]
        with _peak_memory(process) as peak:
            _upload(page, write_midi(parse_tune(" | ".join([_BAR] * 64))))
            long = _generate(page, seed=9)
    return [
        ("First page with music after a cold start of the server", cold, "s", "at most 4"),
        ("Generate to playable sound, 3 takes, 8 bars (median)", float(np.median(fresh)), "s", "at most 1.5"),
        ("The same request again (median)", 1000 * float(np.median(again)), "ms", "at most 300"),
        ("Generate to playable sound, 3 takes, 64 bars", long, "s", ""),
        ("Peak memory of the app", max(peak) / 1e9, "GB", "at most 1.2"),
    ]


def _generate(page: Any, seed: int) -> float:
    """Set the seed, press Generate, and wait for the new music and its sound; seconds from the press on."""
    box = page.locator(".st-key-studio-seed input")
    box.fill(str(seed))
    box.press("Enter")
    page.wait_for_timeout(700)  # the page settles: only the press itself is timed
    music = int(page.locator(_PLAYER).get_attribute("data-music"))

    def _press() -> None:
        page.get_by_role("button", name="Generate").click()
        page.wait_for_selector(f"{_READY}[data-music='{music + 1}']", timeout=PATIENCE_MS)

    return seconds(_press)


def _upload(page: Any, midi: bytes) -> None:
    page.get_by_role("radio", name="Upload").click()
    page.locator("input[type=file]").set_input_files({"name": "long.mid", "mimeType": "audio/midi", "buffer": midi})
    page.get_by_text("64 bars").first.wait_for(timeout=PATIENCE_MS)


@contextmanager
def serve(home: str, script: Path | None = None) -> Iterator[tuple[psutil.Process, str]]:
    """The process and the address of a studio of its own, or of a page `script`, as soon as it answers at all."""
    if not shipped_models():
        raise BadInput("There is no shipped model for the studio to begin with, so its page can't be timed.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "composer", "studio", "--no-browser", "--port", str(port)]
    if script is not None:
        options = (
            f"--server.port={port}",
            "--server.address=127.0.0.1",
            "--server.headless=true",
            "--browser.gatherUsageStats=false",
        )
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    environment = os.environ | {"COMPOSER_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_port(port)
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise BadInput("The studio did not start within a minute, so its page can't be timed.")


@contextmanager
def chromium() -> Iterator[Any]:
    """The machine's Chromium; raises BadInput where it or Playwright is missing."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None or not Path(path).exists():
        raise BadInput("Timing the page needs Chromium and Playwright: run `make setup-dev` and install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def _peak_memory(process: psutil.Process) -> Iterator[list[int]]:
    """A list that fills with the resident bytes of a process and its children, looked at ten times a second."""
    sizes, over = [0], threading.Event()

    def _watch() -> None:
        while not over.wait(0.1):
            family = [process, *process.children(recursive=True)]
            sizes.append(sum(member.memory_info().rss for member in family))

    watcher = threading.Thread(target=_watch, daemon=True)
    watcher.start()
    yield sizes
    over.set()
    watcher.join()


def seconds(work: Callable[[], object]) -> float:
    """The wall time that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
