"""Takes edited by hand: at the pitches at which they are heard, with what must not change left as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, LENGTH, ONSET, PITCH, TRACK, Pianoroll
from composer.projects.by_hand import bar_words, drum_parts, heard_roll, own_parts, with_notes
from composer.projects.edited import EDITED, edited_takes, edited_words, with_take
from composer.projects.performance import perform
from composer.projects.project import Project, pack_project, unpack_project
from composer.projects.result_file import Result
from tests.projects.test_shelf import ABOUT, WALK, result

LOW = replace(WALK, tracks=(replace(WALK.tracks[0], notes=WALK.tracks[0].notes.copy()),))
LOW.tracks[0].notes["pitch"] -= 24
BAND = result(LOW, roll=True)
BAND = replace(BAND, about={**ABOUT, "parts": ["Melody", DRUMS]})


def plain_rows(result: Result, take: int = 0) -> Any:
    return heard_roll(result, take).notes


@pytest.mark.parametrize("given", [result(), result(LOW), BAND], ids=["voices", "a low melody", "a band"])
def test_what_is_seen_is_what_is_heard(given: Result) -> None:
    heard = perform(given, 0, (0, 0), 100).tracks[1].notes
    rows = plain_rows(given)
    assert rows[rows[:, TRACK] == 1, PITCH].tolist() == heard["pitch"].tolist()


@pytest.mark.parametrize("given", [result(), result(LOW), BAND], ids=["voices", "a low melody", "a band"])
def test_notes_put_back_as_they_are_change_nothing(given: Result) -> None:
    same = with_take(given, 0, with_notes(given, 0, plain_rows(given)))
    assert same.fingerprint(0) == given.fingerprint(0)


def test_a_moved_note_is_the_only_one_that_changes() -> None:
    given = result(LOW)
    rows = plain_rows(given).copy()
    mine = np.flatnonzero(rows[:, TRACK] == 1)[2]
    rows[mine, PITCH] += 2
    after = with_take(given, 0, with_notes(given, 0, rows))
    assert np.array_equal(plain_rows(after), rows)
    assert after.takes[1] is given.takes[1]


def test_fixed_parts_stay_whatever_comes() -> None:
    given = result()
    kept = plain_rows(given)
    only_new = np.array([[0, 0, 12, 60], [1, 0, 12, 50]], np.int32)
    after = plain_rows(with_take(given, 0, with_notes(given, 0, only_new, fixed={0})))
    assert np.array_equal(after[after[:, TRACK] == 0], kept[kept[:, TRACK] == 0])
    assert after[after[:, TRACK] == 1].tolist() == [[1, 0, 12, 50]]
    empty = plain_rows(with_take(given, 0, with_notes(given, 0, np.empty((0, 4), np.int32))))
    assert len(empty) == 0


@pytest.mark.parametrize("row", [[9, 0, 12, 60], [1, 0, 12, 128], [1, 0, 12, -1]])
def test_notes_that_can_not_be_are_refused(row: list[int]) -> None:
    with pytest.raises(BadInput, match="try again"):
        with_notes(result(), 0, np.array([row], np.int32))


def test_no_note_leaves_the_range_of_midi() -> None:
    given = result(LOW)
    rows = np.array([[1, 0, 12, 127], [1, 12, 12, 0]], np.int32)
    after = with_take(given, 0, with_notes(given, 0, rows, fixed={0}))
    assert plain_rows(after)[:, PITCH].max() <= 127
    assert {int(pitch) % 12 for pitch in plain_rows(after)[plain_rows(after)[:, TRACK] == 1, PITCH]} == {127 % 12, 0}


def test_edited_takes_are_remembered_and_travel_in_a_project_file() -> None:
    given = result()
    assert edited_takes(given) == () and edited_words(given) == ""
    rows = plain_rows(given).copy()
    rows[0, LENGTH] = 1
    after = with_take(with_take(given, 1, given.takes[1]), 0, with_notes(given, 0, rows))
    assert edited_takes(after) == (0, 1) and edited_words(after) == "takes 1, 2 edited"
    assert edited_takes(given) == () and after.id == given.id
    file = pack_project(Project("", "Walk", "2026-11-25T12:00:00", after, (0, 0), 100))
    back = unpack_project(file, "0" * 16).result
    assert edited_takes(back) == (0, 1) and back.fingerprint(0) == after.fingerprint(0)


@pytest.mark.parametrize("told", ["yes", 3, [7, "x", None], {"a": 1}, None])
def test_nonsense_about_edited_takes_counts_for_nothing(told: object) -> None:
    assert edited_takes(replace(result(), about={**ABOUT, EDITED: told})) == ()


def test_parts_that_are_the_persons_own_and_drums() -> None:
    assert own_parts(result()) == {0} and drum_parts(BAND) == [1]
    made_up = replace(BAND, request=replace(BAND.request, settings={"follow": False}))
    assert own_parts(made_up) == set()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (12, 60, "in bar 1"),
        (12, 61, "in bars 1 to 2"),
        (0, 12, "in the pickup"),
        (0, 60, "from the pickup to bar 1"),
        (60, 60, "in bar 2"),
    ],
)
def test_a_place_in_words(start: int, end: int, words: str) -> None:
    assert bar_words(Pianoroll(np.empty((0, 4), np.int32), 1, 480, 48, 12), start, end) == words


def test_sixteenths_are_the_finest_a_voice_can_sing() -> None:
    given = result()
    rows = np.array([[1, 1, 12, 50]], np.int32)
    after = plain_rows(with_take(given, 0, with_notes(given, 0, rows, fixed={0})))
    mine = after[after[:, TRACK] == 1]
    assert mine[:, ONSET].tolist() == [0] and mine[0, LENGTH] % 3 == 0
