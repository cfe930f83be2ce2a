"""The bench of singing counts what is right, and its singers sing what they are said to sing."""

from __future__ import annotations

import numpy as np
import pytest

from composer.evaluation import bench_singing
from composer.evaluation.bench_singing import measure_singing, melodies
from composer.evaluation.singer import RATE, VOICES, sing
from composer.music.notation import parse_tune

pytest.importorskip("mir_eval")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_singing, "BARS", 2)


def test_shipped_melodies_are_mostly_heard() -> None:
    heard = measure_singing(1, seed=2)
    assert [one.voice for one in heard] == ["Man", "Woman", "Child"]
    assert all(0.6 < one.f <= 1 and one.f_ends <= one.f for one in heard)
    assert all(0 < one.spent_s < one.seconds for one in heard)


def test_a_seed_gives_the_same_singing() -> None:
    tune = parse_tune("C4 G E")
    first, again, other = (sing(tune, VOICES[0], np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first[:1000], other[:1000])


def test_a_melody_is_cut_after_its_bars() -> None:
    [score] = melodies(1, np.random.default_rng(0))
    assert score.tracks[0].notes["onset"].max() < score.pickup + 2 * score.meters[0].bar_quarters


def test_wrong_notes_count_as_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    right = bench_singing.sing

    def a_tone_too_high(*args):
        audio, meant = right(*args)
        return audio, bench_singing.Performance(meant.onset, meant.end, meant.pitch + 2)

    monkeypatch.setattr(bench_singing, "sing", a_tone_too_high)
    assert all(one.f < 0.3 for one in measure_singing(1, seed=2))


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_a_singer_sings_the_pitches_of_the_tune_within_a_quarter_tone(voice) -> None:
    audio, meant = sing(parse_tune("tempo: 60\n\nC4 G E"), voice, np.random.default_rng(2))
    for onset, end, pitch in zip(meant.onset, meant.end, meant.pitch, strict=True):
        part = audio[int((onset + 0.15) * RATE) : int((end - 0.1) * RATE)]
        hz = np.fft.rfftfreq(8 * len(part), 1 / RATE)
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
        near = np.abs(12 * np.log2(np.maximum(hz, 1) / 440) + 69 - pitch) < 2
        loudest = hz[near][spectrum[near].argmax()]
        assert abs(12 * np.log2(loudest / 440) + 69 - pitch) < 1
