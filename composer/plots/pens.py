"""Two ways to draw the same picture: as pixels with Pillow, and as SVG. Coordinates are pixels of the finished one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from composer.plots.theme import FONT

Corners = tuple[float, float, float, float]
Point = tuple[float, float]

# Everything is drawn twice as large and then scaled down, which smooths the edges.
_SCALE = 2
_SVG_ANCHORS = {"l": "start", "m": "middle", "r": "end"}
_SVG_SHIFTS = {"a": "0.9em", "m": "0.35em"}


class Pen(Protocol):
    """What draws a picture, from the back to the front."""

    def box(
        self, corners: Corners, radius: float = 0, *, fill: str, share: float = 1.0, over: str = "", outline: str = ""
    ) -> None:
        """A rectangle (left, top, right, bottom), corners rounded by `radius`, with `share` of `fill`.

        The rest shows the colour it lies `over`, the ground if none is given. An `outline` is 2 pixels wide, inside.
        """

    def text(self, at: Point, words: str, size: int, colour: str, anchor: str) -> None:
        """`words` of `size` pixels at a point; `anchor` is l or r (left, right), then a or m (top, middle)."""

    def line(self, start: Point, end: Point, colour: str) -> None:
        """A line 2 pixels wide."""

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """A filled polygon."""


class PixelPen:
    """Draws with Pillow; `png` gives the finished file."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        self.ground = ground
        self.image = Image.new("RGB", (width * _SCALE, height * _SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def box(
        self, corners: Corners, radius: float = 0, *, fill: str, share: float = 1.0, over: str = "", outline: str = ""
    ) -> None:
        """See Pen.box."""
        scaled = [round(value * _SCALE) for value in corners]
        fill = fill if share == 1 else _blend(fill, over or self.ground, share)
        self.draw.rounded_rectangle(scaled, radius * _SCALE, fill, outline or None, 2 * _SCALE)

    def text(self, at: Point, words: str, size: int, colour: str, anchor: str) -> None:
        """See Pen.text."""
        font = ImageFont.load_default(size * _SCALE)
        self.draw.text((at[0] * _SCALE, at[1] * _SCALE), words, colour, font, anchor)

    def line(self, start: Point, end: Point, colour: str) -> None:
        """See Pen.line."""
        self.draw.line([(x * _SCALE, y * _SCALE) for x, y in (start, end)], fill=colour, width=2 * _SCALE)

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """See Pen.polygon."""
        self.draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def png(self) -> bytes:
        """The finished picture, scaled down, as a PNG file."""
        size = (self.image.width // _SCALE, self.image.height // _SCALE)
        buffer = io.BytesIO()
        self.image.resize(size, Image.Resampling.BOX).save(buffer, "PNG", optimize=False)
        return buffer.getvalue()


class VectorPen:
    """Writes SVG; colours may be anything that CSS understands. `svg` gives the finished drawing."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        self.size = (width, height)
        self.shapes: list[str] = []
        self.box((0, 0, width, height), fill=ground)

    def box(
        self, corners: Corners, radius: float = 0, *, fill: str, share: float = 1.0, over: str = "", outline: str = ""
    ) -> None:
        """See Pen.box."""
        inset = 1 if outline else 0
        left, top, right, bottom = (edge + inset * side for edge, side in zip(corners, (1, 1, -1, -1), strict=True))
        # Pillow fills a box up to its last pixel; one without width is a hairline there.
        size = (max(right - left, 0.5), max(bottom - top, 0.5))
        parts = [f'<rect x="{left:g}" y="{top:g}" width="{size[0]:g}" height="{size[1]:g}" fill="{fill}"']
        parts += [f'rx="{radius:g}"'] * (radius > 0) + [f'fill-opacity="{share:g}"'] * (share < 1)
        parts += [f'stroke="{outline}" stroke-width="2"'] * bool(outline)
        self.shapes.append(" ".join(parts) + "/>")

    def text(self, at: Point, words: str, size: int, colour: str, anchor: str) -> None:
        """See Pen.text."""
        place = f'x="{at[0]:g}" y="{at[1]:g}" dy="{_SVG_SHIFTS[anchor[1]]}" text-anchor="{_SVG_ANCHORS[anchor[0]]}"'
        self.shapes.append(f'<text {place} font-size="{size}" fill="{colour}">{escape(words)}</text>')

    def line(self, start: Point, end: Point, colour: str) -> None:
        """See Pen.line."""
        ends = f'x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}"'
        self.shapes.append(f'<line {ends} stroke="{colour}" stroke-width="2"/>')

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """See Pen.polygon."""
        places = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.shapes.append(f'<polygon points="{places}" fill="{colour}"/>')

    def svg(self, title: str) -> str:
        """The finished drawing, which says `title` to a screen reader."""
        width, height = self.size
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        )
        font = f"font-family='{FONT}'"
        body = "\n".join(self.shapes)
        return f'{head} role="img" {font}>\n<title>{escape(title)}</title>\n{body}\n</svg>\n'


def _blend(colour: str, ground: str, share: float) -> str:
    """`share` of `colour` over `ground`, all as #rrggbb."""
    front, back = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (colour, ground))
    return "#" + "".join(f"{round(value):02x}" for value in share * front + (1 - share) * back)
