"""2 Watch it learn: where the training is, how the losses and the similarity index go, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from composer.errors import BadInput
from composer.jobs.status import FINISHING, Status, status
from composer.plots.training import loss_figure, similarity_figure
from composer.training.advice import advice_on
from composer.training.convergence import stop_words
from composer.training.run import Run
from composer.ui.chart import live_chart
from composer.ui.house import reads_only, why_disabled
from composer.ui.menu import is_dark
from composer.ui.training import ERROR, MORE, continue_run, duration, stop_run, title_of
from composer.ui.training_finish import finish_row

_TICK_S = 1.0
_MORE = 10
_CHART_PX = 280
_CURVES = """
Two players learn from each other. The **generator** (the orchestra) writes music: its loss falls as its notes come
closer to the real ones. The **critic** (the conductor) compares real and generated music: the lower its loss, the
more easily it tells them apart; where both curves level out, neither gains on the other any more. The **similarity
index** is the exam: 0 would be just like the real music, and the dashed line is how much two sets of real pieces
differ, so nothing can be expected below it.
"""


def progress_card(run: Run | None) -> None:
    """Draw the card of `run`; while it is being trained the card keeps itself up to date."""
    with st.container(border=True, key="card_watch"):
        st.header("2 · Watch it learn", anchor=False)
        if st.session_state.get(ERROR):
            st.error(st.session_state[ERROR], icon=":material/error:")
        if run is None:
            st.info(
                "No model has been trained here yet. Keep the settings as they are and press **Train**: after each "
                "epoch you see here how far it is, and from the first one on you can play with it in the studio.",
                icon=":material/model_training:",
            )
            return
        every = _TICK_S if status(run).active else None
        st.fragment(_draw, run_every=every)(run, every is not None)


def _draw(run: Run, was_active: bool) -> None:
    now = status(run)
    if was_active != now.active:
        st.rerun()  # the whole page: buttons elsewhere change, and the ticking begins or ends
    st.caption(title_of(run))
    st.progress(min(now.epoch / max(now.epochs, 1), 1.0), progress_words(now))
    if now.state == "crashed":
        st.error(f"The training broke off: {now.message}", icon=":material/error:")
    rows, floor = run.metrics(), _floor(run)
    _draw_figures(rows, floor)
    st.caption(before_words(run, rows))
    _draw_charts(run, rows, floor)
    _draw_advice(run, now)
    _draw_buttons(run, now)
    finish_row(run, now)
    st.caption(_CURVES)


def progress_words(now: Status) -> str:
    """One line that says where a training is: "Epoch 3 of 30, about 4 minutes left"."""
    where = f"Epoch {now.epoch} of {now.epochs}"
    if now.state == "stopping":
        return f"{where}, stopping after this epoch …"
    if now.state == "running":
        return f"{where}, {duration(now.seconds_left)} left" if now.seconds_left is not None else f"{where}, starting …"
    if now.state == FINISHING:
        return f"{where}, done; teaching a listener …"
    return {"finished": f"{where}, done", "stopped": f"{where}, stopped", "crashed": f"{where}, broken off"}[now.state]


def figures_words(rows: Sequence[dict[str, float]], floor: float | None) -> list[tuple[str, str, str]]:
    """Label, value and help of the numbers above the charts, from the last row; "–" before the first epoch."""
    last = rows[-1] if rows else {}
    real = f" Two sets of real music differ by {floor:.3f}." if floor is not None else ""
    labels = {
        "generator": ("Generator loss", "How far its notes are from real ones."),
        "critic": ("Critic loss", "The lower, the more easily it tells real music from generated."),
        "similarity": ("Similarity index", f"0 = just like the real music, 1 = nothing in common.{real}"),
        "chord_rate": ("Chord rate", "Share of moments at which the notes together form a known chord."),
    }
    return [(label, f"{last[name]:.3f}" if name in last else "–", text) for name, (label, text) in labels.items()]


def before_words(run: Run, rows: Sequence[dict[str, float]]) -> str:
    """How much a run changed the model it began from; "" for one that began from nothing."""
    try:
        before = run.config["before"]
    except (BadInput, KeyError):
        return ""
    last = rows[-1] if rows else before
    changes = [
        f"{words} {before[name]:.3f} → {last[name]:.3f}"
        for name, words in (("similarity", "similarity index"), ("chord_rate", "chord rate"))
    ]
    return f"Began from {before['model']}. On music it has not learned from, before → now: {', '.join(changes)}."


def _draw_figures(rows: Sequence[dict[str, float]], floor: float | None) -> None:
    with st.container(horizontal=True):
        for label, value, text in figures_words(rows, floor):
            st.metric(label, value, help=text, width=150)


def _draw_charts(run: Run, rows: Sequence[dict[str, float]], floor: float | None) -> None:
    """Both charts; each run has its own, so that the zoom of one is not that of another."""
    if not rows:
        st.container(height=_CHART_PX, border=False).caption("The curves begin after the first epoch.")
        return
    left, right = st.columns(2)
    with left.container(key="loss_chart"):
        live_chart(
            loss_figure(rows, is_dark()),
            key=f"loss-{run.id}",
            height=_CHART_PX,
            label="Losses of generator and critic",
            group=run.id,
        )
    with right.container(key="similarity_chart"):
        figure = similarity_figure(rows, floor, is_dark())
        label = "Similarity index and chord rate"
        live_chart(figure, key=f"similarity-{run.id}", height=_CHART_PX, label=label, group=run.id)


def _draw_advice(run: Run, now: Status) -> None:
    """Why it stopped, if it did so by itself, and what a teacher would say."""
    stopped = "" if now.active else stop_words(run)
    if stopped:
        st.markdown(f":material/done_all: {stopped}")
    for advice in advice_on(run):
        with st.expander(f"**Advice**: {advice.what} Why?", icon=":material/school:", key=f"advice-{advice.name}"):
            st.markdown(advice.why)


def _draw_buttons(run: Run, now: Status) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if now.active and now.state != FINISHING:
            stopping = now.state == "stopping" or reads_only()
            st.button(
                "Stop", icon=":material/stop_circle:", key="stop", disabled=stopping, on_click=stop_run, args=(run,)
            )
        if run.has_model():
            kind: Literal["primary", "secondary"] = "secondary" if now.active else "primary"
            if st.button("Use in the studio", type=kind, icon=":material/piano:", key="use"):
                st.switch_page("streamlit_app.py", query_params={"model": run.id})
        if not now.active:
            st.number_input("More epochs", 1, 1000, _MORE, key=MORE, width=140)
            st.button(
                "Continue",
                icon=":material/play_circle:",
                key="continue",
                on_click=continue_run,
                args=(run, now.epoch),
                disabled=reads_only(),
                help=why_disabled("Goes on with this same model; what it learned so far is kept."),
            )


def _floor(run: Run) -> float | None:
    """The real-against-real similarity at this number of windows; None before the training has written it down."""
    try:
        return float(run.config["similarity_floor"])
    except (BadInput, KeyError):
        return None
