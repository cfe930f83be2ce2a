"""The chain of this session: which steps there are, which one is on the page, and what is still to be made anew."""

from __future__ import annotations

import streamlit as st

from composer.projects.chain import Chain
from composer.projects.results import Result

CHAIN, STEP = "studio.chain", "studio.chain.step"
"""The steps with a result, and the number (from 0) of the one at work: one after the last is without a result yet."""
RUN = "studio.chain.run"
"""Whether steps after one that changed are to be made anew when the listening card is drawn."""
CHAIN_ERROR = "studio.chain.error"
"""A sentence on why a step couldn't be made."""
REMOVED = "studio.chain.removed"
"""The chain and the step at work as they were before a step was removed; None for nothing to bring back."""
ASKED = "studio.chain.asked"
"""Whether an answer was on its way when the page was drawn last: still so where a rerun cut in before it was used."""
BPM = "studio.chain.bpm"
"""The tempo before Generate: all steps are played in one, though a step's melody is another tune than the first's."""


def current_chain() -> Chain | None:
    """The chain of the session; None where there is no music yet."""
    chain: Chain | None = st.session_state.get(CHAIN)
    return chain


def the_chain() -> Chain:
    """The chain of the session, where there is music."""
    chain = current_chain()
    assert chain is not None
    return chain


def step_at_work() -> int:
    """The number (from 0) of the step that Generate makes; one after the last where a step is added."""
    return int(st.session_state.get(STEP, 0))


def step_on_page() -> int:
    """The number (from 0) of the step whose takes are on the page, where there is music."""
    return min(step_at_work(), len(the_chain().steps) - 1)


def begin_chain(chain: Chain | None, step: int = 0) -> None:
    """Begin with another chain; None for no music."""
    use_chain(chain, step)
    st.session_state[RUN] = False
    st.session_state[CHAIN_ERROR] = st.session_state[REMOVED] = None


def use_chain(chain: Chain | None, step: int) -> None:
    """Go on with a chain that changed."""
    st.session_state[CHAIN], st.session_state[STEP] = chain, step


def follow_result(result: Result) -> None:
    """Give the music on the page its place in the chain, as after undo or an edit; without one it begins a new chain.

    Steps after one that changed are then to be made anew.
    """
    chain = current_chain()
    if chain is None:
        begin_chain(Chain.of(result))
        return
    if chain.steps[step_on_page()].result is result:
        return
    place = chain.place_for(result, step_on_page())
    if place is None:
        begin_chain(Chain.of(result))
    else:
        use_chain(chain.changed(place, result=result), place)
        st.session_state[REMOVED] = None
        st.session_state[RUN] = True


def chain_to_keep() -> tuple[Chain | None, int]:
    """What a project keeps of the chain, and the place of the result on the page in it; nothing of a single step."""
    chain = current_chain()
    return (None, 0) if chain is None or len(chain.steps) == 1 else (chain, step_on_page())
