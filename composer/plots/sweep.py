"""The runs of a sweep side by side: parallel coordinates, drawn as plain lines so that no graphics card is needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from composer.plots.theme import plotly_layout, theme
from composer.plots.training import Figure

_TICKS = 5


@dataclass(frozen=True)
class Axis:
    """An upright axis: the `name` of a column, its label, and how values are placed and written.

    `log` spaces them by factors; values that are no numbers get a place each.
    """

    name: str
    label: str
    log: bool = False
    format: str = "{:.3g}"


def parallel_figure(
    rows: Sequence[Mapping[str, Any]], axes: Sequence[Axis], best: int | None = None, dark: bool = False
) -> Figure:
    """A line for each row across all axes (Inselberg 1985); the one at place `best` is bold, solid and named.

    Rows in which a value is missing end there. `rows` may hold `title`, which is what a line is called.
    """
    colours, scales = theme(dark), [_Scale.of(axis, [row.get(axis.name) for row in rows]) for axis in axes]
    lines = []
    for number, row in enumerate(rows):
        is_best = number == best
        title = str(row.get("title", number + 1))
        words = "<br>".join(f"{s.axis.label}: {s.written(row.get(s.axis.name))}" for s in scales)
        lines.append(
            {
                "type": "scatter",
                "mode": "lines+markers+text" if is_best else "lines+markers",
                "x": list(range(len(axes))),
                "y": [scale.place(row.get(scale.axis.name)) for scale in scales],
                "text": [*[""] * (len(axes) - 1), " best"],
                "textposition": "middle right",
                "line": {"color": colours.accent if is_best else colours.muted, "width": 3 if is_best else 1},
                "opacity": 1 if is_best else 0.7,
                "marker": {"size": 9 if is_best else 5, "symbol": "diamond" if is_best else "circle"},
                "hovertemplate": f"<b>{title}</b><br>{words}<extra></extra>",
                "showlegend": False,
                "cliponaxis": False,
            }
        )
    lines.sort(key=lambda line: line["opacity"] == 1)  # the best one on top
    return {"data": lines, "layout": _layout(scales, dark)}


@dataclass(frozen=True)
class _Scale:
    axis: Axis
    words: tuple[Any, ...]
    low: float
    high: float

    @classmethod
    def of(cls, axis: Axis, values: Sequence[Any]) -> _Scale:
        known = [value for value in values if value is not None]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
            numbers = [_bent(value, axis.log) for value in known] or [0.0]
            return cls(axis, (), min(numbers), max(numbers))
        words = tuple(dict.fromkeys(known))
        return cls(axis, words, 0.0, len(words) - 1)

    def place(self, value: Any) -> float | None:
        """Where `value` lies, 0 at the bottom to 1 at the top; None where it is missing."""
        if value is None:
            return None
        number = float(self.words.index(value)) if self.words else _bent(value, self.axis.log)
        return 0.5 if self.high <= self.low else (number - self.low) / (self.high - self.low)

    def written(self, value: Any) -> str:
        """A value in words."""
        if value is None:
            return "–"
        return str(value) if self.words else self.axis.format.format(value)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and words of the marks beside the axis."""
        if self.words:
            return [(self.place(word) or 0.0, str(word)) for word in self.words]
        count = _TICKS if self.high > self.low else 1
        shares = [index / (count - 1) if count > 1 else 0.5 for index in range(count)]
        numbers = [self.low + share * (self.high - self.low) if count > 1 else self.low for share in shares]
        straight = [math.exp(number) if self.axis.log else number for number in numbers]
        return [(share, self.axis.format.format(value)) for share, value in zip(shares, straight, strict=True)]


def _bent(value: float, log: bool) -> float:
    return math.log(value) if log and value > 0 else float(value)


def _layout(scales: Sequence[_Scale], dark: bool) -> dict[str, Any]:
    colours = theme(dark)
    layout = plotly_layout(dark, uirevision="sweep", hovermode="closest")
    layout["xaxis"] |= {"visible": False, "range": [-0.03, len(scales) - 0.97], "fixedrange": True}
    layout["yaxis"] |= {"visible": False, "range": [-0.06, 1.06], "fixedrange": True}
    layout["margin"] = {"l": 64, "r": 48, "t": 56, "b": 12}
    upright = {"type": "line", "xref": "x", "yref": "y", "y0": 0, "y1": 1, "layer": "below"}
    upright["line"] = {"color": colours.bar_line, "width": 1}
    layout["shapes"] = [upright | {"x0": place, "x1": place} for place in range(len(scales))]
    mark = {"xanchor": "right", "showarrow": False, "xshift": -8, "font": {"color": colours.muted, "size": 11}}
    mark |= {"bgcolor": colours.ground, "borderpad": 1}  # lines don't cross the words
    layout["annotations"] = [
        {"x": place, "y": height, "text": words, **mark}
        for place, scale in enumerate(scales)
        for height, words in scale.ticks()
    ]
    head = {"y": 1, "yshift": 12, "yanchor": "bottom", "showarrow": False, "font": {"color": colours.text, "size": 12}}
    layout["annotations"] += [
        {"x": place, "text": scale.axis.label.replace(" ", "<br>"), **head} for place, scale in enumerate(scales)
    ]
    return layout
