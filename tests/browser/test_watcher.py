"""A page that is kept open without a browser: the server runs it, and its fragments whenever they are due."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PAGE = """
import os
import streamlit as st

def tick():
    with open(os.environ["TICKS"], "a") as file:
        file.write(st.query_params["who"] + "\\n")

st.fragment(tick, run_every=0.2)()
"""


def test_fragments_run_when_they_are_due(serve: Callable[..., str], tmp_path: Path) -> None:
    script, ticks = tmp_path / "page.py", tmp_path / "ticks"
    script.write_text(PAGE, encoding="utf-8")
    address = serve(script, {"TICKS": str(ticks)})
    assert not ticks.exists()  # nobody looks
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    watcher = subprocess.Popen([sys.executable, "-m", "composer.ui.watcher", stream, "", "who=me"])
    try:
        for _ in range(200):
            if ticks.exists() and ticks.read_text().count("me\n") >= 5:
                break
            time.sleep(0.1)
        assert watcher.poll() is None
        assert ticks.read_text().count("me\n") >= 5
    finally:
        watcher.kill()
        watcher.wait()
