"""The band as a whole: what every arrangement keeps to, in any style, meter and key."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.arranger import BAND_PARTS, STYLES, arrange
from composer.music.arranger.clashes import LONG, clash_steps, without_clashes
from composer.music.arranger.styles import KIT
from composer.music.pianoroll import LENGTH, ONSET, PITCH, TRACK, Pianoroll, pianoroll_from_voices
from composer.music.voices import Voices
from tests.made_up import any_voices
from tests.music.arranger.tunes import JIG, SLOW_WALTZ, TWINKLE, tune

AT_ONCE = {"Melody": 1, "Strings": 3, "Piano": 4, "Guitar": 3, "Bass": 1}
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 7, 10), (0, 3, 7, 10), (0, 4, 7, 11))
LONG_TUNE = Voices(np.tile(TWINKLE.pitch, 3), np.tile(TWINKLE.attack, 3))


def track(roll: Pianoroll, name: str) -> np.ndarray:
    return roll.notes[roll.notes[:, TRACK] == BAND_PARTS.index(name)]


def keeps_its_rules(roll: Pianoroll, melody: Voices) -> None:
    assert roll.tracks == len(BAND_PARTS)
    assert np.array_equal(roll.select([0]).notes, pianoroll_from_voices(melody).notes)
    same = pianoroll_from_voices(melody)
    assert (roll.steps, roll.steps_per_bar, roll.pickup_steps) == (same.steps, same.steps_per_bar, same.pickup_steps)
    sounding, _ = roll.planes()
    for number, most in enumerate(AT_ONCE.values()):
        assert sounding[number].sum(axis=1).max(initial=0) <= most
    assert np.isin(track(roll, "Drums")[:, PITCH], list(KIT.values())).all()
    for name in BAND_PARTS[1:5]:
        notes = track(roll, name)
        assert ((notes[:, PITCH] >= 28) & (notes[:, PITCH] <= 79)).all()
        assert (clash_steps(notes[:, 1:].astype(np.int64), melody)[0] <= LONG).all()


@settings(deadline=None, max_examples=60)
@given(any_voices(55, 88, voices=1), st.sampled_from(list(STYLES)), st.integers(0, 2**31))
def test_any_tune_in_any_meter_is_arranged_within_the_rules(melody: Voices, style: str, seed: int) -> None:
    keeps_its_rules(arrange(melody, style, seed), melody)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("melody", [LONG_TUNE, JIG, SLOW_WALTZ, tune([(67, 5)], 20, 12)])
def test_tunes_of_every_meter_are_arranged_within_the_rules(melody: Voices, style: str) -> None:
    for seed in range(3):
        keeps_its_rules(arrange(melody, style, seed), melody)


@pytest.mark.parametrize("style", STYLES)
def test_the_seed_decides_and_bars_vary(style: str) -> None:
    one, again, other = (arrange(LONG_TUNE, style, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.notes, again.notes) and not np.array_equal(one.notes, other.notes)
    drums = track(one, "Drums")
    bars = [frozenset(map(tuple, drums[drums[:, ONSET] // 48 == bar][:, 1:] - (48 * bar, 0, 0))) for bar in range(36)]
    assert len(set(bars)) >= 4  # never the same bar all along


@pytest.mark.parametrize("style", STYLES)
def test_guitar_and_strings_rest_and_a_harmony_is_always_there(style: str) -> None:
    rolls = [arrange(LONG_TUNE, style, seed) for seed in range(12)]
    played = np.array([[np.isin(np.arange(36), track(r, n)[:, ONSET] // 48) for n in BAND_PARTS] for r in rolls])
    silent = 1 - played.mean(axis=(0, 2))
    assert silent[1] > 0.01 and silent[3] > 0.01 and silent[4] < 0.25
    assert played[:, 1:4].any(axis=1).mean() > 0.95


@pytest.mark.parametrize("style", STYLES)
def test_the_band_plays_clear_chords(style: str) -> None:
    clear = []
    for melody in (LONG_TUNE, JIG, SLOW_WALTZ):
        sounding = arrange(melody, style, 0).planes()[0][1:4].any(axis=0)[::6]
        sets = [{int(p) % 12 for p in np.flatnonzero(row)} for row in sounding]
        clear += [any(s <= {(r + t) % 12 for t in c} for r in range(12) for c in CHORDS) for s in sets if len(s) > 1]
    assert np.mean(clear) > 0.97


def test_jazz_swings_on_triplets_and_rock_does_not() -> None:
    place = {style: track(arrange(LONG_TUNE, style, 0), "Drums")[:, ONSET] % 12 for style in ("jazz", "rock")}
    assert (place["jazz"] == 8).mean() > 0.2 and not np.isin(place["jazz"], (3, 6, 9)).any()
    assert np.isin(place["rock"], (0, 3, 6, 9)).all()


def test_nothing_is_played_in_the_pickup_or_after_the_end() -> None:
    melody = tune([(67, 4), *[(72, 4), (76, 4), (79, 8)] * 4, (None, 32)], 16, 4)
    for style in STYLES:
        band = arrange(melody, style, 3).notes
        band = band[band[:, TRACK] > 0]
        assert band[:, ONSET].min() == 12
        pitched = band[band[:, TRACK] < 5]
        assert (pitched[:, ONSET] + pitched[:, LENGTH]).max() <= 12 + 4 * 48


def test_a_long_clash_is_cut_and_a_passing_one_stays() -> None:
    melody = tune([(72, 8), (73, 8), (72, 1), (73, 1), (72, 14)])
    notes = np.array([[0, 48, 60], [24, 24, 60], [48, 48, 60], [24, 24, 61]])
    assert without_clashes(notes, melody).tolist() == [[0, 24, 60], [48, 48, 60], [24, 24, 61]]


def test_an_unknown_style_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"“polka”.*rock.*folk"):
        arrange(TWINKLE, "polka", 0)
