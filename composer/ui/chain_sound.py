"""The parts of the steps before, heard together with those of the step on the page where a person wishes it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import streamlit as st

from composer.music.score import Score
from composer.projects.chain import Chain
from composer.ui.chain_state import current_chain, step_on_page

_TOGETHER = "studio.chain.together"


def together_switch() -> None:
    """Draw the choice; nothing for a first step, which has none before it."""
    chain = current_chain()
    if chain is not None and step_on_page() > 0:
        st.toggle(
            "With the steps before",
            key=_TOGETHER,
            help="Plays the parts of the steps before, too, here and in what you take home.",
            persist_state="session",
        )


def with_steps_before(score: Score) -> Score:
    """The score of the step on the page, with the parts of the steps before after its own if they are wished for."""
    chain = _wished()
    return score if chain is None else replace(score, tracks=(*score.tracks, *chain.earlier_tracks(step_on_page())))


def steps_before() -> Hashable:
    """What stands for the notes that `with_steps_before` adds."""
    chain = _wished()
    if chain is None:
        return ()
    steps = chain.steps[: step_on_page()]
    return tuple((step.result.fingerprint(step.take_there), step.row) for step in steps)


def _wished() -> Chain | None:
    chain = current_chain()
    return chain if chain is not None and step_on_page() > 0 and st.session_state.get(_TOGETHER) else None
