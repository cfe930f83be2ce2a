"""Hear it learn: the same four bars as the model played them after each epoch, to look at, compare and listen to."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.jobs.status import status
from composer.music.journey import journey
from composer.music.score import Score
from composer.plots.epochs import spread
from composer.training.run import Run
from composer.training.samples import read_sample, sample_stamps
from composer.ui.engine import epoch_rolls, synthesiser
from composer.ui.hear import JOURNEY, hear, hear_data, journey_epochs, take_wish

_TICK_S = 2.0
_MOST_EPOCHS = 400
_WORDS = """
After every epoch the model plays the same four bars, of a piece that it has never learned from, with the same noise. So
whatever changes from one epoch to the next was **learned** in between. Move the slider and watch the notes settle; the
journey plays one bar from each stage, one after another.
"""


def hear_card(run: Run | None) -> None:
    """Draw the card of `run`, which takes in new epochs while it is trained; nothing before its first epoch."""
    if run is None:
        return
    active = status(run).active
    if not active and not sample_stamps(run):
        return
    with st.container(border=True, key="card_hear"):
        st.header("Hear it learn", anchor=False)
        st.fragment(_draw, run_every=_TICK_S if active else None)(run)


def _draw(run: Run) -> None:
    stamps = sample_stamps(run)
    if not stamps:
        st.caption("You can hear it after the first epoch.")
        return
    key = f"hear-{run.id}"
    shown = {epoch: stamps[epoch] for epoch in spread(list(stamps), _MOST_EPOCHS)}
    wished = take_wish(key)
    try:
        made = epoch_rolls().get((key, tuple(shown.items()), wished), lambda: _data(run, list(shown), wished))
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return
    hear(made, key)
    st.caption(_WORDS)


def _data(run: Run, epochs: list[int], wished: str | None) -> bytes:
    samples = {epoch: read_sample(run, epoch) for epoch in epochs}
    score = wished_score(samples, wished)
    return hear_data(samples, run.id, wished, synthesiser().render_stems(score) if score else None)


def wished_score(samples: dict[int, Score], wished: str | None) -> Score | None:
    """What is to be heard: an epoch's sample, or the journey through all; None where nothing is wished that exists."""
    if wished == JOURNEY:
        return journey([samples[epoch] for epoch in journey_epochs(list(samples))])
    return samples.get(int(wished)) if wished and wished.isdecimal() else None
