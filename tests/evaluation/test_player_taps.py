"""Figures from what the taps of a page tell: made-up voices whose answers are known."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import soundfile

from composer.evaluation.bench_step import apart_ms
from composer.evaluation.player_taps import music_time, silence_ms, spread_ms, time_code

RATE = 44100
BLOCK = 128


def code(seconds: np.ndarray) -> np.ndarray:
    samples, rate = soundfile.read(io.BytesIO(time_code(10)), dtype="float32")
    assert rate == RATE
    return np.interp(seconds, np.arange(len(samples)) / RATE, samples)


def voice(behind_s: float, blocks: int = 50, first: int = 0) -> list[list[float]]:
    """Rows of a voice that plays the time code so much too late, silent before it."""
    frames = BLOCK * np.arange(first, first + blocks)
    places = frames / RATE - behind_s
    samples = np.where(places >= 0, code(np.maximum(places, 0)), 0.0)
    return np.stack([frames, samples, samples], axis=1).tolist()


def test_a_time_code_tells_its_place_to_a_hundredth_of_a_millisecond() -> None:
    places = np.array([0.0, 1.5, 7.25])
    assert music_time(code(places)) == pytest.approx(places, abs=2e-5)


def test_the_spread_is_that_of_the_farthest_two() -> None:
    assert spread_ms([voice(0), voice(0), voice(0)]) == pytest.approx(0, abs=0.02)
    assert spread_ms([voice(0), voice(0.002), voice(0.007)]) == pytest.approx(7, abs=0.05)


def test_only_moments_that_all_tell_of_count() -> None:
    assert spread_ms([voice(0, blocks=40), voice(0, blocks=20, first=30)]) == pytest.approx(0, abs=0.02)
    assert math.isnan(spread_ms([voice(0, blocks=10), voice(0, blocks=10, first=30)]))
    assert math.isnan(spread_ms([]))


def test_silence_begins_after_the_last_block_that_is_heard() -> None:
    rows = [[BLOCK * n, 0.0, 0.5 if n < 40 else 0.5 * 10 ** (39.5 - n)] for n in range(60)]
    clicked_s = BLOCK * 30 / RATE
    assert silence_ms(rows, clicked_s, RATE) == pytest.approx(1000 * (43 - 30) * BLOCK / RATE)
    assert silence_ms(rows[:41], clicked_s, RATE) == math.inf


def test_playhead_and_music_are_compared_in_milliseconds() -> None:
    start, px_a_second = 6.0, 40.0
    sample = float(code(np.array([2.0]))[0])
    seen = [[start + px_a_second * 2.5, sample, 0.5], [start + px_a_second * 2.51, sample, 0.5]]
    assert apart_ms(seen, start, px_a_second) == pytest.approx([0, 10], abs=0.05)
