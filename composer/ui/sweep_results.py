"""What a sweep came to: its runs side by side as lines and in a table, and the best one a click from the studio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from composer.algorithms.registry import ALGORITHMS
from composer.jobs import queue
from composer.jobs.status import FINISHING, status
from composer.jobs.sweeps import cancel_rest
from composer.plots.sweep import Axis, parallel_figure
from composer.settings import Setting
from composer.training.sweep import Outcome, Sweep, all_sweeps, best_of, forget_sweep
from composer.ui.chart import live_chart
from composer.ui.house import reads_only, why_disabled
from composer.ui.menu import is_dark
from composer.ui.training import algorithm_title, attempt, show

_TICK_S = 2.0
_CHART_PX = 320
_STATES = {
    "running": "training",
    "stopping": "stopping",
    "finished": "finished",
    "stopped": "stopped",
    "crashed": "broken off",
    FINISHING: "finished",
}
_READING = """
Each line is one training: where it crosses an upright axis is its value there. Look for where lines end **low** on the
similarity index (0 = just like the real music) and follow them back to the settings. The thick line with diamonds is
the best.
"""


def sweep_results() -> None:
    """Draw the card of the newest sweep, or of another that is chosen; nothing where there is none."""
    sweeps = all_sweeps()
    if not sweeps:
        return
    with st.container(border=True, key="card_sweep"):
        st.header("Several settings, compared", anchor=False)
        sweep = sweeps[0]
        if len(sweeps) > 1:
            sweep = st.selectbox("Sweep", sweeps, format_func=sweep_title, key="sweep.shown")
        going = any(is_going(outcome) for outcome in sweep.outcomes())
        st.fragment(_draw, run_every=_TICK_S if going else None)(sweep, going)


def sweep_title(sweep: Sweep) -> str:
    """What a sweep is called: "3 · U-Net GAN · learning rate, dropout · 8 trainings"."""
    title = algorithm_title(sweep.algorithm)
    labels = ", ".join(about.label.lower() for about in _fields(sweep).values())
    return f"{sweep.number} · {title} · {labels} · {len(sweep.runs)} trainings"


def state_words(outcome: Outcome) -> str:
    """How a run of a sweep stands: "waits", "training", "finished" ..., "deleted"."""
    if queue.place_of(outcome.run) is not None:
        return "waits"
    return _STATES[status(outcome.run).state] if outcome.run.folder.exists() else "not begun, or deleted"


def is_going(outcome: Outcome) -> bool:
    """Whether something is still to be expected of it."""
    return queue.place_of(outcome.run) is not None or status(outcome.run).active


def table_rows(sweep: Sweep, outcomes: Sequence[Outcome], best: Outcome | None) -> list[dict[str, Any]]:
    """A row a run with the labels of its settings as columns, those with the best similarity first."""
    labels = {name: about.label for name, about in _fields(sweep).items()}
    ordered = sorted(outcomes, key=lambda found: float("inf") if found.similarity is None else found.similarity)
    return [
        {
            "": "best" if found is best else "",
            **{labels[name]: _plain(found.point[name]) for name in sweep.varied},
            "Similarity index": found.similarity,
            "Chord rate": found.chord_rate,
            "Epochs": found.epoch,
            "State": state_words(found),
        }
        for found in ordered
    ]


def sweep_figure(sweep: Sweep, outcomes: Sequence[Outcome], best: Outcome | None, dark: bool) -> dict[str, Any]:
    """The parallel coordinates of the runs that have finished an epoch: settings, chord rate, similarity index."""
    begun = [outcome for outcome in outcomes if outcome.similarity is not None]
    axes = [Axis(about.name, about.label, about.scale == "log") for about in _fields(sweep).values()]
    axes += [Axis("chord_rate", "Chord rate", format="{:.3f}"), Axis("similarity", "Similarity", format="{:.3f}")]
    rows = [
        {
            **{name: _plain(value) for name, value in found.point.items()},
            "chord_rate": found.chord_rate,
            "similarity": found.similarity,
            "title": found.run.id[-4:],
        }
        for found in begun
    ]
    return parallel_figure(rows, axes, begun.index(best) if best in begun else None, dark)


def _draw(sweep: Sweep, was_going: bool) -> None:
    outcomes = sweep.outcomes()
    if was_going and not any(is_going(outcome) for outcome in outcomes):
        st.rerun()
    best = best_of(outcomes)
    done = sum(not is_going(outcome) for outcome in outcomes)
    st.progress(done / len(outcomes), f"{done} of {len(outcomes)} trainings done")
    if best is None:
        st.caption("The comparison begins with the first epoch.")
    else:
        label = f"Parallel coordinates of {len(outcomes)} trainings; the table below holds the same numbers"
        figure = sweep_figure(sweep, outcomes, best, is_dark())
        live_chart(figure, key=f"sweep-{sweep.number}", height=_CHART_PX, label=label)
        st.caption(_READING)
    numbers = {"Similarity index": st.column_config.NumberColumn(format="%.3f")}
    numbers["Chord rate"] = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(table_rows(sweep, outcomes, best), hide_index=True, column_config=numbers, key=f"rows-{sweep.number}")
    _draw_buttons(sweep, best, done == len(outcomes))


def _draw_buttons(sweep: Sweep, best: Outcome | None, done: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        if best is not None:
            icon = ":material/piano:"
            if st.button("Use the best in the studio", type="primary" if done else "secondary", icon=icon, key="best"):
                st.switch_page("streamlit_app.py", query_params={"model": best.run.id})
            st.button("Show the best", icon=":material/visibility:", key="best_show", on_click=show, args=(best.run,))
        st.button(
            "Forget the comparison" if done else "Cancel the rest",
            icon=":material/close:",
            key="end_sweep",
            on_click=attempt,
            args=(forget_sweep if done else cancel_rest, sweep),
            disabled=reads_only(),
            help=why_disabled("The models stay." if done else "What has begun goes on; stop it above."),
        )


def _fields(sweep: Sweep) -> dict[str, Setting]:
    """The varied settings, with what is known of them; by name alone for an algorithm that is no longer there."""
    algorithm = ALGORITHMS.get(sweep.algorithm)
    known = {about.name: about for about in algorithm.TrainSettings.fields()} if algorithm else {}
    return {name: known.get(name, Setting(name, str, "", name)) for name in sweep.varied}


def _plain(value: Any) -> Any:
    return ("off", "on")[value] if isinstance(value, bool) else value
