"""The first page shows and plays music before torch is there."""

from __future__ import annotations

import subprocess
import sys

FIRST_PAGE = """
import sys
from streamlit.testing.v1 import AppTest

page = AppTest.from_string('''
from composer.ui.listen_card import listen_card
from composer.ui.melody_card import melody_card
from composer.ui.opening import begin
begin()
melody_card()
listen_card()
''', default_timeout=60).run()
assert not page.exception, page.exception
assert page.session_state["studio.result"].takes
print("loaded" if "torch" in sys.modules else "not loaded")
"""


def test_the_first_music_does_not_wait_for_torch() -> None:
    found = subprocess.run([sys.executable, "-c", FIRST_PAGE], capture_output=True, text=True, timeout=120, check=False)
    # What pyfluidsynth prints as it looks for its library comes before it.
    assert found.stdout.splitlines()[-1:] == ["not loaded"], found.stderr[-2000:]
