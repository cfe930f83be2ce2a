"""The piano roll three ways: plain data for the player, a plotly figure, and a picture to take home."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from composer.music.instruments import instrument_name
from composer.music.score import Meter, Score
from composer.plots.theme import part_colour, part_pattern, plotly_layout, theme

_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_BLACK = (1, 3, 6, 8, 10)
_SMALLEST_RANGE = 17
_PLOTLY_PATTERNS = {"solid": "", "line": "-", "dots": ".", "hollow": "/"}


def pitch_name(pitch: int) -> str:
    """Name and octave of a MIDI pitch 0..127; 60 is C4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def is_black_key(pitch: int) -> bool:
    """Whether a MIDI pitch is a black key of the piano."""
    return pitch % 12 in _BLACK


def beat_lines(score: Score) -> NDArray[np.float64]:
    """Positions of all beats in quarters, pickup included, to the end of the music; three eighths a beat in 6/8."""
    ends = [meter.onset for meter in score.meters[1:]] + [score.end + 1e-9]
    lines = [
        np.arange(meter.onset + (score.pickup % _beat_quarters(meter) if i == 0 else 0.0), end, _beat_quarters(meter))
        for i, (meter, end) in enumerate(zip(score.meters, ends, strict=True))
    ]
    return np.concatenate(lines)


def _beat_quarters(meter: Meter) -> float:
    compound = meter.denominator >= 8 and meter.numerator % 3 == 0
    return (3 if compound else 1) * 4 / meter.denominator


def pitch_range(score: Score) -> tuple[int, int]:
    """Lowest and highest MIDI pitch a roll shows: all notes, two semitones of air, never under an octave and a half."""
    pitches = np.concatenate([track.notes["pitch"] for track in score.tracks] or [np.array([], int)]).astype(int)
    low, high = (int(pitches.min()) - 2, int(pitches.max()) + 2) if len(pitches) else (60, 72)
    missing = max(0, _SMALLEST_RANGE - (high - low))
    return max(0, low - missing // 2), min(127, high + missing - missing // 2)


def roll_data(score: Score) -> dict[str, Any]:
    """What a roll needs, ready for JSON, times in seconds rounded to 0.1 ms.

    Keys: `parts` (name, instrument, colour, colour_dark, pattern, summary, and the equally long lists start, duration,
    pitch, velocity), `bars`, `beats`, `low`, `high` (MIDI pitches), `seconds` (end of the music).
    """
    low, high = pitch_range(score)
    return {
        "parts": [_part(score, index) for index in range(len(score.tracks))],
        "bars": _seconds(score, score.bar_lines()),
        "beats": _seconds(score, beat_lines(score)),
        "low": low,
        "high": high,
        "seconds": round(float(score.seconds(score.end)), 4),
        "title": score.title,
    }


def _seconds(score: Score, quarters: NDArray[np.float64]) -> list[float]:
    """Those of the positions that lie before the end of the music, in seconds: the closing line starts no bar."""
    seconds: list[float] = score.seconds(quarters[quarters < score.end - 1e-6]).round(4).tolist()
    return seconds


def _part(score: Score, index: int) -> dict[str, Any]:
    track = score.tracks[index]
    notes = track.notes
    start = score.seconds(notes["onset"])
    return {
        "name": track.name,
        "instrument": instrument_name(track.program, track.is_drum),
        "colour": part_colour(index),
        "colour_dark": part_colour(index, dark=True),
        "pattern": part_pattern(index),
        "summary": part_summary(score, index),
        "start": start.round(4).tolist(),
        "duration": (score.seconds(notes["onset"] + notes["duration"]) - start).round(4).tolist(),
        "pitch": notes["pitch"].tolist(),
        "velocity": notes["velocity"].tolist(),
    }


def part_summary(score: Score, index: int) -> str:
    """One sentence on a part for those who cannot see the roll: “Soprano: 14 notes, C4 to G5.”"""
    track = score.tracks[index]
    pitch = track.notes["pitch"]
    if not len(pitch):
        return f"{track.name}: no notes."
    count = f"{len(pitch)} note{'s' if len(pitch) > 1 else ''}"
    if track.is_drum:
        return f"{track.name}: {count} on drums."
    return f"{track.name}: {count}, {pitch_name(int(pitch.min()))} to {pitch_name(int(pitch.max()))}."


def pianoroll_figure(score: Score, dark: bool = False) -> go.Figure:
    """A plotly piano roll: a horizontal bar a note, one trace a part, bar numbers below and octaves at the left."""
    data = roll_data(score)
    figure = go.Figure([_trace(part, dark) for part in data["parts"]])
    figure.update_layout(_layout(data, dark))
    return figure


def _trace(part: dict[str, Any], dark: bool) -> go.Bar:
    colour = part["colour_dark"] if dark else part["colour"]
    return go.Bar(
        name=part["name"],
        orientation="h",
        base=part["start"],
        x=part["duration"],
        y=part["pitch"],
        width=0.82,
        customdata=[pitch_name(pitch) for pitch in part["pitch"]],
        hovertemplate="%{customdata}, %{base:.2f} s<extra>" + part["name"] + "</extra>",
        marker={
            "color": colour,
            "cornerradius": 3,
            "line": {"width": 0},
            "pattern": {
                "shape": _PLOTLY_PATTERNS[part["pattern"]],
                "fgcolor": theme(dark).ground,
                "fgopacity": 0.45,
                "size": 5,
                "solidity": 0.25,
            },
        },
    )


def _layout(data: dict[str, Any], dark: bool) -> dict[str, Any]:
    colours, low, high = theme(dark), data["low"], data["high"]
    layout = plotly_layout(dark, barmode="overlay", bargap=0)
    every = max(1, -(-len(data["bars"]) // 16))
    layout["xaxis"] |= {
        "range": [0, data["seconds"]],
        "tickvals": data["bars"][::every],
        "ticktext": [str(bar + 1) for bar in range(0, len(data["bars"]), every)],
        "gridcolor": colours.bar_line,
        "title": {"text": "Bar", "font": {"color": colours.muted}},
    }
    octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
    layout["yaxis"] |= {
        "range": [low - 0.5, high + 0.5],
        "tickvals": octaves,
        "ticktext": [pitch_name(pitch) for pitch in octaves],
        "showgrid": False,
    }
    stripe = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    black = (pitch for pitch in range(low, high + 1) if is_black_key(pitch))
    layout["shapes"] = [stripe | {"y0": pitch - 0.5, "y1": pitch + 0.5, "fillcolor": colours.stripe} for pitch in black]
    return layout
