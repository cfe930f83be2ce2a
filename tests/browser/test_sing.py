"""Singing in a real Chromium, whose microphone plays a file: it is recorded, heard, and becomes the melody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.evaluation.singer import RATE, VOICES, sing
from composer.music.audio import wav_bytes
from composer.music.notation import parse_tune
from tests.browser.conftest import _FLAGS, _chromium_path

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "sing_app.py"


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """A page whose microphone hears a woman sing three notes."""
    audio, _ = sing(parse_tune("tempo: 75\n\nC4 E G"), VOICES[1], np.random.default_rng(0))
    (tmp_path / "voice.wav").write_bytes(wav_bytes(audio, RATE))
    pretended = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'voice.wav'}",
    ]
    browser = chromium.browser_type.launch(executable_path=_chromium_path(), args=[*_FLAGS, *pretended])
    yield browser.new_page()
    browser.close()


def test_what_the_microphone_hears_becomes_the_melody(page: Any, serve: Callable[..., str], screenshots: Path) -> None:
    page.set_default_timeout(30_000)
    page.goto(serve(APP))
    page.get_by_role("button", name="Record").click()
    page.wait_for_timeout(3_500)
    page.get_by_role("button", name="Stop recording").click()
    page.get_by_text(re.compile(r"^\d+ notes?, .* beats a minute")).wait_for()
    page.get_by_alt_text("beats a minute").wait_for()
    page.screenshot(path=screenshots / "sing.png", full_page=True)
    page.get_by_role("button", name="Use this melody").click()
    page.get_by_text("Sung tune").wait_for()
