"""What was heard of a voice: its pitch as a line over the notes that were made of it, row by row like sheet music."""

from __future__ import annotations

from html import escape

import numpy as np

from composer.music.singing import PitchCurve, SungNotes
from composer.music.singing.pitch import HOP_S, Floats
from composer.music.theory import pitch_name
from composer.plots.theme import FONT, Theme, theme

ROW_S = 8.0
"""Seconds in a row."""

_WIDTH, _LEFT, _TOP, _BOTTOM = 360, 26, 9, 16
_PX_A_SECOND = (_WIDTH - _LEFT) / ROW_S
_FEWEST, _LOWEST_PX, _HIGHEST_PX = 8, 3.0, 8.0
_ROLL_PX = 96
_NAMED_PX = 12
"""A note narrower than this has no room for its name."""
_EVERY = 3
"""Of so many moments one is drawn."""


def singing_svg(curve: PitchCurve, notes: SungNotes, tuning: Floats, dark: bool = False) -> str:
    """An SVG of rows of ROW_S seconds: notes as boxes, the pitch as it was sung as a line over them.

    `tuning`, in semitones at each moment, is taken off the line.
    """
    picture = _Picture(curve, notes, tuning, theme(dark))
    rows = max(int(np.ceil(notes["end"].max(initial=0.0) / ROW_S)), 1)
    body = "\n".join(picture.row(number) for number in range(rows))
    height = rows * picture.row_px
    words = f"{len(notes)} notes found in {len(curve.pitch) * HOP_S:.0f} seconds of singing"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" '
        f'height="{height:g}" role="img" font-family=\'{FONT}\'>\n<title>{escape(words)}</title>\n{body}\n</svg>\n'
    )


class _Picture:
    """What all rows have in common: the notes, the range of pitches and the colours."""

    def __init__(self, curve: PitchCurve, notes: SungNotes, tuning: Floats, colours: Theme) -> None:
        self.pitch, self.notes, self.colours = curve.pitch - tuning, notes, colours
        pitches = notes["pitch"] if len(notes) else np.array([60])
        self.low, self.high = int(pitches.min()) - 2, int(pitches.max()) + 2
        self.semitone_px = float(np.clip(_ROLL_PX / max(self.high - self.low, _FEWEST), _LOWEST_PX, _HIGHEST_PX))
        self.roll_px = (self.high - self.low + 1) * self.semitone_px
        self.row_px = _TOP + self.roll_px + _BOTTOM

    def row(self, number: int) -> str:
        """The shapes of a row, from the back to the front."""
        begin, top = number * ROW_S, number * self.row_px + _TOP
        here = np.flatnonzero((self.notes["onset"] < begin + ROW_S) & (self.notes["end"] > begin))
        return "\n".join(
            [*self._frame(begin, top), *(self._note(int(k), begin, top) for k in here), self._line(begin, top)]
        )

    def _y(self, pitch: float, top: float) -> float:
        return top + (self.high - pitch + 0.5) * self.semitone_px

    def _frame(self, begin: float, top: float) -> list[str]:
        """A line at each C, named, and the seconds below."""
        colours, shapes = self.colours, []
        for pitch in range(self.low, self.high + 1):
            if pitch % 12 == 0:
                y = self._y(pitch, top)
                shapes += [
                    f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colours.bar_line}"/>',
                    _text(0, y + 3.5, 10, colours.muted, pitch_name(pitch)),
                ]
        for second in range(0, round(ROW_S), 2):
            x, clock = _LEFT + second * _PX_A_SECOND, int(begin) + second
            words = f"{clock // 60}:{clock % 60:02d}"
            shapes.append(_text(x, top + self.roll_px + 11, 10, colours.muted, words))
        return shapes

    def _note(self, index: int, begin: float, top: float) -> str:
        """A box with its name above it; the last of an earlier row goes on at the left."""
        note, colours = self.notes[index], self.colours
        left = _LEFT + max(note["onset"] - begin, 0.0) * _PX_A_SECOND
        right = _LEFT + min(note["end"] - begin, ROW_S) * _PX_A_SECOND
        y, height = self._y(note["pitch"] + 0.5, top), self.semitone_px
        box = (
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(right - left - 0.5, 1):.1f}" height="{height:.1f}" rx="2" '
            f'fill="{colours.accent}" fill-opacity="0.45" stroke="{colours.accent}"/>'
        )
        if note["onset"] < begin or right - left < _NAMED_PX:
            return box
        return box + _text(left, y - 2, 8, colours.muted, pitch_name(int(note["pitch"])))

    def _line(self, begin: float, top: float) -> str:
        """The sung pitch, broken where no tone sounds or the line would leave the row."""
        first = round(begin / HOP_S)
        pitch = self.pitch[first : first + round(ROW_S / HOP_S) : _EVERY]
        x = _LEFT + np.arange(len(pitch)) * _EVERY * HOP_S * _PX_A_SECOND
        y = self._y(0, top) - pitch * self.semitone_px
        inside = ~np.isnan(pitch) & (pitch > self.low - 0.5) & (pitch < self.high + 0.5)
        begins = inside & ~np.insert(inside[:-1], 0, False)
        steps = [f"{'M' if begins[k] else 'L'}{x[k]:.1f} {y[k]:.1f}" for k in np.flatnonzero(inside)]
        return f'<path d="{" ".join(steps)}" fill="none" stroke="{self.colours.text}" stroke-width="1.2"/>'


def _text(x: float, y: float, size: int, colour: str, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}">{escape(words)}</text>'
