"""An address that holds a whole piece: what was asked for, how it is played, and a task where a teacher sets one.

The text in the address is base64url of: one byte for the format, three of a checksum, and raw deflate of the wish as
JSON, a zero and its notes (`packed_notes`). Deflate begins with a dictionary of the words that nearly every wish holds,
which is part of the format: another dictionary needs another format number.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from composer.errors import BadInput
from composer.music.score import NOTE, Notes
from composer.projects.checking import LONGEST_NAME, check_melody, check_programs, check_seed
from composer.projects.packed_notes import pack_notes, unpack_notes
from composer.projects.request import Request

PARAMETER = "music"
"""The name in the address: ?music=..."""
LONGEST_LINK = 2_000
"""Characters of an address that every browser, mail program and messenger lets through."""
LONGEST_TASK = 1_000
_FORMAT = 1
MOST_NOTES = 5_000
"""Notes of a melody beyond which no link is tried."""
_LARGEST_TEXT, _LARGEST_CONTENT = 40_000, 200_000
_SETTINGS_NAMES = 40
_END_OF_WORDS = b"\0"
"""JSON never holds it."""
_WORDS = (
    '"task":{"text":"","fixed":["melody","seed","model"],"hidden":["passes","repair"]},"arranger""rules-arranger-'
    '"unet-gan""bach-unet-gan-"musegan""musegan-chorales-"musegan-band-"style":"rock","form":"plain","follow":true,'
    '"temperature":1.0,"takes":1,"creativity":0.1,"passes":15,"repair":true"takes":3,"creativity":1.0,'
    '"minor"],"major"],"pickup":1.0,"pickup":0.0"Soprano""Violin""Flute""Piano"Untitled"My tune"'
    '"tempos":[[0.0,80.0]],"tempos":[[0.0,90.0]],"tempos":[[0.0,100.0]],"meters":[[0.0,6,8]],"meters":[[0.0,3,4]],'
    '{"melody":{"title":"","tracks":[{"name":"Melody","program":0,"is_drum":false}],"tempos":[[0.0,120.0]],'
    '"meters":[[0.0,4,4]],"key":null,"pickup":0.0},"model":"","settings":{"takes":3,"creativity":0.1,"passes":15,'
    '"repair":true},"seed":1,"algorithm":"unet-gan","programs":[68,71,60,70],"bpm":120,"take":0}'
)


@dataclass(frozen=True)
class Task:
    """What a teacher asks for: plain text, and names of settings (`model` and `seed` too) that are fixed or hidden."""

    text: str = ""
    fixed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """What a link brings: the request, the algorithm that `settings` belong to, and how take number `take` is played.

    `programs` are General MIDI numbers, one a part; `bpm` is quarter notes a minute.
    """

    request: Request
    algorithm: str
    programs: tuple[int, ...]
    bpm: int
    take: int = 0
    task: Task = field(default_factory=Task)


def encode(shared: Shared) -> str:
    """The text that stands in the address after ?music=, of A-Z, a-z, 0-9, - and _."""
    words = json.dumps(_words(shared), separators=(",", ":"), ensure_ascii=False).encode()
    content = words + _END_OF_WORDS
    notes = shared.request.melody.tracks[0].notes
    packed = min((_deflated(content + pack_notes(notes, whole)) for whole in (True, False)), key=len)
    return base64.urlsafe_b64encode(bytes([_FORMAT]) + _checksum(packed) + packed).rstrip(b"=").decode()


def decode(text: str) -> Shared:
    """What a link brings, from the text after ?music=; raises BadInput for a link that is damaged, foreign or a trap.

    The notes and all else come back exactly, so the request has the id that it had.
    """
    content = _unpacked(text)
    words, _, notes = content.partition(_END_OF_WORDS)
    try:
        shared = _joined(json.loads(words), unpack_notes(notes, MOST_NOTES))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise BadInput("This link holds no music; please ask for the link again.") from None
    check_melody(shared.request.melody, "link")
    check_seed(shared.request.seed, "link")
    check_programs(shared.programs, "link")
    return shared


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_WORDS.encode())
    return packer.compress(content) + packer.flush()


def _unpacked(text: str) -> bytes:
    """The bytes that were deflated; no more of them are made than a link may hold."""
    if len(text) > _LARGEST_TEXT:
        raise BadInput("This link is too long to be one of the studio's; please ask for the project file instead.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,}", text):
        raise BadInput("This link is incomplete; please copy it again, from its first to its last letter.")
    data = base64.urlsafe_b64decode(text[: len(text) - (len(text) % 4 == 1)] + "=" * (-len(text) % 4))
    if data[0] != _FORMAT:
        raise BadInput("This link was made by another version of the studio; please ask for a new one.")
    if data[1:4] != _checksum(data[4:]):
        raise BadInput("This link is incomplete; please copy it again, from its first to its last letter.")
    unpacker = zlib.decompressobj(-15, zdict=_WORDS.encode())
    try:
        content = unpacker.decompress(data[4:], _LARGEST_CONTENT)
    except zlib.error:
        raise BadInput("This link is damaged; please ask for the link again.") from None
    if not unpacker.eof:
        raise BadInput("This link holds more than a piece of music; please ask for the project file instead.")
    return content


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")[:3]


def _words(shared: Shared) -> dict[str, Any]:
    """The wish as plain values, without its notes."""
    wish = shared.request.as_dict()
    track = wish["melody"]["tracks"][0]
    wish["melody"]["tracks"] = [{name: track[name] for name in ("name", "program", "is_drum")}]
    wish |= {"algorithm": shared.algorithm, "programs": shared.programs, "bpm": shared.bpm, "take": shared.take}
    if shared.task != Task():
        task = shared.task
        wish["task"] = {"text": task.text, "fixed": task.fixed, "hidden": task.hidden}
    return wish


def _joined(wish: Mapping[str, Any], notes: Notes) -> Shared:
    """The wish of `_words` with its notes; raises KeyError, TypeError, ValueError or AttributeError otherwise."""
    (track,) = wish["melody"]["tracks"]
    columns = {name: notes[name] for name in NOTE.names or ()}
    melody = {**wish["melody"], "tracks": [{**track, **columns}]}
    task = wish.get("task", {})
    return Shared(
        Request.from_dict({**wish, "melody": melody}),
        str(wish["algorithm"])[:LONGEST_NAME],
        tuple(wish["programs"]),
        int(wish["bpm"]),
        int(wish["take"]),
        Task(str(task.get("text", ""))[:LONGEST_TASK], _names(task.get("fixed")), _names(task.get("hidden"))),
    )


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(value)[:LONGEST_NAME] for value in list(values or ())[:_SETTINGS_NAMES])
