"""A melody that is sung: a recording or a file is heard, shown, put right and used; what can't be used is told."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from composer.evaluation.singer import RATE, VOICES, sing
from composer.music.audio import mp3_bytes, wav_bytes
from composer.music.notation import parse_tune

TUNE = "tempo: 90\n\nC4 D E F | G A G:2"


def card() -> None:
    """A page with the melody card alone, to which notes may arrive from its roll."""
    import numpy as np
    import streamlit as st

    from composer.ui.melody_card import melody_card
    from composer.ui.opening import begin
    from composer.ui.roll_editor import Edit
    from composer.ui.singing_roll import take_edit

    begin()
    st.session_state.setdefault("studio.way", "Sing")
    if "arrives" in st.session_state:
        take_edit(Edit(np.array(st.session_state.pop("arrives"), np.int32).reshape(-1, 4), "Drew notes"))
    melody_card()


@cache
def recording() -> np.ndarray:
    return sing(parse_tune(TUNE), VOICES[1], np.random.default_rng(0))[0]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return clean(AppTest.from_function(card, default_timeout=60).run())


def clean(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def record(page: AppTest, file: bytes) -> AppTest:
    return clean(page.audio_input[0].set_value(("a.wav", file, "audio/wav")).run())


def use(page: AppTest) -> Any:
    clean(page.button(key="sing_use").click().run())
    return page.session_state["studio.melody"]


def test_a_recording_is_heard_and_becomes_the_melody_when_it_is_wished(page: AppTest) -> None:
    record(page, wav_bytes(recording(), RATE))
    bpm = re.search(r"7 notes, .* about (\d+) beats a minute", words(page))
    assert bpm is not None and 85 <= int(bpm[1]) <= 95
    assert page.session_state["studio.melody"].name == "Evening Walk"
    melody = use(page)
    assert melody.name == "Sung tune" and len(melody.grid.notes) == 7 and melody.bars == 2


def test_it_is_heard_otherwise_as_the_person_says(page: AppTest) -> None:
    record(page, wav_bytes(recording(), RATE))
    before = use(page).grid.notes["pitch"]
    page.number_input(key="studio.sing.octaves").set_value(1)
    page.number_input(key="studio.sing.bpm").set_value(120)
    clean(page.selectbox(key="studio.sing.meter").select("3/4").run())
    assert "· 120 beats a minute" in words(page)
    melody = use(page)
    assert melody.grid.notes["pitch"].tolist() == (before + 12).tolist()
    assert melody.bpm == 120 and melody.grid.meter.numerator == 3


def test_what_was_misheard_is_put_right_on_the_roll_before_it_is_used(page: AppTest) -> None:
    record(page, wav_bytes(recording(), RATE))
    page.session_state["arrives"] = [0, 0, 12, 72, 0, 12, 12, 74]
    clean(page.run())
    assert page.session_state["studio.melody"].name == "Evening Walk"
    melody = use(page)
    assert melody.name == "Sung tune, edited" and melody.grid.notes["pitch"].tolist() == [72, 74]


def test_an_emptied_roll_is_told_and_the_melody_stays(page: AppTest) -> None:
    record(page, wav_bytes(recording(), RATE))
    page.session_state["arrives"] = []
    clean(page.run())
    assert use(page).name == "Evening Walk"
    assert "Nothing is drawn yet" in page.error[0].value


def test_other_notes_that_are_heard_forget_what_was_put_right(page: AppTest) -> None:
    record(page, wav_bytes(recording(), RATE))
    page.session_state["arrives"] = [0, 0, 12, 72]
    clean(page.run())
    clean(page.number_input(key="studio.sing.octaves").set_value(1).run())
    assert len(use(page).grid.notes) == 7


def test_a_sound_file_is_heard_as_well_and_forgotten_when_it_is_taken_away(page: AppTest) -> None:
    clean(page.file_uploader[0].set_value(("hum.mp3", mp3_bytes(recording(), RATE), "audio/mpeg")).run())
    assert "7 notes, " in words(page)
    clean(page.file_uploader[0].set_value(None).run())
    assert "notes, " not in words(page) and not page.error


def test_what_cannot_be_heard_is_told_until_something_else_comes(page: AppTest) -> None:
    record(page, wav_bytes(np.zeros(RATE, np.float32), RATE))
    assert "only silence" in page.error[0].value
    assert page.session_state["studio.melody"].name == "Evening Walk"
    record(page, wav_bytes(recording(), RATE))
    assert not page.error and "7 notes, " in words(page)
