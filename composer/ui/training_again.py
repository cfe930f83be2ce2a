"""Earlier epochs of a run: hold on to one, go on from there, or undo that."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from composer.jobs import again
from composer.jobs.process import is_alive
from composer.training.checkpoints import MOST, epoch_set_aside, kept_bytes, kept_epochs
from composer.training.run import Run
from composer.ui.house import reads_only, why_disabled
from composer.ui.training import attempt, size

_RULE = f"Up to {MOST} epochs are kept, evenly spaced; the spacing doubles when there would be more."
_HELP = """
**Go back** makes this epoch's model the run's own: the studio uses it, and Continue goes on from it. **Start again from
it** also trains up to where the run is now, in the same way as before. The epochs after it are set aside, and Undo
brings them back, until the training has passed them. To go on with other settings, choose the model under Begin from
instead.
"""


def again_card(run: Run | None) -> None:
    """Draw an expander for a run that is at rest and has earlier epochs; nothing otherwise."""
    if run is None or is_alive(run):
        return
    rows = run.metrics()
    earlier = [epoch for epoch in kept_epochs(run) if rows and epoch < rows[-1]["epoch"]]
    aside = epoch_set_aside(run)
    if not earlier and aside is None:
        return
    with st.expander("Earlier epochs", icon=":material/history:", key="earlier"):
        st.caption(_HELP)
        _draw_buttons(run, earlier, aside)
        st.caption(f"{_RULE} They take {size(kept_bytes(run))} of disk.")


def _draw_buttons(run: Run, earlier: list[int], aside: int | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if earlier:
            epoch = st.selectbox("Epoch", earlier[::-1], key=f"earlier-{run.id}", width=120)
            _button("Go back", "go_back", "undo", lambda: again.go_back(run, epoch))
            _button("Start again from it", "start_again", "replay", lambda: again.start_again(run, epoch))
        if aside is not None:
            _button(f"Undo: back to epoch {aside}", "undo_back", "redo", lambda: again.undo_going_back(run))
        _button("Free the disk", "forget_kept", "delete_sweep", lambda: again.forget_kept(run))


def _button(label: str, key: str, icon: str, action: Callable[[], None]) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        on_click=attempt,
        args=(action,),
        disabled=reads_only(),
        help=why_disabled(),
    )
