"""Parallel coordinates: each value at its place, the best run told apart by more than colour."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from composer.plots.sweep import Axis, parallel_figure

AXES = [Axis("rate", "Learning rate", log=True), Axis("mode", "Mode"), Axis("similarity", "Similarity")]
ROWS = [
    {"rate": 0.001, "mode": "jamming", "similarity": 0.2, "title": "a1"},
    {"rate": 0.01, "mode": "composer", "similarity": 0.1, "title": "b2"},
    {"rate": 0.1, "mode": "jamming", "similarity": None, "title": "c3"},
]


@pytest.mark.parametrize("dark", [False, True])
def test_values_lie_between_the_ends_of_each_axis(dark: bool) -> None:
    figure = parallel_figure(ROWS, AXES, best=1, dark=dark)
    go.Figure(figure)  # raises where plotly would not draw it
    lines = {line["hovertemplate"][3:5]: line for line in figure["data"]}
    assert lines["a1"]["y"] == [0, 0, 1]
    assert lines["b2"]["y"] == [pytest.approx(0.5), 1, 0], "a factor of ten is half of a hundred"
    assert lines["c3"]["y"] == [1, 0, None]
    assert "Similarity: –" in lines["c3"]["hovertemplate"] and "Mode: composer" in lines["b2"]["hovertemplate"]


def test_the_best_is_bold_has_diamonds_and_its_name_and_lies_on_top() -> None:
    *others, best = parallel_figure(ROWS, AXES, best=1)["data"]
    assert best["text"][-1].strip() == "best" and best["marker"]["symbol"] == "diamond" and best["line"]["width"] == 3
    assert all(line["mode"] == "lines+markers" and line["line"]["width"] == 1 for line in others)


def test_marks_say_the_values_at_their_places() -> None:
    marks = parallel_figure(ROWS, AXES)["layout"]["annotations"]
    first = [(mark["y"], mark["text"]) for mark in marks if mark["x"] == 0 and "yshift" not in mark]
    assert first[0] == (0, "0.001") and first[2] == (0.5, "0.01") and first[-1] == (1, "0.1")
    assert {mark["text"] for mark in marks if mark["x"] == 1} == {"jamming", "composer", "Mode"}


def test_nothing_and_a_single_value_are_drawn_too() -> None:
    go.Figure(parallel_figure([], AXES))
    one = parallel_figure(ROWS[:1], AXES, best=0)
    go.Figure(one)
    assert one["data"][0]["y"] == [0.5, 0.5, 0.5]
