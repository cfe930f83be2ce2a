"""All runs on this machine: how they stand, what they take of the disk, and the way to be rid of them."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.jobs.local import delete
from composer.jobs.status import Status, status
from composer.training.run import Run, all_runs
from composer.ui.training import ERROR, forget, show, size, title_of

_BADGES = {
    "running": ("Training", "blue", ":material/model_training:"),
    "stopping": ("Stopping", "orange", ":material/hourglass:"),
    "finished": ("Finished", "green", ":material/check:"),
    "stopped": ("Stopped", "gray", ":material/stop_circle:"),
    "crashed": ("Broken off", "red", ":material/error:"),
}


def runs_card(shown: Run | None) -> None:
    """Draw a line for each run, newest first; nothing where there are none."""
    runs = all_runs()
    if shown is not None and shown not in runs:  # it broke off, or hasn't written anything yet
        runs.insert(0, shown)
    if not runs:
        return
    with st.container(border=True, key="card_runs"):
        st.header("3 · Your trainings", anchor=False)
        st.caption(f"Together they use {size(sum(run.disk_bytes() for run in runs))} of disk.")
        for run in runs:
            _draw_line(run, status(run), run == shown)


def run_words(run: Run, now: Status) -> str:
    """The small line below a run's title: epochs, last similarity index and disk use; of one under way, its goal."""
    if now.active:
        return f"on the way to {now.epochs} epochs"
    rows = run.metrics()
    similarity = f" · similarity {rows[-1]['similarity']:.3f}" if rows else ""
    return f"{now.epoch} of {now.epochs} epochs{similarity} · {size(run.disk_bytes())}"


def _draw_line(run: Run, now: Status, is_shown: bool) -> None:
    label, colour, icon = _BADGES[now.state]
    with st.container(horizontal=True, vertical_alignment="center", key=f"run-{run.id}"):
        with st.container(gap=None):
            st.markdown(f"**{title_of(run)}** :{colour}-badge[{icon} {label}]")
            st.caption(run_words(run, now))
        st.button(
            "Show", key=f"show-{run.id}", on_click=show, args=(run,), disabled=is_shown, icon=":material/visibility:"
        )
        with st.popover("Delete", icon=":material/delete:", disabled=now.active, key=f"ask-{run.id}"):
            st.markdown("This removes the model and all that was kept of its training. It can't be undone.")
            st.button("Delete for good", key=f"delete-{run.id}", type="primary", on_click=_delete, args=(run,))


def _delete(run: Run) -> None:
    st.session_state[ERROR] = None
    try:
        delete(run)
        forget(run)
    except BadInput as error:
        st.session_state[ERROR] = str(error)
