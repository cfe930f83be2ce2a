"""`composer studio`: the app in the browser, on this machine only."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence

from composer.paths import app_root


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer studio`."""
    parser.add_argument("--port", type=int, default=8501, metavar="N", help="of the address 127.0.0.1:N (default 8501)")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser window")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve the studio until it is stopped; the exit code is the server's.

    It runs in the app's own folder, where its settings lie, and what matters of them is said here again: it listens on
    this machine only, asks for no address of a person, and reports nothing to anyone. With Streamlit's own welcome its
    pages would also advertise tools for programmers to whoever has some in their home folder.
    """
    options = {
        "server.address": "127.0.0.1",
        "server.port": chosen.port,
        "server.headless": str(chosen.no_browser).lower(),
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "logger.hideWelcomeMessage": "true",
    }
    print(f"The studio is at http://127.0.0.1:{chosen.port} (Ctrl-C closes it).", flush=True)
    entry = app_root() / "streamlit_app.py"
    flags = [f"--{name}={value}" for name, value in options.items()]
    server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(entry), *flags], cwd=app_root())
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        return server.wait()
    except KeyboardInterrupt:  # the terminal sent it to the server too
        return server.wait()
