"""A terminal as a new person has it, to start the studio in."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_in_terminal(command: Sequence[str | Path], cwd: Path, home: Path, port: int) -> tuple[float, str]:
    """Starts the studio by `command` as a person's first command: in a pty, with a HOME (and little else) of its own.

    Returns the seconds until the studio answers on `port` and what the terminal showed, then ends it; raises
    TimeoutError, with what it showed, if there is no answer in 30 s.
    """
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm"}
    # Without a screen Streamlit takes the machine for a server and never asks; `true` is the browser it opens.
    env |= {"STREAMLIT_SERVER_HEADLESS": "false", "BROWSER": "true"}
    started, shown = time.perf_counter(), b""
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    try:
        while not (up := answers(port)) and time.perf_counter() < started + 30:
            shown += read_all(ours)
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        shown += read_all(ours)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        os.close(theirs)
    if not up:
        raise TimeoutError(shown.decode())
    return seconds, shown.decode()


def read_all(terminal: int) -> bytes:
    """What has been written to a non-blocking `terminal` since it was last read."""
    shown = b""
    with contextlib.suppress(BlockingIOError):
        while piece := os.read(terminal, 65536):
            shown += piece
    return shown


def answers(port: int) -> bool:
    """Whether a studio on `port` of this machine says that it is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
