"""Two to six chosen runs beside one another: their curves, their settings, their music."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import accumulate, pairwise

import streamlit as st

from composer.jobs.overview import Overview
from composer.plots.comparison import LETTERS, MOST, STROKES, Curve, comparison_figure
from composer.plots.theme import theme
from composer.training.record import Record, read_metrics
from composer.ui.chart import live_chart
from composer.ui.menu import is_dark
from composer.ui.runs_blind import blind_view
from composer.ui.runs_listen import listen_view
from composer.ui.runs_state import name_of, places_of
from composer.ui.runs_table import setting_label
from composer.ui.training import algorithm_title

VIEW = "runs.view"
_CURVES = {
    "generator": "Generator loss",
    "critic": "Critic loss",
    "similarity": "Similarity index (0 = like the real music)",
    "chord_rate": "Chord rate",
}
_CHART_PX = 260
_STYLE = """<style>
.compared { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.compared th { font-weight: 550; text-align: left; min-width: 7rem; }
.compared td, .compared th { padding: 0.45rem 0.5rem;
  border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
.compared .differs td { font-weight: 650; }
.compared td:last-child { white-space: nowrap; }
.compared-box { overflow-x: auto; }
.curves { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; margin: 0; padding: 0; font-size: 0.9rem; }
.curves i { width: 44px; height: 3px; flex: none; }
.curves span { display: inline-flex; align-items: center; gap: 0.5rem; }
</style>"""


def compare_card(found: Sequence[Overview]) -> None:
    """Draw the card of the chosen runs; of more than six it asks for fewer."""
    with st.container(border=True, key="card_compare"):
        st.header("Compare", anchor=False)
        if len(found) > MOST:
            st.info(f"Up to {MOST} runs can be compared at once; please choose fewer.", icon=":material/info:")
            return
        place = places_of([each.id for each in found])
        ordered = sorted(found, key=lambda each: place[each.id])
        letters = {each.id: LETTERS[place[each.id]] for each in ordered}
        views: dict[str, Callable[[], object]] = {
            "Curves": lambda: _curves(ordered, place),
            "Settings": lambda: st.html(settings_html([each.record for each in ordered], list(letters.values()))),
            "Same melody": lambda: listen_view(ordered, letters),
            "Blind test": lambda: blind_view(ordered),
        }
        st.session_state.setdefault(VIEW, "Curves")
        view = st.segmented_control(
            "What to compare",
            list(views),
            key=VIEW,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        views[view or "Curves"]()


def settings_html(records: Sequence[Record], letters: Sequence[str]) -> str:
    """A table of everything the runs were trained with, a column a run; rows that differ come first and say so."""
    rows = sorted(setting_rows(records), key=lambda row: not row[2])
    heads = [f"{letter} · {name_of(record)}" for letter, record in zip(letters, records, strict=True)]
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in ["Setting", *heads, ""])
    lines = [
        f'<tr{" class=differs" * differs}><th scope="row">{escape(label)}</th>'
        + "".join(f"<td>{escape(value)}</td>" for value in values)
        + f"<td>{'≠ differs' * differs}</td></tr>"
        for label, values, differs in rows
    ]
    table = f'<table class="compared"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return f'{_STYLE}<div class="compared-box" tabindex="0" role="group" aria-label="Settings">{table}</div>'


def setting_rows(records: Sequence[Record]) -> list[tuple[str, list[str], bool]]:
    """Label, the runs' values as text ("–" where a run has none) and whether they differ, of each setting."""
    algorithms = {record.algorithm for record in records}
    names = dict.fromkeys(name for record in records for name in record.settings if name != "epochs")
    values = {
        "Algorithm": [algorithm_title(record.algorithm) for record in records],
        "Dataset": [record.dataset for record in records],
        "Epochs done": [str(record.epoch) for record in records],
        **{setting_label(name, algorithms): [_written(record, name) for record in records] for name in names},
        "Seed": [str(record.seed) for record in records],
        "Began from": [record.before or "nothing" for record in records],
    }
    return [(label, row, len(set(row)) > 1) for label, row in values.items()]


def legend_html(curves: Sequence[Curve], dark: bool) -> str:
    """Each run's letter, a piece of its line, and its name."""
    lines = [
        f'<span><i style="background: {_dashes(theme(dark).parts[curve.place], STROKES[curve.place])}"></i>'
        f"<span><b>{LETTERS[curve.place]}</b> · {escape(curve.name)}</span></span>"
        for curve in curves
    ]
    return f'{_STYLE}<div class="curves">{"".join(lines)}</div>'


def _dashes(colour: str, lengths: Sequence[int]) -> str:
    """A dashed line as a CSS background; st.html lets no drawing through."""
    ends = list(accumulate(lengths, initial=0))
    stops = [
        f"{colour if number % 2 == 0 else 'transparent'} {start}px {end}px"
        for number, (start, end) in enumerate(pairwise(ends))
    ]
    return f"repeating-linear-gradient(90deg, {', '.join(stops)})"


def _written(record: Record, name: str) -> str:
    return str(record.settings[name]) if name in record.settings else "–"


def _curves(found: Sequence[Overview], place: dict[str, int]) -> None:
    curves = [Curve(place[each.id], name_of(each.record), read_metrics(each.record.run)) for each in found]
    st.html(legend_html(curves, is_dark()))
    columns = st.columns(2)
    for number, (key, title) in enumerate(_CURVES.items()):
        with columns[number % 2].container(key=f"compare_{key}"):
            figure = comparison_figure(curves, key, title, is_dark())
            live_chart(figure, f"compare-{key}", _CHART_PX, label=f"{title} of all chosen runs")
