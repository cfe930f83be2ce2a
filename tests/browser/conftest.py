"""A real Chromium and a real server: fixtures of all browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
_HOSTS = ("127.0.0.1", "localhost")


def _chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the session; tests are skipped where there is none, unless CI=true."""
    path = _chromium_path()
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium on this machine: install the system's chromium package")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The ignored folder where tests leave pictures for people to look at."""
    folder = ROOT / ".screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def chromium_page(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page in a fresh context, 1440 x 900 and light unless the parameter (dark, width, height) says otherwise.

    `page.outside` lists requests that would leave this machine and `page.errors` uncaught errors; at the end both must
    be empty.
    """
    wish = getattr(request, "param", {})
    context = chromium.new_context(
        viewport={"width": wish.get("width", 1440), "height": wish.get("height", 900)},
        color_scheme="dark" if wish.get("dark") else "light",
        device_scale_factor=2 if wish.get("width", 1440) < 500 else 1,
        accept_downloads=True,
    )
    page = context.new_page()
    page.outside, page.errors = [], []
    page.on("request", lambda sent: page.outside.append(sent.url) if _leaves(sent.url) else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()
    assert not page.outside, f"requests left the machine: {page.outside}"
    assert not page.errors, f"errors on the page: {page.errors}"


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _HOSTS


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """`serve(script, env)` starts a Streamlit script on a free port once and returns its address."""
    running: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[subprocess.Popen[bytes], str]] = {}

    def start(script: str | Path, env: dict[str, str] | None = None) -> str:
        key = (str(script), tuple(sorted((env or {}).items())))
        if key not in running:
            running[key] = _start(Path(script), {"COMPOSER_HOME": str(tmp_path_factory.mktemp("home")), **(env or {})})
        return running[key][1]

    yield start
    for process, _ in running.values():
        process.terminate()
    for process, _ in running.values():
        process.wait(10)


def _start(script: Path, env: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags]
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": python_path, **env})
    _wait(process, f"http://127.0.0.1:{port}/_stcore/health")
    return process, f"http://127.0.0.1:{port}"


def _wait(process: subprocess.Popen[bytes], health: str, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped while starting"
        try:
            with urllib.request.urlopen(health, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {health} within {seconds} s")
