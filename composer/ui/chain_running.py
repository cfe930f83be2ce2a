"""Making steps of a chain: the one that Generate asked for, and after it those that were made from something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from composer.errors import BadInput
from composer.projects.chain import Chain
from composer.projects.request import Request
from composer.projects.results import Result
from composer.ui.chain_state import (
    ASKED,
    BPM,
    CHAIN_ERROR,
    REMOVED,
    RUN,
    begin_chain,
    current_chain,
    step_at_work,
    step_on_page,
    the_chain,
    use_chain,
)
from composer.ui.engine import model_choices
from composer.ui.plain import plain
from composer.ui.state import NOTICE, RESULT, RESULT_ERROR, TEMPO, Playing, make, show, write_address


def take_in_answer() -> None:
    """Put the result that came just now, if one did, into the chain as the step at work."""
    st.session_state[ASKED] = False
    result: Result | None = st.session_state.get(RESULT)
    chain = current_chain()
    if result is None or (chain is not None and chain.steps[step_on_page()].result is result):
        return
    if chain is None:
        begin_chain(Chain.of(result))
        return
    use_chain(chain.with_result(step_at_work(), result), step_at_work())
    if step_at_work() > 0:
        st.session_state[TEMPO] = st.session_state[BPM]
    run_rest_later()


def run_rest() -> None:
    """Make anew, one after another, the steps that are older than what they are given, if that is to be done.

    Where one can't be made a sentence says why, and the steps from there on stay as they were.
    """
    if not st.session_state.get(RUN):
        return
    st.session_state[CHAIN_ERROR] = None
    try:
        while (number := the_chain().outdated) is not None:
            steps = the_chain().steps
            with st.spinner(f"Step {number + 1} of {len(steps)}: {plain(steps[number].model_label)} …"):
                chain = the_chain().remade(number, _made_again)
            use_chain(chain, step_at_work())
            if number == step_on_page():
                show_step()
    except BadInput as error:
        st.session_state[CHAIN_ERROR] = str(error)
    st.session_state[RUN] = False
    write_address()


def run_again() -> None:
    """Try once more to make the steps that are older than what they are given."""
    st.session_state[RUN] = True


def run_rest_later() -> None:
    """Let the steps that are older than what they are given be made anew when the listening card is drawn."""
    st.session_state[RUN] = True
    st.session_state[REMOVED] = None


def show_step() -> None:
    """Put the takes of the step at work on the page, with its instruments and in the tempo of now."""
    step = the_chain().steps[step_on_page()]
    playing = Playing(step.heard_with, int(st.session_state[TEMPO]), step.take_there)
    show(step.result, playing, f"Went to step {step_on_page() + 1}")
    st.session_state[RESULT_ERROR] = st.session_state[NOTICE] = None


def _made_again(request: Request, about: Mapping[str, Any]) -> Result:
    """What the model of a step answers to another melody; one that has learned since answers in its stead."""
    choices = model_choices()
    same = (choice for choice in choices if choice.id == request.model)
    namesakes = (choice for choice in choices if choice.name == about["model_name"])
    choice = next(same, next(namesakes, None))
    if choice is None:
        raise BadInput("its model is no longer on this computer. Go to that step, choose another and press Generate.")
    return make(choice, replace(request, model=choice.id))
