"""Undo and redo: laws that hold whatever was done before; which music “before” is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.voices import Voices
from composer.projects.edited import with_take
from composer.projects.history import MOST_STEPS, History, Step
from composer.projects.result_file import Result
from tests.projects.test_shelf import ODE, result

FIRST = result()


def step(words: str = "Opened") -> Step:
    return Step(FIRST, words)


def edited(before: Result, take: int, pitch: int) -> Result:
    music = before.takes[take]
    assert isinstance(music, Voices)
    changed = music.pitch.copy()
    changed[1, 0] = pitch
    return with_take(before, take, replace(music, pitch=changed))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A history after anything that a person may have done: new steps, undo, redo, going back."""
    history = History((step(),))
    for number, act in enumerate(draw(st.lists(st.sampled_from(["then", "undo", "redo", "go"]), max_size=30))):
        if act == "then":
            history = history.then(step(str(number)))
        elif act == "go":
            history = history.at(draw(st.integers(0, len(history.steps) - 1)))
        else:
            history = history.undone() if act == "undo" else history.redone()
    return history


@given(histories())
def test_undo_takes_a_new_step_back_and_redo_does_it_again(history: History) -> None:
    new = step("new")
    after = history.then(new)
    assert after.now is new and not after.can_redo
    assert after.undone().now is history.now
    assert after.undone().redone() is not after and after.undone().redone().now is new


@given(histories())
def test_a_new_step_keeps_those_before_it_and_drops_those_that_were_taken_back(history: History) -> None:
    after = history.then(step("new"))
    assert after.steps[:-1] == history.steps[: history.place + 1]


@given(histories())
def test_at_the_ends_nothing_happens(history: History) -> None:
    first, last = history.at(0), history.at(len(history.steps) - 1)
    assert not first.can_undo and first.undone() is first
    assert not last.can_redo and last.redone() is last


@given(histories())
def test_undo_and_redo_lose_no_step(history: History) -> None:
    assert history.undone().steps is history.steps and history.redone().steps is history.steps
    if history.can_redo:
        assert history.redone().undone().place == history.place


def test_only_the_newest_steps_are_kept() -> None:
    history = History((step(),))
    for number in range(MOST_STEPS + 5):
        history = history.then(step(str(number)))
    assert len(history.steps) == MOST_STEPS and history.now.words == str(MOST_STEPS + 4)
    assert history.steps[0].words == "5"


@pytest.mark.parametrize(("count", "place"), [(0, 0), (2, 2), (2, -1)])
def test_a_place_that_is_not_there_is_refused(count: int, place: int) -> None:
    with pytest.raises(ValueError, match="place"):
        History((step(),) * count, place)


class TestBefore:
    def test_it_is_the_last_music_in_which_this_take_had_other_notes(self) -> None:
        one = edited(FIRST, 0, 50)
        two = edited(one, 1, 51)
        history = History((Step(FIRST, ""),)).then(Step(one, "", 0)).then(Step(two, "", 1))
        assert history.before(1) is one
        assert history.before(0) is FIRST
        assert history.undone().before(1) is None and history.at(0).before(0) is None

    def test_another_melody_in_between_ends_the_search(self) -> None:
        other = result(ODE)
        history = History((Step(FIRST, ""),)).then(Step(other, "")).then(Step(edited(other, 0, 50), "", 0))
        assert history.before(0) is other
        assert history.before(1) is None

    def test_another_seed_of_the_same_melody_can_be_compared(self) -> None:
        again = edited(result(seed=2), 0, 50)
        history = History((Step(FIRST, ""),)).then(Step(again, ""))
        assert history.before(0) is FIRST

    def test_a_take_that_was_not_there_has_no_before(self) -> None:
        single = replace(FIRST, takes=FIRST.takes[:1])
        assert History((Step(single, ""),)).then(Step(FIRST, "")).before(1) is None


def test_the_fingerprint_stands_for_the_notes() -> None:
    changed = edited(FIRST, 0, 50)
    assert changed.id == FIRST.id
    assert changed.fingerprint(0) != FIRST.fingerprint(0)
    assert changed.fingerprint(1) == FIRST.fingerprint(1)
    assert with_take(changed, 0, FIRST.takes[0]).fingerprint(0) == FIRST.fingerprint(0)
