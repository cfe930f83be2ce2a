"""What a dataset is made of: its keys and the heights of its parts, as plotly figures in plain dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import DRUMS
from composer.plots.pianoroll import pitch_name
from composer.plots.theme import part_colour, plotly_layout, theme
from composer.plots.training import Figure

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_ON_FIFTHS = [fifth * 7 % 12 for fifth in range(12)]
_TONICS = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def key_figure(keys: Mapping[str, int], dark: bool = False) -> Figure:
    """How many pieces are in each key, `keys` being counts by names such as "C major", along the circle of fifths."""
    tonics = [_TONICS[tonic] for tonic in _ON_FIFTHS]
    bars = [
        {
            "type": "bar",
            "name": mode.capitalize(),
            "x": tonics,
            "y": [keys.get(f"{tonic} {mode}", 0) for tonic in tonics],
            "marker": {"color": part_colour(number * 2, dark), "cornerradius": 3, "pattern": {"shape": pattern}},
            "hovertemplate": f"%{{x}} {mode}: %{{y}}<extra></extra>",
        }
        for number, (mode, pattern) in enumerate((("major", ""), ("minor", "/")))
    ]
    layout = _layout(dark, "dataset-keys") | {"barmode": "stack", "bargap": 0.25}
    layout["yaxis"]["title"] |= {"text": "Pieces"}
    layout["xaxis"]["showgrid"] = False
    return {"data": bars, "layout": layout}


def pitch_figure(pitches: NDArray[np.int64], names: Sequence[str], dark: bool = False) -> Figure:
    """The share of each part's notes at each MIDI pitch, from counts of shape (parts, 128); drums have no height."""
    parts = [number for number, name in enumerate(names) if name != DRUMS and pitches[number].any()]
    lines = [_line(pitches[number], names[number], number, dark) for number in parts]
    used = np.flatnonzero(pitches[parts].any(axis=0)) if parts else np.array([60])
    octaves = np.arange(used[0] // 12, used[-1] // 12 + 2) * 12
    layout = _layout(dark, "dataset-pitches")
    layout["xaxis"] |= {
        "tickvals": octaves.tolist(),
        "ticktext": [pitch_name(int(pitch)) for pitch in octaves],
        "range": [int(used[0]) - 2, int(used[-1]) + 2],
    }
    layout["yaxis"] |= {"tickformat": ".0%", "rangemode": "tozero"}
    layout["yaxis"]["title"] |= {"text": "Share of notes"}
    return {"data": lines, "layout": layout}


def _line(counts: NDArray[np.int64], name: str, number: int, dark: bool) -> dict[str, Any]:
    inside = np.arange(np.flatnonzero(counts)[0] - 1, np.flatnonzero(counts)[-1] + 2).clip(0, 127)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": inside.tolist(),
        "y": (counts[inside] / counts.sum()).round(5).tolist(),
        "text": [pitch_name(int(pitch)) for pitch in inside],
        "line": {"color": part_colour(number, dark), "width": 2, "dash": _DASHES[number % 6], "shape": "hvh"},
        "hovertemplate": f"{name}, %{{text}}: %{{y:.1%}}<extra></extra>",
    }


def _layout(dark: bool, revision: str) -> dict[str, Any]:
    layout = plotly_layout(dark, uirevision=revision, hovermode="closest", showlegend=True)
    layout["margin"] = {"l": 56, "r": 8, "t": 40, "b": 32}
    layout["legend"] |= {"font": {"color": theme(dark).text, "size": 12}}
    return layout
