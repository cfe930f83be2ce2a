"""Several trainings over one another: a colour, a dash and a letter each, so that none needs the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import inf, isfinite
from typing import Any

from composer.plots.theme import plotly_layout, theme
from composer.plots.training import Figure, Metrics

MOST = 6
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
STROKES = ((44, 0), (9, 4), (2, 3), (9, 4, 2, 4), (16, 5), (16, 5, 2, 5))
"""The same dashes in pixels: line, gap, line, gap ..."""
LETTERS = "ABCDEF"
_PLOT_PX, _LETTER_PX = 170, 14
"""About how high the plot and a letter are: letters are moved apart so far."""
_POINTS = 150
"""Epochs a line is drawn with at most: more can't be seen, and take their time."""


@dataclass(frozen=True)
class Curve:
    """A training to compare: its place (0..5), which decides colour, dash and letter, its name and its metrics."""

    place: int
    name: str
    metrics: Metrics


def comparison_figure(curves: Sequence[Curve], key: str, title: str, dark: bool = False) -> Figure:
    """One measure of all trainings against the epoch, each line with its letter at its end."""
    layout = plotly_layout(dark, uirevision=key, hovermode="x unified", showlegend=False)
    layout["title"] = {"text": title, "x": 0, "font": {"size": 14}}
    layout["xaxis"]["title"] |= {"text": "Epoch"}
    layout["margin"] = layout["margin"] | {"r": 28}
    lines = [line for curve in curves if (line := _line(curve, key, dark))]
    layout["annotations"] = _letters(lines)
    return {"data": lines, "layout": layout}


def places(before: Mapping[str, int], chosen: Sequence[str]) -> dict[str, int]:
    """A place (0..MOST - 1) for each chosen training; one that had a place `before` keeps it."""
    kept = {name: before[name] for name in chosen if name in before}
    free = iter(sorted(set(range(MOST)) - set(kept.values())))
    return {name: kept[name] if name in kept else next(free) for name in chosen}


def _line(curve: Curve, key: str, dark: bool) -> dict[str, Any] | None:
    rows = [row for row in curve.metrics if isfinite(row.get(key, inf))]
    if not rows:
        return None
    rows = [*rows[:: -(-len(rows) // _POINTS)], rows[-1]]
    name = f"{LETTERS[curve.place]} · {escape(curve.name)}"
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(rows) < 12 else "lines",
        "name": name,
        "x": [row["epoch"] for row in rows],
        "y": [row[key] for row in rows],
        "line": {"color": theme(dark).parts[curve.place], "width": 2, "dash": DASHES[curve.place], "simplify": False},
        "marker": {"size": 5},
        "hovertemplate": f"%{{y:.3f}}<extra>{name}</extra>",
    }


def _letters(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The letter at the end of each line, in its colour; where lines end close together the letters move apart."""
    values = [value for line in lines for value in line["y"] if isfinite(value)]
    a_unit_px = _PLOT_PX / ((max(values) - min(values)) or 1.0) if values else 0.0
    top, found = -inf, []
    for line in sorted(lines, key=lambda line: line["y"][-1]):
        height_px = line["y"][-1] * a_unit_px
        top = max(height_px, top + _LETTER_PX)
        where = {"x": line["x"][-1], "y": line["y"][-1], "xanchor": "left", "xshift": 4, "yshift": top - height_px}
        look = {"text": f"<b>{line['name'][0]}</b>", "font": {"color": line["line"]["color"], "size": 13}}
        found.append(where | look | {"showarrow": False})
    return found
