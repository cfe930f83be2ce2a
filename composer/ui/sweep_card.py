"""Try several settings: the part of the Train page where a sweep is put together, timed and started."""

from __future__ import annotations

from typing import Any

import streamlit as st

from composer.errors import BadInput
from composer.jobs.sweeps import start_sweep, sweep_seconds
from composer.settings import Setting
from composer.training.sweep import GRID, KINDS, MOST_RANGES, MOST_RUNS, Range, can_vary, points_of
from composer.ui.house import reads_only, why_disabled
from composer.ui.training import dataset_if_built, duration
from composer.ui.training_choice import END, SEED, Choice, build_if_needed

_FIRST_RUNS = 8
_FIRST = "learning_rate"


def sweep_card(choice: Choice) -> None:
    """Draw the expander; what it does not vary is as chosen above it."""
    with st.expander("Try several settings", icon=":material/tune:", key="sweep"):
        st.caption(
            "Train several models that differ in a few settings, one by one, and see which comes closest to the "
            "real music. All that you don't vary here is as chosen above."
        )
        fields = {about.name: about for about in can_vary(choice.algorithm.TrainSettings)}
        key = f"sweep.{choice.algorithm.name}"
        names = st.multiselect(
            "Settings to vary",
            list(fields),
            [_FIRST],
            format_func=lambda name: fields[name].label,
            max_selections=MOST_RANGES,
            key=f"{key}.names",
            help="Up to three. The more there are, the more trainings it takes to see anything.",
        )
        ranges = [_pick_range(fields[name], f"{key}.{name}") for name in names]
        kind = st.radio("How", list(KINDS), format_func=KINDS.__getitem__, key="sweep.kind")
        runs = st.slider("Trainings", 2, MOST_RUNS, _FIRST_RUNS, key="sweep.runs")
        try:
            points = points_of(ranges, kind, runs, int(st.session_state[SEED]))
        except BadInput as error:
            st.caption(str(error))
            points = []
        if points:
            st.caption(plan_words(points, _seconds(choice, points), kind == GRID and len(points) < runs))
        if _start_button(len(points)):
            _start(choice, kind, points)


def plan_words(points: list[dict[str, Any]], seconds: float | None, fewer: bool) -> str:
    """What will happen: how many trainings, for how long, and why they are fewer than asked for."""
    why = " (as many as make a whole grid)" if fewer else ""
    how_long = (
        f"{duration(seconds)} on this computer, one after the other"
        if seconds is not None
        else "how long they take is known once the estimate above is"
    )
    return f":material/schedule: {len(points)} trainings{why}: {how_long}."


def _pick_range(about: Setting, key: str) -> Range:
    if about.kind is bool or about.choices is not None:
        offered = [False, True] if about.kind is bool else list(about.choices or ())
        label = (lambda value: "on" if value else "off") if about.kind is bool else (about.choices or {}).__getitem__
        values = st.multiselect(about.label, offered, offered, format_func=label, key=key, help=about.help or None)
        return Range(about, values=tuple(values or offered))
    if about.scale == "log":
        steps = [about.kind(value) for value in about.steps()]
        middle = steps.index(about.kind(about.default))
        first = steps[max(middle - 2, 0)], steps[min(middle + 1, len(steps) - 1)]
        written = about.format or "%g"
        low, high = st.select_slider(
            about.label, steps, first, format_func=lambda value: written % value, key=key, help=about.help or None
        )
        return Range(about, low, high)
    low, high, step = (about.kind(value) for value in (about.minimum, about.maximum, about.step or 1))
    end = max(about.default, low + step)
    found = st.slider(about.label, low, high, (low, end), step=step, key=key, help=about.help or None)
    return Range(about, *found)


def _seconds(choice: Choice, points: list[dict[str, Any]]) -> float | None:
    dataset = dataset_if_built(choice.source.name)
    return None if dataset is None else sweep_seconds(choice.algorithm, dataset, choice.settings, points)


def _start_button(count: int) -> bool:
    return st.button(
        f"Train all {count}" if count else "Train all",
        icon=":material/playlist_play:",
        width="stretch",
        key="start_sweep",
        disabled=reads_only() or not count,
        help=why_disabled("They wait in the queue and start by themselves, one after the other."),
    )


def _start(choice: Choice, kind: str, points: list[dict[str, Any]]) -> None:
    try:
        build_if_needed(choice.source)
        start_sweep(
            choice.algorithm.name,
            choice.source.name,
            choice.settings,
            kind,
            points,
            int(st.session_state[SEED]),
            choice.start_from,
            bool(st.session_state[END]),
        )
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()
