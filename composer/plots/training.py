"""How a training goes: losses and the similarity index, epoch by epoch, as plotly figures in plain dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from composer.plots.theme import Theme, plotly_layout, theme

Metrics = Sequence[Mapping[str, float]]
"""One row an epoch: `epoch` (from 1), `generator` and `critic` (losses), `similarity`, `chord_rate`; some may miss."""

Figure = dict[str, Any]
"""A plotly figure as a plain dict of `data` and `layout`."""


def loss_figure(metrics: Metrics, dark: bool = False) -> Figure:
    """Generator and critic loss against the epoch, told apart by colour and by dashes."""
    colours = theme(dark)
    lines = [
        _line(metrics, "generator", "Generator loss", colours.parts[0], "solid"),
        _line(metrics, "critic", "Critic loss", colours.parts[2], "dash"),
    ]
    return {"data": lines, "layout": _layout(dark, len(metrics))}


def similarity_figure(metrics: Metrics, floor: float | None = None, dark: bool = False) -> Figure:
    """The similarity index against the epoch (0 = the same), with the real-against-real `floor` as a dashed line.

    Where `metrics` holds a chord rate it is drawn against an axis of its own at the right.
    """
    colours = theme(dark)
    lines = [_line(metrics, "similarity", "Similarity index", colours.parts[1], "solid")]
    layout = _layout(dark, len(metrics))
    layout["yaxis"]["rangemode"] = "tozero"
    if any(row.get("chord_rate") is not None for row in metrics):
        lines.append(_line(metrics, "chord_rate", "Chord rate (right)", colours.parts[3], "dot") | {"yaxis": "y2"})
        right = {"overlaying": "y", "side": "right", "range": [0, 1], "showgrid": False, "dtick": 0.25}
        layout["yaxis2"] = layout["yaxis"] | right
        layout["margin"] = layout["margin"] | {"r": 48}
    if floor is not None:
        layout["shapes"], layout["annotations"] = _floor(floor, colours)
    return {"data": lines, "layout": layout}


def _line(metrics: Metrics, key: str, name: str, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(metrics) < 30 else "lines",
        "name": name,
        "x": [row.get("epoch") for row in metrics],
        "y": [row.get(key) for row in metrics],
        "line": {"color": colour, "width": 2, "dash": dash, "simplify": False},
        "marker": {"size": 5},
        "hovertemplate": f"{name} %{{y:.3f}}<extra>epoch %{{x}}</extra>",
    }


def _layout(dark: bool, epochs: int) -> dict[str, Any]:
    # uirevision: plotly keeps a person's zoom for as long as this stays the same.
    layout = plotly_layout(dark, uirevision="training", hovermode="x")
    layout["xaxis"]["title"] |= {"text": "Epoch"}
    layout["xaxis"] |= {"dtick": 1} if epochs <= 12 else {}
    return layout


def _floor(floor: float, colours: Theme) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The dashed line and its label, for `shapes` and `annotations`."""
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": floor, "y1": floor}
    line = {"type": "line", **across, "line": {"color": colours.muted, "width": 1.5, "dash": "dash"}}
    label = {"xref": "paper", "x": 1, "xanchor": "right", "y": floor, "yanchor": "bottom", "showarrow": False}
    label |= {"text": f"real against real: {floor:.3f}", "font": {"color": colours.muted, "size": 12}}
    return [line], [label]
