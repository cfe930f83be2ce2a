"""What a critic would change in a take, as a heat map over its roll and in words.

Wishes are structured arrays, a row a note, with the fields part, onset and length (in steps of the take), pitch, better
(both MIDI) and gain: what the critic's score would gain if the note had the better pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import FINE_STEPS, Music, Pianoroll
from composer.music.voices import STEPS_PER_QUARTER
from composer.plots.pianoroll import is_black_key, pitch_name
from composer.plots.theme import plotly_layout, theme

Wishes = NDArray[np.void]
Figure = dict[str, Any]

MARKED = 3
"""Wishes that are numbered in the picture and told in words."""
NOTHING_WISHED = "The critic would leave every note as it is."


def strongest(wishes: Wishes, count: int = MARKED) -> Wishes:
    """The `count` wishes that would please the critic most, the strongest first; fewer where it has fewer."""
    wished = wishes[wishes["gain"] > 0]
    return wished[np.argsort(-wished["gain"], kind="stable")[:count]]


def wish_words(wish: np.void, names: Sequence[str], like: Music) -> str:
    """One wish: “Alto, bar 3, beat 2: G4 instead of A4”. `names` are those of the parts, `like` is the take."""
    bar, step = divmod(int(wish["onset"]) - like.pickup_steps, like.steps_per_bar)
    pitches = f"{pitch_name(int(wish['better']))} instead of {pitch_name(int(wish['pitch']))}"
    return f"{names[wish['part']]}, {_bar_name(bar + 1)}, beat {step // _quarter(like) + 1}: {pitches}"


def bars_words(wishes: Wishes, like: Music) -> str:
    """Which bars the critic likes least and which best, in one sentence."""
    gains = bar_gains(wishes, like)
    order = sorted((bar for bar in gains if gains[bar] > 0), key=lambda bar: -gains[bar])
    if not order:
        return NOTHING_WISHED
    words = f"The critic would change most in {' and '.join(map(_bar_name, order[:2]))}"
    best = min(gains, key=lambda bar: gains[bar])
    return f"{words}, and least in {_bar_name(best)}." if best not in order[:2] else f"{words}."


def bar_gains(wishes: Wishes, like: Music) -> dict[int, float]:
    """What the score would gain by all wishes for notes that begin in a bar, by the bar's number (0: pickup)."""
    bar = (wishes["onset"] - like.pickup_steps) // like.steps_per_bar + 1
    return {number: float(wishes["gain"][bar == number].sum()) for number in np.unique(bar).tolist()}


def critic_figure(wishes: Wishes, others: Wishes, names: Sequence[str], like: Music, dark: bool = False) -> Figure:
    """A plotly roll in which a note is the darker (on a dark ground the brighter) the more the critic would change it.

    The strongest wishes are numbered, with a ring at the pitch wished for. `others` are notes that are not judged,
    drawn as outlines.
    """
    colours, best = theme(dark), strongest(wishes)
    judged = _bars(wishes) | {
        "name": "judged",
        "customdata": [wish_words(wish, names, like) for wish in wishes],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": wishes["gain"].round(4).tolist(),
            "colorscale": [[0, colours.bar_line], [1, colours.accent]],
            "cmin": 0,
            "cmax": max(float(wishes["gain"].max(initial=0)), 1e-6),
            "cornerradius": 3,
            "line": {"width": 0.5, "color": colours.muted},
            "colorbar": _colour_bar(float(wishes["gain"].max(initial=0))),
        },
    }
    given = _bars(others) | {
        "name": "not judged",
        "hoverinfo": "skip",
        "marker": {"color": "rgba(0,0,0,0)", "cornerradius": 3, "line": {"width": 1, "color": colours.muted}},
    }
    numbers = [str(number) for number in range(1, len(best) + 1)]
    middle = (best["onset"] + best["length"] / 2).tolist()
    ring = {
        "type": "scatter",
        "mode": "markers",
        "x": middle,
        "y": best["better"].tolist(),
        "hoverinfo": "skip",
        "marker": {"symbol": "circle-open", "size": 11, "color": colours.text, "line": {"width": 2}},
    }
    layout = _layout(np.concatenate([wishes, others]), best, like, dark)
    layout["annotations"] = [
        {"x": x, "y": y, "text": f"<b>{number}</b>", "showarrow": False, "yshift": 13, "bgcolor": colours.ground}
        for x, y, number in zip(middle, best["pitch"].tolist(), numbers, strict=True)
    ]
    return {"data": [given, judged, ring], "layout": layout}


def _bars(notes: Wishes) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "base": notes["onset"].tolist(),
        "x": notes["length"].tolist(),
        "y": notes["pitch"].tolist(),
        "width": 0.82,
    }


def _colour_bar(most: float) -> Figure:
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1.02,
        "yanchor": "bottom",
        "len": 0.45,
        "thickness": 8,
        "outlinewidth": 0,
        "tickvals": [0, max(most, 1e-6)],
        "ticktext": ["leave it", "change it"],
        "ticklabelposition": "outside top",
    }


def _layout(notes: Wishes, best: Wishes, like: Music, dark: bool) -> Figure:
    colours = theme(dark)
    pitches = np.concatenate([notes["pitch"], best["better"]]) if len(notes) else np.array([60, 72])
    low, high = int(pitches.min()) - 1, int(pitches.max()) + 2
    starts = list(range(like.pickup_steps, like.steps, like.steps_per_bar))
    every = max(1, -(-len(starts) // 16))
    layout = plotly_layout(dark, barmode="overlay", bargap=0, uirevision="critic", showlegend=False)
    layout["margin"] = {"l": 40, "r": 8, "t": 48, "b": 40}
    layout["xaxis"] |= {
        "range": [0, like.steps],
        "tickvals": starts[::every],
        "ticktext": [str(number) for number in range(1, len(starts) + 1, every)],
        "gridcolor": colours.bar_line,
        "title": {"text": "Bar", "font": {"color": colours.muted}},
    }
    octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
    named = {"tickvals": octaves, "ticktext": [pitch_name(pitch) for pitch in octaves]}
    layout["yaxis"] |= {"range": [low - 0.5, high + 0.5], "showgrid": False, **named}
    stripe = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    black = [pitch for pitch in range(low, high + 1) if is_black_key(pitch)]
    layout["shapes"] = [stripe | {"y0": pitch - 0.5, "y1": pitch + 0.5, "fillcolor": colours.stripe} for pitch in black]
    return layout


def _quarter(like: Music) -> int:
    return FINE_STEPS if isinstance(like, Pianoroll) else STEPS_PER_QUARTER


def _bar_name(bar: int) -> str:
    return f"bar {bar}" if bar > 0 else "the pickup"
