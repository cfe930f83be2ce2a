"""Measures in words: each beside Bach's."""

from __future__ import annotations

import math

import pytest

from composer.ui.figures import SHOWN, compare_html, measures_html, written, written_mean

VALUES = {
    "chord_rate": 0.91,
    "agreement": 0.7,
    "parallels": 1.0,
    "crossing": 0.004,
    "spacing": 0.0,
    "steps": 0.8,
    "similarity": 0.3,
}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("chord_rate", 0.888, "89%"),
        ("crossing", 0.0065, "0.7%"),
        ("crossing", 0.0, "0%"),
        ("parallels", 2.0, "2"),
        ("agreement", 0.675, "0.68"),
        ("agreement", math.nan, "–"),
    ],
)
def test_numbers_are_written_as_people_do(name: str, value: float, words: str) -> None:
    assert written(name, value) == words


def test_a_mean_of_counts_is_a_piece() -> None:
    assert written_mean("parallels", 0.17) == "0.2 a piece"


def test_every_measure_is_told_with_its_meaning_and_bachs_figure() -> None:
    html = measures_html(VALUES)
    for name, about in SHOWN.items():
        assert about.sentence.replace("'", "&#x27;") in html and f"Bach: {written_mean(name, about.bach)}" in html


def test_takes_stand_side_by_side_with_bach() -> None:
    html = compare_html([VALUES, VALUES | {"parallels": 4.0}])
    assert html.count('scope="col"') == 4 and html.count("<tr>") == 1 + len(SHOWN)
    assert "<td>1</td><td>4</td><td>0.2 a piece</td>" in html
