"""Requests: the same wish has the same name, any difference another one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.midi import read_midi, write_midi
from composer.music.score import Key, Meter, Score, Tempo, Track, make_notes
from composer.projects.request import Request, score_as_dict, score_from_dict

TUNE = Score(
    (Track("Flute", make_notes([0, 1, 2.5], [1, 1.5, 0.5], [67, 69, 71]), 73),),
    (Tempo(0.0, 96.0), Tempo(2.0, 80.0)),
    (Meter(0.0, 3, 4),),
    Key(7),
    pickup=1.0,
    title="A tune",
)
WISH = Request(TUNE, "bach-0123", {"takes": 3, "creativity": 1.0}, 7)


def test_a_request_comes_back_from_json_with_the_same_id() -> None:
    again = Request.from_dict(json.loads(json.dumps(WISH.as_dict())))
    assert again.id == WISH.id
    assert again.as_dict() == WISH.as_dict()


@pytest.mark.parametrize(
    "other",
    [
        replace(WISH, seed=8),
        replace(WISH, model="bach-4567"),
        replace(WISH, settings={"takes": 4, "creativity": 1.0}),
        replace(WISH, melody=TUNE.with_tempo(97)),
        replace(WISH, melody=replace(TUNE, pickup=0.0)),
        replace(WISH, melody=replace(TUNE, tracks=(replace(TUNE.tracks[0], notes=TUNE.tracks[0].notes[:2]),))),
    ],
)
def test_anything_that_matters_changes_the_id(other: Request) -> None:
    assert other.id != WISH.id


def test_the_order_of_settings_does_not_matter() -> None:
    assert replace(WISH, settings={"creativity": 1.0, "takes": 3}).id == WISH.id


def test_a_score_read_from_a_file_can_be_written_as_json() -> None:
    score = read_midi(write_midi(TUNE))
    again = score_from_dict(json.loads(json.dumps(score_as_dict(score))))
    assert score_as_dict(again) == score_as_dict(score)


@given(
    st.lists(
        st.tuples(st.floats(0, 1e4), st.floats(1e-6, 1e3), st.integers(0, 127), st.integers(1, 127)),
        max_size=20,
    )
)
def test_notes_come_back_exactly(rows: list[tuple[float, float, int, int]]) -> None:
    columns = np.array(rows).reshape(-1, 4).T
    score = Score((Track("Any", make_notes(*columns)),))
    again = score_from_dict(json.loads(json.dumps(score_as_dict(score))))
    assert np.array_equal(again.tracks[0].notes, score.tracks[0].notes)
