"""What the browser says of the roll is checked before it counts."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.pianoroll import Pianoroll
from composer.ui.roll_messages import MAX_NOTES, Edit, EditorPart, Inbox, Selection

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


def message(number: int) -> dict[str, Any]:
    return {"kind": "edit", "number": number}


def test_each_message_is_read_once_whoever_writes_next() -> None:
    inbox, read = Inbox(), []
    for author, numbers in (("a", (1, 2)), ("a", (1, 2, 3)), ("a", (2,)), ("b", (1,))):
        inbox.read({"author": author, "messages": [message(number) for number in numbers]}, read.append)
    assert read == [message(number) for number in (1, 2, 3, 1)]
    assert inbox.seen == ("b", 1)


def test_what_was_not_done_to_its_end_is_read_again() -> None:
    inbox, read, sent = Inbox(), [], {"author": "a", "messages": [message(1), message(2)]}

    def interrupted(message: Any) -> None:
        if message["number"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inbox.read(sent, interrupted)
    inbox.read(sent, read.append)
    assert read == [message(2)]


def test_what_was_refused_is_not_tried_again() -> None:
    def refuse(_: Any) -> None:
        raise BadInput("no")

    inbox, read, sent = Inbox(), [], {"author": "a", "messages": [message(1), message(2)]}
    with pytest.raises(BadInput):
        inbox.read(sent, refuse)
    inbox.read(sent, read.append)
    assert not read and inbox.seen == ("a", 2)


def test_two_that_read_at_once_wait_for_each_other() -> None:
    inbox, done = Inbox(), []

    def slow(message: Any) -> None:
        time.sleep(0.05)
        done.append(message["number"])

    first = {"author": "a", "messages": [message(1)]}
    readers = [
        Thread(target=inbox.read, args=(sent, slow))
        for sent in (first, {"author": "a", "messages": [message(1), message(2)]})
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert done == [1, 2]


@pytest.mark.parametrize(
    "sent", [None, [], {"author": 1, "messages": []}, {"author": "a"}, {"author": "a", "messages": [7]}]
)
def test_a_letter_that_is_none_is_refused(sent: Any) -> None:
    with pytest.raises(BadInput):
        Inbox().read(sent, print)
