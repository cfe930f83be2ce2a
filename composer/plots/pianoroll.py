"""The piano roll three ways: plain data for the player, a plotly figure, and a picture to take home."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from composer.music.drums import METAL, OTHER, SKIN, drum
from composer.music.instruments import instrument_name
from composer.music.score import Meter, Score
from composer.plots.theme import part_colour, part_pattern, plotly_layout, theme

_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_BLACK = (1, 3, 6, 8, 10)
_SMALLEST_RANGE = 17
_PLOTLY_PATTERNS = {"solid": "", "line": "-", "dots": ".", "hollow": "/", "bars": "|", "half": "x"}
MARKS = {SKIN: "disc", METAL: "cross", OTHER: "diamond"}
"""How a stroke on each kind of drum is drawn."""
_LANE_ORDER = (METAL, OTHER, SKIN)
_PLOTLY_MARKS = {"disc": "circle", "cross": "x-thin", "diamond": "diamond"}


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
    """Lowest and highest MIDI pitch a roll shows: all notes, two semitones of air, never under an octave and a half.

    Drums have no pitch and count for nothing; where there is nothing else the answer is an empty range, (60, 59).
    """
    pitched = [track.notes["pitch"] for track in score.tracks if not track.is_drum]
    if score.tracks and not pitched:
        return 60, 59
    pitches = np.concatenate(pitched or [np.array([], int)]).astype(int)
    low, high = (int(pitches.min()) - 2, int(pitches.max()) + 2) if len(pitches) else (60, 72)
    missing = max(0, _SMALLEST_RANGE - (high - low))
    return max(0, low - missing // 2), min(127, high + missing - missing // 2)


def drum_lanes(score: Score) -> list[int]:
    """The pitches that the drums of a score use, each a lane of the roll, from the uppermost down: cymbals to kick."""
    return lane_order(
        {int(pitch) for track in score.tracks if track.is_drum for pitch in np.unique(track.notes["pitch"])}
    )


def lane_order(pitches: Iterable[int]) -> list[int]:
    """Pitches of a drum kit as its lanes of a roll, from the uppermost down: cymbals, the rest, skins to the kick."""
    return sorted(pitches, key=lambda pitch: (_LANE_ORDER.index(drum(pitch).kind), -pitch))


def roll_data(score: Score, places: Sequence[int] | None = None) -> dict[str, Any]:
    """What a roll needs, ready for JSON, times in seconds rounded to 0.1 ms.

    Keys: `parts` (name, instrument, drums (whether it is a kit), colour, colour_dark, pattern, summary, and the equally
    long lists start, duration, pitch, velocity), `bars`, `beats`, `low`, `high` (MIDI pitches), `lanes` (pitch, name
    and mark of each drum, from the uppermost down), `seconds` (end of the music). `places` are the numbers of the
    tracks in the whole that they are taken from, which decide their colours.
    """
    low, high = pitch_range(score)
    return {
        "parts": [_part(score, i, place) for i, place in enumerate(places or range(len(score.tracks)))],
        "bars": _seconds(score, score.bar_lines()),
        "beats": _seconds(score, beat_lines(score)),
        "low": low,
        "high": high,
        "lanes": [_lane(pitch) for pitch in drum_lanes(score)],
        "seconds": round(float(score.seconds(score.end)), 4),
        "title": score.title,
    }


def _lane(pitch: int) -> dict[str, Any]:
    return {"pitch": pitch, "name": drum(pitch).name, "mark": MARKS[drum(pitch).kind]}


def _seconds(score: Score, quarters: NDArray[np.float64]) -> list[float]:
    """Those of the positions that lie before the end of the music, in seconds: the closing line starts no bar."""
    seconds: list[float] = score.seconds(quarters[quarters < score.end - 1e-6]).round(4).tolist()
    return seconds


def _part(score: Score, index: int, place: int) -> dict[str, Any]:
    track = score.tracks[index]
    notes = track.notes
    start = score.seconds(notes["onset"])
    return {
        "name": track.name,
        "instrument": instrument_name(track.program, track.is_drum),
        "drums": track.is_drum,
        "colour": part_colour(place),
        "colour_dark": part_colour(place, dark=True),
        "pattern": part_pattern(place),
        "summary": part_summary(score, index),
        "start": start.round(4).tolist(),
        "duration": (score.seconds(notes["onset"] + notes["duration"]) - start).round(4).tolist(),
        "pitch": notes["pitch"].tolist(),
        "velocity": notes["velocity"].tolist(),
    }


def part_summary(score: Score, index: int) -> str:
    """One sentence on a part for those who cannot see the roll: “Soprano: 14 notes, C4 to G5.”

    Of drums it tells how often each is struck: “Drums: 24 strokes: 16 Closed hi-hat, 8 Kick.”
    """
    track = score.tracks[index]
    pitch = track.notes["pitch"]
    if not len(pitch):
        return f"{track.name}: no notes."
    if track.is_drum:
        used, times = np.unique(pitch, return_counts=True)
        each = [f"{times[k]} {drum(int(used[k])).name}" for k in np.argsort(-times, kind="stable")]
        return f"{track.name}: {len(pitch)} stroke{'s' * (len(pitch) > 1)}: {', '.join(each)}."
    count = f"{len(pitch)} note{'s' if len(pitch) > 1 else ''}"
    return f"{track.name}: {count}, {pitch_name(int(pitch.min()))} to {pitch_name(int(pitch.max()))}."


def pianoroll_figure(score: Score, dark: bool = False) -> go.Figure:
    """A plotly piano roll: a bar a note, one trace a part, drums as marks in lanes below, bar numbers and octaves."""
    data = roll_data(score)
    levels = _lane_levels(data)
    figure = go.Figure(
        [_strokes(part, data, levels, dark) if part["drums"] else _trace(part, dark) for part in data["parts"]]
    )
    figure.update_layout(_layout(data, levels, dark))
    return figure


def _lane_levels(data: dict[str, Any]) -> dict[int, int]:
    """Where each drum's lane lies on the axis of pitches, below the lowest, by the drum's pitch."""
    return {lane["pitch"]: data["low"] - 2 - number for number, lane in enumerate(data["lanes"])}


def _strokes(part: dict[str, Any], data: dict[str, Any], levels: dict[int, int], dark: bool) -> go.Scatter:
    colour = part["colour_dark"] if dark else part["colour"]
    lanes = {lane["pitch"]: lane for lane in data["lanes"]}
    return go.Scatter(
        name=part["name"],
        mode="markers",
        x=part["start"],
        y=[levels[pitch] for pitch in part["pitch"]],
        customdata=[lanes[pitch]["name"] for pitch in part["pitch"]],
        hovertemplate="%{customdata}, %{x:.2f} s<extra>" + part["name"] + "</extra>",
        marker={
            "symbol": [_PLOTLY_MARKS[lanes[pitch]["mark"]] for pitch in part["pitch"]],
            "color": colour,
            "size": 8,
            "line": {"width": 2, "color": colour},
        },
    )


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


def _layout(data: dict[str, Any], levels: dict[int, int], dark: bool) -> dict[str, Any]:
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
        "range": [min([low, *levels.values()]) - 0.5, high + 0.5],
        "tickvals": [*octaves, *levels.values()],
        "ticktext": [*map(pitch_name, octaves), *(lane["name"] for lane in data["lanes"])],
        "automargin": True,
        "showgrid": False,
    }
    stripe = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    black = (pitch for pitch in range(low, high + 1) if is_black_key(pitch))
    layout["shapes"] = [stripe | {"y0": pitch - 0.5, "y1": pitch + 0.5, "fillcolor": colours.stripe} for pitch in black]
    return layout
