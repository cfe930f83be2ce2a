"""Tiny drawings of a take: its notes, its drums, where it changed, and never a long file."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from composer.music.pianoroll import Pianoroll
from composer.plots.theme import part_colour, theme
from composer.plots.thumbnail import HEIGHT, WIDTH, thumbnail_svg

NOTES = np.array([[0, 0, 24, 72], [0, 24, 24, 74], [1, 0, 48, 48], [2, 12, 1, 38]], np.int32)
ROLL = Pianoroll(NOTES, 3, 48)


def drawing(text: str) -> ET.Element:
    return ET.fromstring(text)


def paths(text: str) -> dict[str, str]:
    return {path.attrib["stroke"]: path.attrib["d"] for path in drawing(text).findall("{*}path")}


@pytest.mark.parametrize("dark", [False, True])
def test_each_part_has_its_colour_and_a_stroke_a_note(dark: bool) -> None:
    found = paths(thumbnail_svg(ROLL, dark, drums=[2]))
    assert list(found) == [part_colour(part, dark) for part in (2, 1, 0)]
    assert found[part_colour(0, dark)].count("M") == 2
    assert found[part_colour(1, dark)] == f"M0 {HEIGHT - 4 - 8}h{WIDTH - 1}"


def test_where_it_changed_lies_on_a_ground_of_its_own() -> None:
    grounds = drawing(thumbnail_svg(ROLL, changed=(24, 48))).findall("{*}rect")
    assert (grounds[1].attrib["x"], grounds[1].attrib["width"]) == (str(WIDTH // 2), str(WIDTH // 2))
    assert grounds[1].attrib["fill"] == theme(False).accent
    assert len(drawing(thumbnail_svg(ROLL)).findall("{*}rect")) == 1


def test_no_notes_and_no_steps_can_be_drawn() -> None:
    for steps in (0, 48):
        assert paths(thumbnail_svg(Pianoroll(np.empty((0, 4), np.int32), 2, steps))) == {}


def test_long_music_makes_no_long_drawing() -> None:
    random = np.random.default_rng(1)
    notes = np.stack([random.integers(0, 4, 40_000), random.integers(0, 6144, 40_000), np.full(40_000, 3)], axis=1)
    roll = Pianoroll(np.column_stack([notes, random.integers(40, 90, 40_000)]), 4, 6144)
    assert len(thumbnail_svg(roll)) < 4 * WIDTH * HEIGHT * 12
