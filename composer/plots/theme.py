"""Colours and type for every picture: parts stay apart for colour-blind eyes, in grey, and on a dark ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = '"Source Sans", system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'

PATTERNS = ("solid", "line", "dots", "hollow", "bars", "half")
"""How the notes of a part are filled, so that parts are told apart without colour."""


@dataclass(frozen=True)
class Theme:
    """The colours of one mode, as #rrggbb: `parts` for voices, the rest for everything around them.

    `stripe` lies behind the rows of black keys; `ivory` and `ebony` are the keys of the keyboard itself.
    """

    ground: str
    text: str
    muted: str
    hairline: str
    bar_line: str
    stripe: str
    ivory: str
    ebony: str
    accent: str
    parts: tuple[str, ...]


LIGHT = Theme(
    ground="#FFFFFF",
    text="#1B1B2A",
    muted="#66667A",
    hairline="#EDEDF3",
    bar_line="#D5D5E0",
    stripe="#F6F6FA",
    ivory="#FFFFFF",
    ebony="#55556A",
    accent="#4F46E5",
    parts=("#4F46E5", "#0F9D8A", "#D97706", "#BE3A6B", "#0284C7", "#475569"),
)
DARK = Theme(
    ground="#14151C",
    text="#F2F2F7",
    muted="#A3A3B5",
    hairline="#24242F",
    bar_line="#3A3A49",
    stripe="#1B1C25",
    ivory="#C9C9D6",
    ebony="#2B2B38",
    accent="#A5A0FF",
    parts=("#A5A0FF", "#4BD3BC", "#F7B955", "#F487B0", "#5CC8FF", "#B8BFCC"),
)


def theme(dark: bool) -> Theme:
    """The colours of dark or light mode."""
    return DARK if dark else LIGHT


def part_colour(index: int, dark: bool = False) -> str:
    """The colour of part `index` (from 0) as #rrggbb; colours repeat after six parts."""
    colours = theme(dark).parts
    return colours[index % len(colours)]


def part_pattern(index: int) -> str:
    """The fill of part `index` (from 0), one of PATTERNS; with the colour it is unique for 36 parts."""
    return PATTERNS[(index + index // len(PATTERNS)) % len(PATTERNS)]


def plotly_layout(dark: bool, **changes: Any) -> dict[str, Any]:
    """A plotly layout for dark or light mode on the page's own ground; `changes` are laid over it."""
    colours = theme(dark)
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours.text},
        "margin": {"l": 48, "r": 12, "t": 36, "b": 44},
        "hoverlabel": {"bgcolor": colours.ground, "bordercolor": colours.bar_line, "font": {"color": colours.text}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"color": colours.text}},
        "xaxis": _axis(colours),
        "yaxis": _axis(colours),
        **changes,
    }


def _axis(colours: Theme) -> dict[str, Any]:
    return {
        "gridcolor": colours.hairline,
        "linecolor": colours.bar_line,
        "zeroline": False,
        "tickfont": {"color": colours.muted, "size": 12},
        "title": {"font": {"color": colours.muted, "size": 12}},
    }
