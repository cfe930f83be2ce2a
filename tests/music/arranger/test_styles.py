"""The styles' data: every pattern can be played."""

from __future__ import annotations

import numpy as np
import pytest

from composer.music.arranger.bars import METER_STEPS
from composer.music.arranger.chords import QUALITIES, Chords
from composer.music.arranger.rhythm import parse
from composer.music.arranger.styles import KIT, STYLES, load_style
from composer.music.arranger.voicing import voice
from composer.music.score import Key


@pytest.mark.parametrize("name", STYLES)
def test_every_pattern_fills_its_bar_with_known_signs(name: str) -> None:
    style = load_style(name)
    assert set(style.parts) == {"Strings", "Piano", "Guitar", "Bass"}
    for part, about in style.parts.items():
        assert set(about.patterns) == set(METER_STEPS)
        for meter, texts in about.patterns.items():
            assert len(texts) >= 2
            for text in texts:
                signs = {sign for _, _, sign in parse(text, METER_STEPS[meter])}
                assert signs and signs <= set("R835a" if part == "Bass" else "x~u0123"), text
    for kits in (style.drums, style.fills):
        assert set(kits) == set(METER_STEPS)
        for meter, bars in kits.items():
            for bar in bars:
                assert set(bar) <= set(KIT)
                assert {sign for text in bar.values() for _, _, sign in parse(text, METER_STEPS[meter])} <= set("x?")
    assert set(style.colours) | set(style.colours.values()) <= set(QUALITIES)


def test_a_pattern_is_read_in_steps_with_holds() -> None:
    assert parse("x--.u-0.", 48) == ((0, 18, "x"), (24, 12, "u"), (36, 6, "0"))
    with pytest.raises(ValueError, match="divide"):
        parse("x----", 48)


def test_voicings_keep_common_tones_and_their_range() -> None:
    chords = Chords(Key(0), np.array([0, 9, 5, 7, 0]), np.array([0, 1, 0, 2, 0]))
    pitch = voice(chords, 3, 48, 72)
    assert pitch.shape == (5, 3) and (np.diff(pitch, axis=1) > 0).all() and pitch.min() >= 48 and pitch.max() <= 72
    assert np.abs(np.diff(pitch, axis=0)).max() <= 4
    assert len(set(pitch[0]) & set(pitch[1])) == 2  # C and A minor share C and E
    for slot in range(5):
        assert set(pitch[slot] % 12) <= set(chords.tones(slot).tolist())


def test_voicings_stay_below_the_tune() -> None:
    chords = Chords(Key(0), np.array([0, 5, 7]), np.zeros(3, np.int64))
    assert (voice(chords, 3, 48, 76, ceiling=np.full(3, 60))[:, -1] <= 60).all()
