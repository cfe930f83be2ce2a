"""What waits to be trained, in which place, and what was broken off; drawn only where there is something to say."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from composer.algorithms.registry import ALGORITHMS
from composer.jobs import queue
from composer.jobs.again import broken_off, go_on_with
from composer.jobs.order import Order
from composer.jobs.queue import Waiting
from composer.jobs.status import active_runs, status
from composer.training.run import Run
from composer.ui.house import reads_only, why_disabled
from composer.ui.training import ERROR, attempt, title_of

_TICK_S = 1.0
_TOLD = 3

State = tuple[tuple[str, ...], tuple[str, ...], bool]
"""The ids of what waits, of what is being trained, and whether the queue is paused."""


def queue_card() -> None:
    """Draw both: the trainings that were broken off, with a button to go on, and the queue, which moves by itself.

    The queue also moves while no page is open; the look at it here only helps where a training was killed.
    """
    if not reads_only():
        queue.advance()
    _draw_broken_off(broken_off())
    if queue.waiting() or queue.is_paused():
        with st.container(border=True, key="card_queue"):
            st.header("In the queue", anchor=False)
            st.fragment(_draw, run_every=_TICK_S)(_state())


def place_words(place: int) -> str:
    """A place in the queue as people say it: "next", "2nd in the queue"."""
    if place == 1:
        return "next"
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending} in the queue"


def order_words(order: Order) -> str:
    """What an order asks for: its epochs and the settings that are not as usual: "30 epochs · learning rate 0.001"."""
    algorithm = ALGORITHMS.get(order.algorithm)
    fields = algorithm.TrainSettings.fields() if algorithm else []
    changed = [
        f"{about.label.lower()} {order.settings[about.name]}"
        for about in fields
        if about.name != "epochs" and order.settings.get(about.name, about.default) != about.default
    ]
    return " · ".join([f"{order.epochs} epoch{'s' * (order.epochs != 1)}", *changed])


def broken_words(runs: Sequence[Run]) -> str:
    """One sentence on trainings that were broken off: how many, which, and how far each is."""
    one = len(runs) == 1
    told = [f"{title_of(run)} (epoch {now.epoch} of {now.epochs})" for run in runs[:_TOLD] for now in [status(run)]]
    more = f" and {len(runs) - _TOLD} more" if len(runs) > _TOLD else ""
    begin = "A training was" if one else f"{len(runs)} trainings were"
    return f"{begin} broken off: {', '.join(told)}{more}. At most the epoch under way was lost."


def _draw_broken_off(runs: Sequence[Run]) -> None:
    if not runs:
        return
    with st.container(border=True, key="card_broken"):
        st.warning(broken_words(runs), icon=":material/error:")
        st.button(
            "Go on with it" if len(runs) == 1 else "Go on with all of them",
            key="resume_all",
            icon=":material/play_circle:",
            on_click=_go_on,
            args=(runs,),
            disabled=reads_only(),
            help=why_disabled("Each goes on from its last whole epoch, one after the other."),
        )


def _draw(before: State) -> None:
    if not reads_only():
        queue.advance()
    if _state() != before:
        st.rerun()
    if queue.is_paused():
        st.caption(":material/pause_circle: Paused: nothing more starts until you go on. What is under way goes on.")
    elif queue.short_of_disk():
        st.caption(":material/error: Waiting for disk space: less than 200 MB are free.")
    for place, entry in enumerate(queue.waiting(), 1):
        _draw_line(place, entry)
    _draw_pause()
    st.caption(
        "The next one starts by itself when a training has ended, also while no page is open. "
        f"Up to {queue.most_waiting()} can wait."
    )


def _draw_line(place: int, entry: Waiting) -> None:
    run = entry.order.run
    with st.container(horizontal=True, vertical_alignment="center", key=f"waiting-{run.id}"):
        with st.container(gap=None):
            st.markdown(f"**{title_of(run)}** :gray-badge[:material/hourglass_empty: {place_words(place)}]")
            st.caption(order_words(entry.order))
        st.button(
            "Cancel",
            key=f"cancel-{run.id}",
            icon=":material/close:",
            on_click=attempt,
            args=(queue.cancel, entry),
            disabled=reads_only(),
            help=why_disabled("Takes it out of the queue; what it has learned before is kept."),
        )


def _draw_pause() -> None:
    paused = queue.is_paused()
    st.button(
        "Go on" if paused else "Pause",
        key="pause_queue",
        icon=":material/play_circle:" if paused else ":material/pause_circle:",
        on_click=attempt,
        args=(queue.go_on_with_queue if paused else queue.pause,),
        disabled=reads_only(),
        help=why_disabled("A pause holds the queue; the training under way goes on."),
    )


def _state() -> State:
    waits = tuple(entry.order.run_id for entry in queue.waiting())
    return waits, tuple(run.id for run in active_runs()), queue.is_paused()


def _go_on(runs: Sequence[Run]) -> None:
    st.session_state[ERROR] = " ".join(go_on_with(runs)) or None
