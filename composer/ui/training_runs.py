"""The newest runs, to show one of them here; all of them, and what else can be done with them, are on the Runs page."""

from __future__ import annotations

import streamlit as st

from composer.jobs.overview import DAMAGED, WAITING, Overview, overview, overviews
from composer.jobs.status import FINISHING
from composer.training.run import Run
from composer.ui.menu import link_to
from composer.ui.plain import plain
from composer.ui.runs_state import name_of
from composer.ui.training import show, size

_SHOWN = 5
_BADGES = {
    "running": ("Training", "blue", ":material/model_training:"),
    "stopping": ("Stopping", "orange", ":material/hourglass:"),
    "finished": ("Finished", "green", ":material/check:"),
    "stopped": ("Stopped", "gray", ":material/stop_circle:"),
    "crashed": ("Broken off", "red", ":material/error:"),
    FINISHING: ("Learning to listen", "blue", ":material/hearing:"),
    WAITING: ("Waiting", "blue", ":material/schedule:"),
    DAMAGED: ("Damaged", "red", ":material/error:"),
}


def runs_card(shown: Run | None) -> None:
    """Draw a line for each of the newest runs, the shown one among them; nothing where there are none."""
    found = overviews()
    newest = found[:_SHOWN]
    if shown is not None and shown.id not in [each.id for each in newest]:
        newest = [overview(shown), *newest]
    if not newest:
        return
    with st.container(border=True, key="card_runs"):
        st.header("3 · Your trainings", anchor=False)
        for each in newest:
            _draw_line(each, each.record.run == shown)
        link_to("Runs", f"Name, compare and delete {f'all {len(found)} runs' if len(found) > 1 else 'it'}")


def run_words(found: Overview) -> str:
    """The small line below a run's name: epochs, last similarity index and disk use; of one under way, its goal."""
    record, now = found.record, found.status
    if now.active and now.state != FINISHING:
        return f"on the way to {now.epochs} epochs"
    similarity = f" · similarity {record.last['similarity']:.3f}" if "similarity" in record.last else ""
    damage = f" · {now.message}" if now.state == DAMAGED else ""
    return f"{record.epoch} of {now.epochs} epochs{similarity} · {size(record.disk_bytes)}{damage}"


def _draw_line(found: Overview, is_shown: bool) -> None:
    label, colour, icon = _BADGES.get(found.status.state, (found.words.capitalize(), "gray", ":material/info:"))
    with st.container(horizontal=True, vertical_alignment="center", key=f"run-{found.id}"):
        with st.container(gap=None):
            st.markdown(f"**{plain(name_of(found.record))}** :{colour}-badge[{icon} {label}]")
            st.caption(run_words(found))
        st.button(
            "Show",
            key=f"show-{found.id}",
            on_click=show,
            args=(found.record.run,),
            disabled=is_shown,
            icon=":material/visibility:",
        )
