"""What the browser says of the roll is checked before it counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.pianoroll import Pianoroll
from composer.ui.roll_messages import MAX_NOTES, Edit, EditorPart, Selection, unread

PARTS = (EditorPart("Soprano", 0, single=True), EditorPart("Bass", 3, locked=True))
ROLL = Pianoroll(np.array([(0, 0, 12, 72), (1, 0, 48, 48)], np.int32), 2, 96)
BASS = [1, 0, 48, 48]


def edit(notes: Any, words: Any = "Moved a note") -> Edit:
    return Edit.from_message({"notes": notes, "words": words}, ROLL, PARTS)


def test_an_edit_holds_all_notes_in_order() -> None:
    done = edit([0, 84, 12, 74, *BASS, 0, 12, 6, 72])
    assert done.notes.tolist() == [[1, 0, 48, 48], [0, 12, 6, 72], [0, 84, 12, 74]]
    assert done.notes.dtype == np.int32 and done.words == "Moved a note"


@pytest.mark.parametrize(
    "notes",
    [
        None,
        "0123",
        [0, 0, 12],
        [0, 0, 12, 72.5, *BASS],
        [0, 0, 12, "72", *BASS],
        [0, 0, 12, None, *BASS],
        [[0, 0, 12, 72], BASS, BASS, BASS],
        [0, 0, 12, 2**70, *BASS],
        [2, 0, 12, 72, *BASS],
        [-1, 0, 12, 72, *BASS],
        [0, -3, 12, 72, *BASS],
        [0, 0, 0, 72, *BASS],
        [0, 90, 12, 72, *BASS],
        [0, 0, 2**62, 72, *BASS],
        [0, 0, 12, 128, *BASS],
        {"0": 1},
    ],
)
def test_what_makes_no_sense_is_refused(notes: Any) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        edit(notes)


@pytest.mark.parametrize("words", [None, "", 3, "x" * 1000])
def test_words_are_short_text(words: Any) -> None:
    with pytest.raises(BadInput):
        edit(BASS, words)


@pytest.mark.parametrize("bass", [[], [1, 0, 48, 50], [1, 0, 24, 48], [*BASS, 1, 60, 3, 50]])
def test_a_locked_part_can_not_be_changed(bass: list[int]) -> None:
    with pytest.raises(BadInput, match="Bass is locked"):
        edit([0, 0, 12, 72, *bass])


def test_there_is_an_end_to_the_notes() -> None:
    with pytest.raises(BadInput, match="at most 20,000"):
        edit([0, 0, 12, 72] * MAX_NOTES + BASS)


def test_all_notes_that_may_can_be_deleted() -> None:
    assert edit(BASS).notes.tolist() == [BASS]


def test_a_selection_lies_in_the_roll() -> None:
    message = {"parts": [1, 0, 1], "start": 3, "end": 96}
    assert Selection.from_message(message, ROLL) == Selection((0, 1), 3, 96)
    for wrong in ({"parts": [2]}, {"parts": 0}, {"start": -1}, {"end": 97}, {"end": 2}, {"start": 1.5}, {"end": None}):
        with pytest.raises(BadInput):
            Selection.from_message(message | wrong, ROLL)


def test_each_message_is_read_once_whoever_writes_next() -> None:
    first, second, third = ({"kind": "edit", "number": number} for number in (1, 2, 3))
    assert unread({"author": "a", "messages": [first, second]}) == ([first, second], ("a", 2))
    assert unread({"author": "a", "messages": [first, second, third]}, ("a", 2)) == ([third], ("a", 3))
    assert unread({"author": "a", "messages": [first]}, ("a", 2)) == ([], ("a", 2))
    assert unread({"author": "b", "messages": [first]}, ("a", 2)) == ([first], ("b", 1))


@pytest.mark.parametrize(
    "sent", [None, [], {"author": 1, "messages": []}, {"author": "a"}, {"author": "a", "messages": [7]}]
)
def test_a_letter_that_is_none_is_refused(sent: Any) -> None:
    with pytest.raises(BadInput):
        unread(sent)
