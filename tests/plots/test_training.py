"""Training curves: the numbers of the run, told apart by more than colour, with the floor drawn in."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from composer.plots.training import loss_figure, similarity_figure

ROWS = [
    {"epoch": 1, "generator": 2.0, "critic": -1.0, "similarity": 0.4, "chord_rate": 0.5},
    {"epoch": 2, "generator": 1.5, "critic": -0.8, "similarity": 0.3, "chord_rate": 0.7},
]


@pytest.mark.parametrize("dark", [False, True])
def test_losses_are_two_lines_with_different_dashes(dark: bool) -> None:
    figure = loss_figure(ROWS, dark)
    generator, critic = figure["data"]
    assert (generator["x"], generator["y"]) == ([1, 2], [2.0, 1.5]) and critic["y"] == [-1.0, -0.8]
    assert generator["line"]["dash"] != critic["line"]["dash"]
    assert generator["line"]["color"] != critic["line"]["color"]
    assert figure["layout"]["xaxis"]["title"]["text"] == "Epoch" and "text" not in figure["layout"]["yaxis"]["title"]
    go.Figure(json.loads(json.dumps(figure)))


def test_the_floor_is_a_labelled_dashed_line() -> None:
    layout = similarity_figure(ROWS, floor=0.084)["layout"]
    assert layout["shapes"][0]["y0"] == layout["shapes"][0]["y1"] == 0.084
    assert layout["shapes"][0]["line"]["dash"] == "dash"
    assert "0.084" in layout["annotations"][0]["text"] and "real" in layout["annotations"][0]["text"]
    go.Figure(similarity_figure(ROWS, floor=0.084))
    assert "shapes" not in similarity_figure(ROWS)["layout"]


def test_the_chord_rate_is_drawn_only_where_it_is_known() -> None:
    assert [line["name"] for line in similarity_figure(ROWS)["data"]] == ["Similarity index", "Chord rate (right)"]
    without = [{"epoch": 1, "similarity": 0.4}]
    assert len(similarity_figure(without)["data"]) == 1


def test_before_the_first_epoch_there_are_empty_charts() -> None:
    assert loss_figure([])["data"][0]["x"] == []
    assert similarity_figure([], 0.1)["data"][0]["y"] == []


def test_zoom_is_kept_from_one_epoch_to_the_next() -> None:
    before, after = (loss_figure(ROWS[:count])["layout"]["uirevision"] for count in (1, 2))
    assert before == after
