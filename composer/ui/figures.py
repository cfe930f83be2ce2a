"""Measures in plain words beside Bach's, as HTML that follows the page's colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from composer.music.measures import MEASURES, Measure
from composer.music.similarity import BACH_MELODY_SIMILARITY

SHOWN = MEASURES | {
    "similarity": Measure(
        "Distance from the melody's style",
        "How different the new lines are from the melody: 0 is the same, 1 has nothing in common.",
        BACH_MELODY_SIMILARITY,
    )
}
"""The measures of a take by name, in the order in which they are shown."""

_STYLE = """<style>
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: 0 2rem;
  margin: 0; padding: 0 !important; }
.facts div:last-child:nth-child(odd) { grid-column: 1 / -1; }
.facts div { display: grid; grid-template-columns: 1fr auto; align-content: start; column-gap: 0.9rem;
  padding: 0.55rem 0; border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
.facts dt { font-weight: 550; font-size: 0.9rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; font-size: 0.95rem; text-align: right; }
.facts .bach, .facts .why { font-weight: 400; font-size: 0.8rem; opacity: 0.72; }
.facts .why { grid-column: 1; text-align: left; }
.facts .bach { grid-column: 2; }
.takes { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.takes th { font-weight: 550; text-align: left; }
.takes td, .takes th { padding: 0.45rem 0.3rem;
  border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
.takes td, .takes thead th + th { text-align: right; }
.takes td:last-child { opacity: 0.72; }
</style>"""


def measures_html(values: Mapping[str, float]) -> str:
    """A definition list of the measures of one take by name, those that there are, with their meaning and Bach's."""
    rows = [_fact(name, values[name]) for name in SHOWN if name in values]
    return f'{_STYLE}<dl class="facts">{"".join(rows)}</dl>'


def compare_html(takes: Sequence[Mapping[str, float]]) -> str:
    """A table of the measures that all takes have: a row a measure, a column a take, Bach's last."""
    heads = [f"Take {number}" for number in range(1, len(takes) + 1)] + ["Bach"]
    head = "".join(f'<th scope="col">{words}</th>' for words in ["", *heads])
    rows = [
        f'<tr><th scope="row" title="{escape(about.sentence)}">{escape(about.title)}</th>'
        + "".join(f"<td>{written(name, value)}</td>" for value in [*(take[name] for take in takes)])
        + f"<td>{written_mean(name, about.bach)}</td></tr>"
        for name, about in SHOWN.items()
        if all(name in take for take in takes)
    ]
    return f'{_STYLE}<table class="takes"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def written(name: str, value: float) -> str:
    """A measure of one piece as people write it; a dash where it has no value."""
    return "–" if math.isnan(value) else _FORMS.get(name, _two_digits)(value)


def written_mean(name: str, value: float) -> str:
    """A measure's mean over pieces as people write it: counts are so many a piece."""
    return f"{value:.1f} a piece" if name == "parallels" else written(name, value)


def _fact(name: str, value: float) -> str:
    about = SHOWN[name]
    return (
        f"<div><dt>{escape(about.title)}</dt><dd>{written(name, value)}</dd>"
        f'<dd class="why">{escape(about.sentence)}</dd>'
        f'<dd class="bach">Bach: {written_mean(name, about.bach)}</dd></div>'
    )


def _percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.0995 or value == 0 else f"{value:.1%}"


def _two_digits(value: float) -> str:
    return f"{value:.2f}"


_FORMS: dict[str, Callable[[float], str]] = {
    "chord_rate": _percent,
    "crossing": _percent,
    "spacing": _percent,
    "steps": _percent,
    "parallels": lambda value: f"{value:.0f}",
}
