"""Chords found for tunes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.arranger.bars import COMMON, COMPOUND, WALTZ, divide, is_compound, lay_out
from composer.music.arranger.chords import NAMES, QUALITIES, Chords, coloured, find_chords, note_weights
from composer.music.arranger.paths import cheapest_path
from composer.music.score import Key
from tests.music.arranger.tunes import JIG, SLOW_WALTZ, TWINKLE, tune


def names(chords: Chords) -> list[str]:
    short = {"major": "", "minor": "m", "dominant": "7", "diminished": "o", "minor7": "m7", "major7": "M7"}
    roots = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    return [roots[r] + short[NAMES[q]] for r, q in zip(chords.root, chords.quality, strict=True)]


def test_a_nursery_tune_gets_the_chords_that_everybody_plays() -> None:
    found = names(find_chords(TWINKLE, lay_out(TWINKLE)))
    assert found[:4] == ["C", "C", "F", "C"]
    assert found[-1] == "C" and found[-2][0] == "G"
    assert {name.rstrip("7") for name in found} <= {"C", "F", "G", "Am", "Dm"}


def test_a_transposed_tune_has_transposed_chords() -> None:
    one, other = (find_chords(t, lay_out(t)) for t in (TWINKLE, TWINKLE.transposed(5)))
    assert np.array_equal((one.root + 5) % 12, other.root) and np.array_equal(one.quality, other.quality)
    assert other.key == Key(5, "major")


def test_a_minor_tune_ends_on_its_minor_tonic() -> None:
    minor = tune([(69, 4), (71, 4), (72, 4), (76, 4), (74, 4), (71, 4), (68, 8), (69, 4), (72, 4), (71, 8), (69, 16)])
    found = find_chords(minor, lay_out(minor))
    assert found.key == Key(9, "minor") and names(found)[-1] == "Am" and names(found)[0] == "Am"


def test_silence_begins_and_ends_on_the_tonic_of_c_major() -> None:
    rest = tune([(None, 64)])
    found = names(find_chords(rest, lay_out(rest)))
    assert found[0] == found[-1] == "C" and len(found) == 8


def test_a_long_note_weighs_more_than_a_passing_one() -> None:
    weights = note_weights(TWINKLE, lay_out(TWINKLE))
    assert weights.shape == (24, 12) and np.allclose(weights.sum(axis=1), 1)
    passing = tune([(60, 6), (62, 2), (64, 8)])
    first = note_weights(passing, lay_out(passing))[0]
    assert first[0] > 3 * first[2] > 0


def test_a_colour_stays_away_where_it_rubs_against_the_tune() -> None:
    chords = find_chords(TWINKLE, lay_out(TWINKLE))
    bright = coloured(chords, {"major": "major7"}, note_weights(TWINKLE, lay_out(TWINKLE)))
    assert names(bright)[0] == "C" and names(bright)[2] == "FM7"  # the tune has C over B, and A over E


def test_a_jig_is_told_from_a_waltz() -> None:
    assert is_compound(JIG) and not is_compound(SLOW_WALTZ)
    assert lay_out(JIG).cells[0].meter == COMPOUND and lay_out(SLOW_WALTZ).cells[0].meter == WALTZ


@given(st.integers(1, 200), st.booleans())
def test_every_bar_is_divided_without_a_gap(steps: int, compound: bool) -> None:
    cells = divide(steps, compound)
    assert [cell.offset for cell in cells] == np.cumsum([0, *[cell.length for cell in cells[:-1]]]).tolist()
    assert sum(cell.length for cell in cells) == steps


def test_odd_bars_are_made_of_known_ones() -> None:
    sizes = {steps: [(cell.length, cell.meter) for cell in divide(steps, False)] for steps in (54, 60, 84)}
    assert sizes[54] == [(36, COMPOUND), (18, COMPOUND)]
    assert sizes[60] == [(36, WALTZ), (24, COMMON)]
    assert sizes[84] == [(48, COMMON), (36, WALTZ)]


def test_the_cheapest_path_is_that_of_all_paths() -> None:
    random = np.random.default_rng(0)
    cost, move = random.random((4, 3)), random.random((3, 3, 3))
    every = np.stack(np.meshgrid(*[np.arange(3)] * 4, indexing="ij"), -1).reshape(-1, 4)
    price = cost[np.arange(4), every].sum(1) + move[np.arange(3), every[:, :-1], every[:, 1:]].sum(1)
    assert cheapest_path(cost, move).tolist() == every[price.argmin()].tolist()
    with pytest.raises(ValueError, match="place"):
        cheapest_path(np.empty((0, 3)), move)


def test_chords_know_their_notes() -> None:
    assert Chords(Key(0), np.array([7]), np.array([NAMES.index("dominant")])).tones(0).tolist() == [7, 11, 2, 5]
    assert all(tones[0] == 0 for tones in QUALITIES.values())
