"""Colours: readable on their ground, and parts told apart without them."""

from __future__ import annotations

import pytest

from composer.plots.theme import DARK, LIGHT, Theme, part_colour, part_pattern, plotly_layout


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of #rrggbb, as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_notes_stand_out_from_the_ground(theme: Theme) -> None:
    assert contrast(theme.text, theme.ground) >= 7
    assert contrast(theme.muted, theme.ground) >= 4.5
    assert contrast(theme.accent, theme.ground) >= 4.5
    assert all(contrast(colour, theme.ground) >= 3 for colour in theme.parts)


def test_sixteen_parts_differ_in_colour_or_fill_and_six_in_fill() -> None:
    assert len({(part_colour(i), part_pattern(i)) for i in range(16)}) == 16
    assert len({part_pattern(i) for i in range(6)}) == 6
    assert part_colour(0) == "#4F46E5" and part_colour(0, dark=True) != part_colour(0)


def test_a_layout_can_be_changed_without_changing_the_next_one() -> None:
    plotly_layout(True)["xaxis"]["title"]["font"]["size"] = 99
    assert plotly_layout(True, height=100)["xaxis"]["title"]["font"]["size"] == 12
    assert plotly_layout(True, height=100)["height"] == 100
