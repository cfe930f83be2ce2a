"""The critic's wishes in words and as a figure: the same told both ways, so that nothing hangs on colour alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from composer.algorithms.critic_view import WISH
from composer.music.pianoroll import Music, pianoroll_from_voices
from composer.music.voices import Voices
from composer.plots.critic_view import (
    NOTHING_WISHED,
    bar_gains,
    bars_words,
    critic_figure,
    strongest,
    wish_words,
)
from composer.plots.theme import theme

NAMES = ("Melody", "Alto")
TAKE = Voices(np.full((2, 52), 60), np.zeros((2, 52), bool), 16, 4)
WISHES = np.array(
    [
        (1, 0, 4, 60, 60, 0.0),
        (1, 4, 8, 60, 64, 0.5),
        (1, 12, 8, 62, 59, 0.25),
        (1, 24, 4, 65, 66, 0.125),
        (1, 36, 4, 65, 60, 0.0625),
    ],
    WISH,
)
NONE = WISHES[:0]


def test_the_strongest_come_first_and_contentment_is_no_wish() -> None:
    assert strongest(WISHES, 2)["gain"].tolist() == [0.5, 0.25]
    assert len(strongest(WISHES, 9)) == 4 and len(strongest(NONE)) == 0


@pytest.mark.parametrize("like", [TAKE, pianoroll_from_voices(TAKE)])
def test_a_wish_is_told_by_part_bar_and_beat(like: Music) -> None:
    wish = WISHES[2:3].copy()
    wish["onset"] *= like.steps // TAKE.steps
    assert wish_words(wish[0], NAMES, like) == "Alto, bar 1, beat 3: B3 instead of D4"


def test_the_bars_it_likes_least_are_named() -> None:
    assert bar_gains(WISHES, TAKE) == {0: 0.0, 1: 0.75, 2: 0.125, 3: 0.0625}
    assert bars_words(WISHES, TAKE) == "The critic would change most in bar 1 and bar 2, and least in the pickup."
    assert bars_words(WISHES[:2], TAKE) == "The critic would change most in bar 1, and least in the pickup."
    assert bars_words(WISHES[1:2], TAKE) == "The critic would change most in bar 1."
    assert bars_words(WISHES[:1], TAKE) == bars_words(NONE, TAKE) == NOTHING_WISHED


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_holds_every_note_and_numbers_the_strongest(dark: bool) -> None:
    figure = critic_figure(WISHES[1:], WISHES[:1], NAMES, TAKE, dark)
    given, judged, rings = json.loads(json.dumps(figure["data"]))
    assert (given["base"], judged["base"]) == ([0], [4, 12, 24, 36])
    assert judged["marker"]["color"] == [0.5, 0.25, 0.125, 0.0625]
    assert judged["marker"]["colorscale"][1][1] == theme(dark).accent
    assert judged["customdata"][0] == "Alto, bar 1, beat 1: E4 instead of C4"
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["<b>1</b>", "<b>2</b>", "<b>3</b>"]
    assert rings["y"] == [64, 59, 66]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 59 and high > 66 and figure["layout"]["xaxis"]["range"] == [0, 52]
    assert figure["layout"]["xaxis"]["tickvals"] == [4, 20, 36] and figure["layout"]["xaxis"]["ticktext"][0] == "1"


def test_a_figure_without_notes_can_be_drawn() -> None:
    assert critic_figure(NONE, NONE, NAMES, TAKE)["data"][1]["base"] == []
