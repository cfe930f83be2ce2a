"""Notes as few bytes, and back without losing a bit: for addresses, where every character counts.

A block of notes is: their number; the grid (steps a quarter, 0 for none); onsets, durations, pitches and velocities,
each column for itself, because like stands beside like and compresses better. A column holds whole numbers, onsets,
pitches and velocities as differences between neighbours: the least of them, how many bits the others need above it, and
those bits. Times that lie on no grid are written as eight-byte floats.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from composer.music.score import NOTE, Notes

FINEST_GRID = 15_360
"""The finest division of a quarter that one time is looked for on: that of the finest MIDI file written here."""
_FINEST_COMMON = 1 << 24
_WIDEST = 56
_OWN, _TO_END, _EITHER = range(3)
"""How durations come back: as steps, as the distance to an end on the grid, or each by a bit of its own.

They are the same in exact numbers, but not in floats: a reader of MIDI subtracts two rounded times.
"""

Ints = NDArray[np.int64]


def pack_notes(notes: Notes, whole_bytes: bool) -> bytes:
    """Notes, shape (n,), as bytes from which `unpack_notes` makes the very same ones.

    With `whole_bytes` every number of a column begins a byte: longer, but what repeats (music on a grid) can be seen by
    a compressor. Without, it is as short as such numbers can be, which suits played music.
    """
    align = 8 if whole_bytes else 1
    onset, duration = notes["onset"], notes["duration"]
    grid = _grid(onset, duration)
    kinds = _kinds(onset, duration, grid) if grid else None
    if kinds is None:
        times = [_number(0), onset.astype("<f8").tobytes(), duration.astype("<f8").tobytes()]
    else:
        lengths = _column(_steps(duration, grid), align)
        times = [_number(grid), _differences(_steps(onset, grid), align), lengths, kinds]
    played = [_differences(notes[name].astype(np.int64), align) for name in ("pitch", "velocity")]
    return b"".join([_number(len(notes)), *times, *played])


def unpack_notes(data: bytes, most: int) -> Notes:
    """The notes of `pack_notes`, at most `most`; raises ValueError for bytes that are no such block."""
    reader = _Reader(data)
    count = reader.number()
    if count > most:
        raise ValueError("too many notes")
    notes = np.empty(count, NOTE)
    grid = reader.number()
    if grid:
        steps, lengths = np.cumsum(reader.column(count)), reader.column(count)
        notes["onset"] = steps / grid
        notes["duration"] = np.where(reader.kinds(count), (steps + lengths) / grid - notes["onset"], lengths / grid)
    else:
        notes["onset"], notes["duration"] = reader.floats(count), reader.floats(count)
    notes["pitch"], notes["velocity"] = np.cumsum(reader.column(count)), np.cumsum(reader.column(count))
    reader.finish()
    return notes


def _grid(onset: NDArray[np.float64], duration: NDArray[np.float64]) -> int:
    """The fewest steps a quarter that hold every onset and duration; 0 where there is no such number or no note."""
    grid = 1
    times: list[float] = np.unique(np.concatenate([onset, duration])).tolist()
    for time in times:
        if not math.isfinite(time):
            return 0
        grid = math.lcm(grid, Fraction(time).limit_denominator(FINEST_GRID).denominator)
        if grid > _FINEST_COMMON:
            return 0
    return grid if np.array_equal(_steps(onset, grid) / grid, onset) else 0


def _kinds(onset: NDArray[np.float64], duration: NDArray[np.float64], grid: int) -> bytes | None:
    """Which of the two ways gives each duration back exactly; None where neither does for one of them."""
    steps, lengths = _steps(onset, grid), _steps(duration, grid)
    own = lengths / grid == duration
    to_end = (steps + lengths) / grid - onset == duration
    if own.all():
        return bytes([_OWN])
    if to_end.all():
        return bytes([_TO_END])
    return bytes([_EITHER]) + np.packbits(~own).tobytes() if (own | to_end).all() else None


def _steps(quarters: NDArray[np.float64], grid: int) -> Ints:
    return np.rint(quarters * grid).astype(np.int64)


def _differences(column: Ints, align: int) -> bytes:
    """A column of the differences between neighbours, the first from 0."""
    return _column(np.diff(column, prepend=0), align)


def _column(numbers: Ints, align: int) -> bytes:
    """Whole numbers as the least of them (its sign folded in), the bits of each above that, and those bits."""
    if not len(numbers):
        return b""
    least = int(numbers.min())
    above = numbers - least
    width = -(-int(above.max()).bit_length() // align) * align
    bits = above[:, None] >> np.arange(width)[::-1] & 1
    return _number(2 * least if least >= 0 else -2 * least - 1) + bytes([width]) + np.packbits(bits.ravel()).tobytes()


def _number(number: int) -> bytes:
    """A whole number from 0 on, seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


class _Reader:
    """Reads a block from its beginning; raises ValueError where it ends too early or a number makes no sense."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) < count:
            raise ValueError("cut off")
        self.at += count
        return part

    def number(self) -> int:
        value = 0
        for shift in range(0, 56, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("a number without end")

    def column(self, count: int) -> Ints:
        if not count:
            return np.zeros(0, np.int64)
        folded = self.number()
        least = -(folded + 1) // 2 if folded % 2 else folded // 2
        width = self.take(1)[0]
        if width > _WIDEST:
            raise ValueError("numbers too wide")
        bits = self.bits(count * width).reshape(count, width)
        return bits.astype(np.int64) @ (1 << np.arange(width)[::-1]) + least

    def bits(self, count: int) -> NDArray[np.uint8]:
        return np.unpackbits(np.frombuffer(self.take(-(-count // 8)), np.uint8), count=count)

    def kinds(self, count: int) -> NDArray[np.bool_]:
        """For each duration, whether it is the distance to an end on the grid."""
        kind = self.number()
        if kind > _EITHER:
            raise ValueError("an unknown kind of duration")
        if kind != _EITHER:
            return np.full(count, kind == _TO_END)
        return self.bits(count).astype(bool)

    def floats(self, count: int) -> Sequence[float]:
        return struct.unpack(f"<{count}d", self.take(8 * count))

    def finish(self) -> None:
        if self.at != len(self.data):
            raise ValueError("more than a block")
