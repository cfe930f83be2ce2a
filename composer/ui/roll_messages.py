"""What the roll editor's browser side tells: edits, selections, undo and redo, each checked before it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.pianoroll import LENGTH, ONSET, PITCH, TRACK, Pianoroll

MAX_NOTES = 20_000
_LONGEST_WORDS = 120
_MOST_MESSAGES = 1_000
_UNREADABLE = "What came from the roll can't be read; please reload the page and try again."
_NEVER_SEEN = ("", 0)

Seen = tuple[str, int]
"""Who wrote the last message that was read (each editor on a page makes itself a name), and its number."""


@dataclass(frozen=True)
class EditorPart:
    """A part in the editor. `place` decides its colour and pattern, as elsewhere (`plots.theme.part_colour`).

    `locked` parts are shown and can't be changed; a `single` part has one note at a time, as a voice does.
    """

    name: str
    place: int
    drums: bool = False
    locked: bool = False
    single: bool = False


@dataclass(frozen=True)
class Edit:
    """What a finished gesture left: all notes there are now, and what was done in words for a history.

    `notes` is int32 of shape (n, 4), rows as in `Pianoroll.notes`; notes marked as removed are not among them. `words`
    come from the browser ("Moved 3 notes", "Moved 2 notes to the Tenor"): show them as plain text.
    """

    notes: NDArray[np.int32]
    words: str

    @classmethod
    def from_message(cls, message: Mapping[str, Any], roll: Pianoroll, parts: Sequence[EditorPart]) -> Edit:
        """The edit in a message with `notes` (a flat list, four whole numbers a note) and `words`.

        `roll` holds the notes as they were. Raises BadInput for more than MAX_NOTES, for a note outside of the roll or
        of MIDI, for a change to a locked part, and for what makes no sense.
        """
        notes, words = _rows(message.get("notes")), message.get("words")
        if not isinstance(words, str) or not 0 < len(words) <= _LONGEST_WORDS:
            raise BadInput(_UNREADABLE)
        if len(notes) > MAX_NOTES:
            raise BadInput(f"That would be {len(notes):,} notes; a roll can have at most {MAX_NOTES:,}.")
        track, onset, length, pitch = notes.T
        inside = (track >= 0) & (track < roll.tracks) & (onset >= 0) & (length >= 1) & (pitch >= 0) & (pitch <= 127)
        if not np.all(inside & (length <= roll.steps - onset)):
            raise BadInput(_UNREADABLE)
        edited = Pianoroll(notes.astype(np.int32), roll.tracks, roll.steps)
        for number, part in enumerate(parts):
            before, after = (each.notes[each.notes[:, TRACK] == number] for each in (roll, edited))
            if part.locked and not np.array_equal(_sorted(before), _sorted(after)):
                raise BadInput(f"{part.name} is locked; unlock it to change its notes.")
        return cls(edited.notes, words)


@dataclass(frozen=True)
class Selection:
    """Parts and the steps start..end that a person has chosen; no parts where nothing is chosen."""

    parts: tuple[int, ...]
    start: int
    end: int

    @classmethod
    def from_message(cls, message: Mapping[str, Any], roll: Pianoroll) -> Selection:
        """The selection in a message with `parts`, `start` and `end`; raises BadInput where it isn't in the roll."""
        parts, ends = message.get("parts"), [message.get("start"), message.get("end")]
        if not isinstance(parts, list) or any(type(number) is not int for number in (*parts, *ends)):
            raise BadInput(_UNREADABLE)
        start, end = map(int, ends)  # type: ignore[arg-type] # they are whole numbers
        if not 0 <= start <= end <= roll.steps or any(not 0 <= part < roll.tracks for part in parts):
            raise BadInput(_UNREADABLE)
        return cls(tuple(sorted(set(parts))), start, end)


@dataclass
class Inbox:
    """What was `seen` of an editor's messages. Whoever reads on holds the `lock`.

    A page that is run again before the last run has ended may read in two threads at once.
    """

    seen: Seen = _NEVER_SEEN
    lock: Lock = field(default_factory=Lock)

    def read(self, sent: object, act: Callable[[Mapping[str, Any]], None]) -> None:
        """Let `act` have each message that was not read before, oldest first; it counts as seen once that is done.

        The browser sends a message again with the next until it is told that it was read; their numbers tell them
        apart. Raises BadInput where they can't be read; where `act` raises it, those after that one are not read.
        """
        author, messages = _letter(sent)
        with self.lock:
            last = self.seen[1] if self.seen[0] == author else 0
            new = [message for message in messages if message["number"] > last]
            try:
                for message in new:
                    act(message)
                    self.seen = author, message["number"]
            except BadInput:
                self.seen = author, new[-1]["number"]
                raise


def _letter(sent: object) -> tuple[str, list[Mapping[str, Any]]]:
    """Who wrote, and numbered messages; raises BadInput for anything else."""
    author, messages = (sent.get("author"), sent.get("messages")) if isinstance(sent, Mapping) else (None, None)
    if not isinstance(author, str) or not isinstance(messages, list) or len(messages) > _MOST_MESSAGES:
        raise BadInput(_UNREADABLE)
    if not all(isinstance(message, Mapping) and type(message.get("number")) is int for message in messages):
        raise BadInput(_UNREADABLE)
    return author[:40], messages


def _rows(values: object) -> NDArray[np.int64]:
    """A flat list of whole numbers as rows of four."""
    if not isinstance(values, list) or len(values) % 4:
        raise BadInput(_UNREADABLE)
    try:
        numbers = np.asarray(values or np.empty(0, np.int64))
    except ValueError:
        raise BadInput(_UNREADABLE) from None
    if numbers.ndim != 1 or numbers.dtype != np.int64:
        raise BadInput(_UNREADABLE)
    return numbers.reshape(-1, 4)


def _sorted(notes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Rows in an order that depends on nothing but them."""
    return notes[np.lexsort((notes[:, LENGTH], notes[:, PITCH], notes[:, ONSET]))]
