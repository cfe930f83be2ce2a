"""Trainings over one another: told apart without colour, and each keeps its place."""

from __future__ import annotations

import math
from itertools import pairwise

from composer.plots.comparison import DASHES, MOST, STROKES, Curve, comparison_figure, places

ROWS = [{"epoch": epoch, "generator": 1 / epoch} for epoch in range(1, 21)]


def test_every_run_has_a_colour_a_dash_and_a_letter_of_its_own() -> None:
    figure = comparison_figure([Curve(place, f"run {place}", ROWS) for place in range(MOST)], "generator", "Loss")
    looks = [(line["line"]["color"], line["line"]["dash"], line["name"][0]) for line in figure["data"]]
    assert all(len({look[part] for look in looks}) == MOST for part in range(3))
    assert [letter["text"] for letter in figure["layout"]["annotations"]] == [f"<b>{c}</b>" for c in "ABCDEF"]
    assert len(DASHES) == len(STROKES) == MOST


def test_letters_of_lines_that_end_together_move_apart() -> None:
    figure = comparison_figure([Curve(place, "run", ROWS) for place in range(3)], "generator", "Loss")
    shifts = [letter["yshift"] for letter in figure["layout"]["annotations"]]
    assert all(later - earlier >= 13.9 for earlier, later in pairwise(shifts))


def test_what_has_no_such_figure_has_no_line_and_long_trainings_keep_their_last_epoch() -> None:
    long = [{"epoch": epoch, "generator": 0.5, "critic": math.nan} for epoch in range(1, 2001)]
    curves = [Curve(0, "short", []), Curve(1, "long", long)]
    assert comparison_figure(curves, "critic", "Critic")["data"] == []
    [line] = comparison_figure(curves, "generator", "Loss")["data"]
    assert len(line["x"]) < 200 and line["x"][-1] == 2000


def test_a_run_keeps_its_place_while_others_come_and_go() -> None:
    before = places({}, ["a", "b", "c"])
    assert before == {"a": 0, "b": 1, "c": 2}
    assert places(before, ["d", "c", "b", "e"]) == {"d": 0, "c": 2, "b": 1, "e": 3}
