"""The piano roll as a PNG picture, drawn with Pillow so that no browser is needed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from composer.music.score import Score
from composer.plots.pianoroll import is_black_key, pitch_name, roll_data
from composer.plots.theme import Theme, theme

# Everything is drawn twice as large and then scaled down, which smooths the edges.
_SCALE = 2
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 92, 28, 44
_LEFT_OF_DRUMS = 124
"""Room for the names of drums."""
_LANE, _LANE_GAP = 16, 10
_LONGEST_PX = 6000
_KEY_PX = 36


def pianoroll_png(score: Score, dark: bool = False, places: Sequence[int] | None = None) -> bytes:
    """A PNG of the score's piano roll: title, legend, keyboard at the left, bars and beats; parts by colour and fill.

    Drums have a lane each below the pitches. It is 1,400 pixels wide or 90 a bar, whichever is more, up to 6,000.
    `places` are the numbers of the tracks in the whole that they are taken from: they keep the colours they have there.
    """
    canvas = _Canvas.of(roll_data(score, places), theme(dark))
    canvas.keys()
    canvas.lanes()
    canvas.times()
    for index, part in reversed(list(enumerate(canvas.data["parts"]))):  # the melody lies on top
        colour = part["colour_dark" if dark else "colour"]
        canvas.strokes(part, colour) if part["drums"] else canvas.notes(part, colour)
        canvas.legend(index, part, colour)
    canvas.text((_LEFT - _KEY_PX, 18), canvas.data["title"] or "Piano roll", 20, canvas.colours.text, "la")
    return canvas.png()


@dataclass
class _Canvas:
    """A picture in progress; coordinates are pixels of the finished picture."""

    data: dict[str, Any]
    colours: Theme
    width: int
    left: int
    row: int
    image: Image.Image
    draw: ImageDraw.ImageDraw

    @classmethod
    def of(cls, data: dict[str, Any], colours: Theme) -> _Canvas:
        """An empty picture large enough for `data`, as roll_data gives it."""
        rows = data["high"] - data["low"] + 1
        left = _LEFT_OF_DRUMS if data["lanes"] else _LEFT
        width = min(_LONGEST_PX, max(1400, 90 * len(data["bars"]) + left + _RIGHT))
        row = int(np.clip(560 // max(rows, 1), 7, 16))
        drums = _LANE * len(data["lanes"]) + _LANE_GAP * (len(data["lanes"]) > 0 and rows > 0)
        height = _TOP + rows * row + drums + _BOTTOM
        image = Image.new("RGB", (width * _SCALE, height * _SCALE), colours.ground)
        return cls(data, colours, width, left, row, image, ImageDraw.Draw(image))

    def x(self, seconds: float) -> float:
        """The place of a moment in seconds."""
        return self.left + seconds / max(float(self.data["seconds"]), 1e-6) * (self.width - self.left - _RIGHT)

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

    @property
    def height(self) -> int:
        """The height of the picture."""
        return self.image.height // _SCALE

    def lane_y(self, number: int) -> float:
        """The middle of a drum's lane, counted from 0 at the top."""
        return self.bottom - (len(self.data["lanes"]) - number - 0.5) * _LANE

    def box(self, corners: tuple[float, float, float, float], radius: float = 0, **paint: Any) -> None:
        """A rectangle (left, top, right, bottom), corners rounded by `radius`; `paint` is Pillow's fill, outline."""
        scaled = [round(value * _SCALE) for value in corners]
        self.draw.rounded_rectangle(scaled, radius * _SCALE, **paint)

    def text(self, at: tuple[float, float], words: str, size: int, colour: str, anchor: str) -> None:
        """`words` of `size` pixels at a point; `anchor` is Pillow's, such as "lm" for left and middle."""
        font = ImageFont.load_default(size * _SCALE)
        self.draw.text((at[0] * _SCALE, at[1] * _SCALE), words, colour, font, anchor)

    def keys(self) -> None:
        """Stripes for the black keys and a piano keyboard at the left with the name of every C; nothing if no pitch."""
        if self.data["high"] < self.data["low"]:
            return
        keys, right = self.left - _KEY_PX, self.width - _RIGHT
        keyboard = (keys, _TOP, self.left, self.pitches_end)
        self.box(keyboard, fill=self.colours.ivory, outline=self.colours.bar_line, width=_SCALE)
        for pitch in range(self.data["low"], self.data["high"] + 1):
            top = self.y(pitch)
            if is_black_key(pitch):
                self.box((self.left, top, right, top + self.row), fill=self.colours.stripe)
                self.box((keys, top + 1, self.left - 14, top + self.row - 1), 2, fill=self.colours.ebony)
            elif pitch % 12 in (0, 5):
                self.box((keys, top + self.row, right, top + self.row), fill=self.colours.bar_line)
            if pitch % 12 == 0:
                self.text((keys - 6, top + self.row / 2), pitch_name(pitch), 11, self.colours.muted, "rm")

    def lanes(self) -> None:
        """A stripe for every other drum, and the names of all at the left."""
        for number, lane in enumerate(self.data["lanes"]):
            middle = self.lane_y(number)
            if number % 2 == 0:
                corners = (self.left, middle - _LANE / 2, self.width - _RIGHT, middle + _LANE / 2)
                self.box(corners, fill=self.colours.stripe)
            self.text((self.left - 10, middle), lane["name"], 11, self.colours.muted, "rm")

    def times(self) -> None:
        """Hairlines for beats, stronger lines for bars, and bar numbers."""
        for seconds in self.data["beats"]:
            self.upright(seconds, 0, self.colours.hairline)
        bars = self.data["bars"]
        every = max(1, -(-len(bars) // 64))
        for number, seconds in enumerate(bars):
            self.upright(seconds, 0.5, self.colours.bar_line)
            if number % every == 0 and self.x(seconds) < self.width - _RIGHT - 4:
                self.text((self.x(seconds) + 4, self.bottom + 8), str(number + 1), 12, self.colours.muted, "la")

    def upright(self, seconds: float, thickness: float, colour: str) -> None:
        """A line through the pitches and one through the drums at a moment."""
        left, drums = self.x(seconds), self.bottom - _LANE * len(self.data["lanes"])
        for top, end in ((_TOP, self.pitches_end), (drums, self.bottom)):
            if end > top:
                self.box((left, top, left + thickness, end), fill=colour)

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
            self.box((*corners[0], *corners[2]), size, fill=colour)
        elif mark == "diamond":
            points = [(x, y - size - 1), (x + size + 1, y), (x, y + size + 1), (x - size - 1, y)]
            self.draw.polygon([(a * _SCALE, b * _SCALE) for a, b in points], fill=colour)
        for one, other in ((0, 2), (1, 3)) if mark == "cross" else ():
            ends = [(a * _SCALE, b * _SCALE) for a, b in (corners[one], corners[other])]
            self.draw.line(ends, fill=colour, width=2 * _SCALE)

    def note(self, corners: tuple[float, float, float, float], pattern: str, colour: str) -> None:
        """One note, filled as its part's pattern says."""
        left, top, right, bottom = corners
        middle = (top + bottom) / 2
        if pattern == "hollow":
            self.box(corners, 3, fill=_blend(colour, self.colours.ground, 0.25), outline=colour, width=2 * _SCALE)
            return
        self.box(corners, 3, fill=colour)
        if pattern == "line" and right - left > 8:
            self.box((left + 4, middle - 0.75, right - 4, middle + 0.75), fill=self.colours.ground)
        if pattern == "half":
            self.box((left + 1, middle, right - 1, bottom - 1), fill=_blend(colour, self.colours.ground, 0.35))
        for bar in np.arange(left + 4, right - 2, 5) if pattern == "bars" else ():
            self.box((bar, top + 1, bar + 1, bottom - 1), fill=self.colours.ground)
        for dot in np.arange(left + 5, right - 3, 7) if pattern == "dots" else ():
            self.box((dot - 1.25, middle - 1.25, dot + 1.25, middle + 1.25), 1.25, fill=self.colours.ground)

    def legend(self, index: int, part: dict[str, Any], colour: str) -> None:
        """The name of part `index` beside a note of its kind."""
        left = _LEFT - _KEY_PX + index % 7 * 180
        if part["drums"]:
            self.stroke(left + 6, 62, "disc", colour)
            self.stroke(left + 20, 62, "cross", colour)
        else:
            self.note((left, 56, left + 26, 68), part["pattern"], colour)
        self.text((left + 34, 62), part["name"][:20], 13, self.colours.text, "lm")

    def png(self) -> bytes:
        """The finished picture, scaled down, as a PNG file."""
        size = (self.image.width // _SCALE, self.image.height // _SCALE)
        buffer = io.BytesIO()
        self.image.resize(size, Image.Resampling.BOX).save(buffer, "PNG", optimize=False)
        return buffer.getvalue()


def _blend(colour: str, ground: str, share: float) -> str:
    """`share` of `colour` over `ground`, all as #rrggbb."""
    front, back = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (colour, ground))
    return "#" + "".join(f"{round(value):02x}" for value in share * front + (1 - share) * back)
