"""What stands on paper: simple values, ties over beats and bars, triplets, and played timing made readable."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.engraving import VALUES, engrave, score_bars
from composer.music.musicxml import read_musicxml, write_musicxml
from composer.music.notation import parse_tune
from composer.music.score import Meter, Notes, Score, Track, make_notes


@st.composite
def rhythms(draw: st.DrawFn) -> Notes:
    """A line of beats, each of sixteenths or of triplet eighths, with notes held over beats."""
    beats = draw(st.lists(st.sampled_from([3, 4]), min_size=1, max_size=12))
    places = [12 * i + k for i, unit in enumerate(beats) for k in range(0, 12, unit)]
    chosen = [p for p in places if draw(st.booleans())] or [0]
    onset = np.array(chosen)
    return make_notes(onset / 12, np.diff(np.append(onset, 12 * len(beats))) / 12, 60 + np.arange(len(onset)) % 12)


@settings(max_examples=80, deadline=None)
@given(rhythms())
def test_triplets_and_sixteenths_side_by_side_survive(notes: Notes) -> None:
    back = read_musicxml(write_musicxml(Score((Track("a", notes),))))
    got = back.tracks[0].notes
    assert got["pitch"].tolist() == notes["pitch"].tolist()
    np.testing.assert_allclose(got["onset"], notes["onset"], atol=1e-9)
    np.testing.assert_allclose(got["duration"], notes["duration"], atol=1e-9)


def written(text: str) -> list[str]:
    """Values and ties as they stand on paper, rests in brackets, bars apart."""
    out = []
    for bar in ElementTree.fromstring(write_musicxml(parse_tune(text))).findall("part/measure"):
        for note in bar.findall("note"):
            dots, ties = "." * len(note.findall("dot")), "~" * len(note.findall("tie[@type='start']"))
            name = (note.findtext("type") or "bar") + dots + ties
            out.append(f"({name})" if note.find("rest") is not None else name)
        out.append("|")
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C:4 | D:2 E:2", "whole | half half |"),
        ("C:1.5 D:.5 E:2", "quarter. eighth half |"),
        ("C:3 D | E", "half. quarter | quarter (half.) |"),
        ("C:.5 D:1 E:.5 F:2", "eighth eighth~ eighth eighth half |"),
        ("C:2.5 D:1.5", "half~ eighth eighth~ quarter |"),
        ("C:.75 D:.25 E:3", "eighth. 16th half. |"),
        ("C:6 D:2", "whole~ | half half |"),
        ("C -:3 | -:4 | D:4", "quarter (half.) | (bar) | whole |"),
        ("C:1/3 D:1/3 E:1/3 F:3", "eighth eighth eighth half. |"),
        ("C:2/3 D:1/3 F:3", "quarter eighth half. |"),
        ("meter: 6/8\nC D:.5 E:1.5 | F:3", "quarter eighth quarter. | half. |"),
        ("meter: 6/8\nC:2 D | E:3", "quarter.~ eighth quarter | half. |"),
        ("meter: 5/4\nC:5 | D:5", "whole~ quarter | whole~ quarter |"),
    ],
)
def test_values_are_the_ones_a_reader_expects(text: str, expected: str) -> None:
    assert " ".join(written(text)) == expected


def test_swing_and_human_timing_are_written_as_the_nearest_simple_rhythm() -> None:
    rng = np.random.default_rng(1)
    onsets = np.arange(16) / 2 + rng.uniform(-0.04, 0.04, 16) + 0.04
    notes = make_notes(onsets, 0.45, 72)
    back = read_musicxml(write_musicxml(Score((Track("a", notes),))))
    np.testing.assert_allclose(back.tracks[0].notes["onset"], np.arange(16) / 2)
    swung = make_notes(np.repeat(np.arange(4), 2) + np.tile([0.02, 0.65], 4), 0.3, 72)
    back = read_musicxml(write_musicxml(Score((Track("a", swung),))))
    np.testing.assert_allclose(back.tracks[0].notes["onset"], np.repeat(np.arange(4), 2) + np.tile([0, 2 / 3], 4))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0.001, 6), st.integers(0, 127)), min_size=1, max_size=20),
    st.sampled_from([(4, 4), (6, 8), (7, 8), (3, 2), (5, 16)]),
    st.sampled_from([0.0, 0.3, 0.5]),
)
def test_symbols_fill_every_bar(rows: list[tuple[float, float, int]], meter: tuple[int, int], pickup: float) -> None:
    notes = make_notes(*map(np.array, zip(*rows, strict=True)))
    bars = score_bars(Score((Track("a", notes),), meters=(Meter(0.0, *meter),), pickup=pickup))
    for bar, symbols in zip(bars, engrave(notes, bars), strict=True):
        assert [s.start for s in symbols] == [
            bar.start + sum(s.length for s in symbols[:i]) for i in range(len(symbols))
        ]
        assert sum(s.length for s in symbols) == bar.length
        assert all(s.length in VALUES or (s.length == bar.length and not s.sounds) for s in symbols)
