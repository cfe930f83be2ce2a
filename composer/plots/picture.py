"""The piano roll as a picture, PNG or SVG, drawn without a browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from composer.music.score import Score
from composer.plots.pens import Corners, Pen, PixelPen, VectorPen
from composer.plots.pianoroll import is_black_key, pitch_name, roll_data
from composer.plots.theme import Theme, theme

_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 92, 28, 44
_LEFT_OF_DRUMS = 124
"""Room for the names of drums."""
_LANE, _LANE_GAP = 16, 10
_LONGEST_PX = 6000
_KEY_PX = 36

AnyPen = TypeVar("AnyPen", bound=Pen)


def pianoroll_png(score: Score, dark: bool = False, places: Sequence[int] | None = None) -> bytes:
    """A PNG of the score's piano roll: title, legend, keyboard at the left, bars and beats; parts by colour and fill.

    Drums have a lane each below the pitches. It is 1,400 pixels wide or 90 a bar, whichever is more, up to 6,000.
    `places` are the numbers of the tracks in the whole that they are taken from: they keep the colours they have there.
    """
    return drawn(roll_data(score, places), theme(dark), dark, PixelPen).pen.png()


def pianoroll_svg(score: Score, dark: bool = False, places: Sequence[int] | None = None) -> bytes:
    """The picture of `pianoroll_png` as an SVG file, sharp at any size."""
    picture = drawn(roll_data(score, places), theme(dark), dark, VectorPen)
    return picture.pen.svg(score.title or "Piano roll").encode()


def drawn(data: dict[str, Any], colours: Theme, dark: bool, pen: Callable[[int, int, str], AnyPen]) -> Picture[AnyPen]:
    """The finished picture of `data` (see roll_data), by the pen that `pen` makes of width, height and ground."""
    picture = Picture.of(data, colours, pen)
    picture.keys()
    picture.lanes()
    picture.times()
    for index, part in reversed(list(enumerate(data["parts"]))):  # the melody lies on top
        colour = part["colour_dark" if dark else "colour"]
        picture.strokes(part, colour) if part["drums"] else picture.notes(part, colour)
        picture.legend(index, part, colour)
    picture.pen.text((_LEFT - _KEY_PX, 18), data["title"] or "Piano roll", 20, colours.text, "la")
    return picture


@dataclass(frozen=True)
class Picture(Generic[AnyPen]):
    """A picture in progress; coordinates are pixels of the finished picture."""

    data: dict[str, Any]
    colours: Theme
    width: int
    height: int
    left: int
    row: int
    pen: AnyPen

    @classmethod
    def of(cls, data: dict[str, Any], colours: Theme, pen: Callable[[int, int, str], AnyPen]) -> Picture[AnyPen]:
        """An empty picture large enough for `data`, as roll_data gives it."""
        rows = data["high"] - data["low"] + 1
        left = _LEFT_OF_DRUMS if data["lanes"] else _LEFT
        width = min(_LONGEST_PX, max(1400, 90 * len(data["bars"]) + left + _RIGHT))
        row = int(np.clip(560 // max(rows, 1), 7, 16))
        drums = _LANE * len(data["lanes"]) + _LANE_GAP * (len(data["lanes"]) > 0 and rows > 0)
        height = _TOP + rows * row + drums + _BOTTOM
        return cls(data, colours, width, height, left, row, pen(width, height, colours.ground))

    @property
    def right(self) -> float:
        """Where the music ends."""
        return self.width - _RIGHT

    @property
    def top(self) -> float:
        """The upper edge of the roll."""
        return _TOP

    def x(self, seconds: float) -> float:
        """The place of a moment in seconds."""
        return self.left + seconds / max(float(self.data["seconds"]), 1e-6) * (self.right - self.left)

    def y(self, pitch: float) -> float:
        """The upper edge of a pitch's row."""
        return _TOP + float(self.data["high"] - pitch) * self.row

    @property
    def pitches_end(self) -> float:
        """The lower edge of the pitches."""
        return self.y(self.data["low"] - 1)

    @property
    def bottom(self) -> float:
        """The lower edge of the roll, drums included."""
        return self.height - _BOTTOM

    def lane_y(self, number: int) -> float:
        """The middle of a drum's lane, counted from 0 at the top."""
        return self.bottom - (len(self.data["lanes"]) - number - 0.5) * _LANE

    def keys(self) -> None:
        """Stripes for the black keys and a piano keyboard at the left with the name of every C; nothing if no pitch."""
        if self.data["high"] < self.data["low"]:
            return
        keys, right = self.left - _KEY_PX, self.right
        keyboard = (keys, _TOP, self.left, self.pitches_end)
        self.pen.box(keyboard, fill=self.colours.bar_line)
        self.pen.box((keys + 1, _TOP + 1, self.left - 1, self.pitches_end - 1), fill=self.colours.ivory)
        for pitch in range(self.data["low"], self.data["high"] + 1):
            top = self.y(pitch)
            if is_black_key(pitch):
                self.pen.box((self.left, top, right, top + self.row), fill=self.colours.stripe)
                self.pen.box((keys, top + 1, self.left - 14, top + self.row - 1), 2, fill=self.colours.ebony)
            elif pitch % 12 in (0, 5):
                self.pen.box((keys, top + self.row, right, top + self.row), fill=self.colours.bar_line)
            if pitch % 12 == 0:
                self.pen.text((keys - 6, top + self.row / 2), pitch_name(pitch), 11, self.colours.muted, "rm")

    def lanes(self) -> None:
        """A stripe for every other drum, and the names of all at the left."""
        for number, lane in enumerate(self.data["lanes"]):
            middle = self.lane_y(number)
            if number % 2 == 0:
                corners = (self.left, middle - _LANE / 2, self.right, middle + _LANE / 2)
                self.pen.box(corners, fill=self.colours.stripe)
            self.pen.text((self.left - 10, middle), lane["name"], 11, self.colours.muted, "rm")

    def times(self) -> None:
        """Hairlines for beats, stronger lines for bars, and bar numbers."""
        for seconds in self.data["beats"]:
            self.upright(seconds, 0, self.colours.hairline)
        bars = self.data["bars"]
        every = max(1, -(-len(bars) // 64))
        for number, seconds in enumerate(bars):
            self.upright(seconds, 0.5, self.colours.bar_line)
            if number % every == 0 and self.x(seconds) < self.right - 4:
                self.pen.text((self.x(seconds) + 4, self.bottom + 8), str(number + 1), 12, self.colours.muted, "la")

    def upright(self, seconds: float, thickness: float, colour: str) -> None:
        """A line through the pitches and one through the drums at a moment."""
        left, drums = self.x(seconds), self.bottom - _LANE * len(self.data["lanes"])
        for top, end in ((_TOP, self.pitches_end), (drums, self.bottom)):
            if end > top:
                self.pen.box((left, top, left + thickness, end), fill=colour)

    def notes(self, part: dict[str, Any], colour: str) -> None:
        """All notes of one part."""
        for start, duration, pitch in zip(part["start"], part["duration"], part["pitch"], strict=True):
            left, right = self.x(start), max(self.x(start + duration) - 1.5, self.x(start) + 2)
            self.note((left, self.y(pitch) + 1, right, self.y(pitch) + self.row - 1), part["pattern"], colour)

    def strokes(self, part: dict[str, Any], colour: str) -> None:
        """All strokes of one drum kit, each a mark of one size where it begins."""
        places = {lane["pitch"]: (self.lane_y(number), lane["mark"]) for number, lane in enumerate(self.data["lanes"])}
        for start, pitch in zip(part["start"], part["pitch"], strict=True):
            middle, mark = places[pitch]
            self.stroke(self.x(start) + 5, middle, mark, colour)

    def stroke(self, x: float, y: float, mark: str, colour: str) -> None:
        """One stroke on a drum around a point: a disc, a cross or a diamond."""
        size = 4.0
        corners = [(x - size, y - size), (x + size, y - size), (x + size, y + size), (x - size, y + size)]
        if mark == "disc":
            self.pen.box((*corners[0], *corners[2]), size, fill=colour)
        elif mark == "diamond":
            size += 1
            self.pen.polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], colour)
        for one, other in ((0, 2), (1, 3)) if mark == "cross" else ():
            self.pen.line(corners[one], corners[other], colour)

    def note(self, corners: Corners, pattern: str, colour: str) -> None:
        """One note, filled as its part's pattern says."""
        left, top, right, bottom = corners
        middle = (top + bottom) / 2
        if pattern == "hollow":
            self.pen.box(corners, 3, fill=colour, share=0.25, outline=colour)
            return
        self.pen.box(corners, 3, fill=colour)
        if pattern == "line" and right - left > 8:
            self.pen.box((left + 4, middle - 0.75, right - 4, middle + 0.75), fill=self.colours.ground)
        if pattern == "half":
            self.pen.box((left + 1, middle, right - 1, bottom - 1), fill=self.colours.ground, share=0.65, over=colour)
        for bar in np.arange(left + 4, right - 2, 5) if pattern == "bars" else ():
            self.pen.box((bar, top + 1, bar + 1, bottom - 1), fill=self.colours.ground)
        for dot in np.arange(left + 5, right - 3, 7) if pattern == "dots" else ():
            self.pen.box((dot - 1.25, middle - 1.25, dot + 1.25, middle + 1.25), 1.25, fill=self.colours.ground)

    def legend(self, index: int, part: dict[str, Any], colour: str) -> None:
        """The name of part `index` beside a note of its kind."""
        left = _LEFT - _KEY_PX + index % 7 * 180
        if part["drums"]:
            self.stroke(left + 6, 62, "disc", colour)
            self.stroke(left + 20, 62, "cross", colour)
        else:
            self.note((left, 56, left + 26, 68), part["pattern"], colour)
        self.pen.text((left + 34, 62), part["name"][:20], 13, self.colours.text, "lm")
