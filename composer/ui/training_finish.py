"""A listener for a model that has learned: a button that has one taught, what is being done, and that it is there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from composer.jobs.finishing import break_off, can_be_finished, finish, is_finished
from composer.jobs.status import FINISHING, Status
from composer.training.run import Run
from composer.ui.house import reads_only, why_disabled
from composer.ui.plain import plain
from composer.ui.training import attempt

_HELP = (
    "A small network hears what this model plays beside real music until it can tell them apart. In the studio the "
    "model then plays everything several times, and of each bar the version is kept that sounds most real. It takes "
    "some minutes, in the background."
)


def finish_row(run: Run, now: Status) -> None:
    """Draw what can be done now to finish the model of `run`; nothing for models that know no finish."""
    if now.state == FINISHING:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f":material/hearing: {plain(now.message) or 'Getting ready …'}")
            _button("Stop", ":material/stop_circle:", "finish.stop", break_off, run, "The model stays as it was.")
        return
    if now.active:
        return
    if now.message and now.state != "crashed":
        st.error(plain(now.message), icon=":material/error:")
    if is_finished(run):
        st.caption(":material/hearing: It has a listener: in the studio it plays everything several times for it.")
    elif can_be_finished(run):
        _button("Teach a listener", ":material/hearing:", "finish", finish, run, _HELP)


def _button(label: str, icon: str, key: str, act: Callable[[Run], None], run: Run, words: str) -> None:
    """What a second server must leave alone."""
    st.button(
        label,
        icon=icon,
        key=key,
        on_click=attempt,
        args=(act, run),
        disabled=reads_only(),
        help=why_disabled(words),
    )
