"""What can be done with the steps of a chain: go to one, add one, take one out, change what goes on, make the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from composer.errors import BadInput
from composer.projects.chain import Chain
from composer.projects.melody import Melody
from composer.projects.request import Request
from composer.projects.results import Result
from composer.ui.chain_state import (
    CHAIN_ERROR,
    REMOVED,
    RUN,
    begin_chain,
    current_chain,
    follow_result,
    step_at_work,
    step_on_page,
    use_chain,
)
from composer.ui.engine import model_choices
from composer.ui.filling import fill_from
from composer.ui.plain import plain
from composer.ui.state import (
    MELODY,
    NOTICE,
    PENDING,
    RESULT,
    RESULT_ERROR,
    TEMPO,
    Playing,
    choose_melody,
    current_playing,
    make,
    show,
    shown_take,
    write_address,
)


def settle_chain() -> None:
    """Let the chain follow what happened since it was drawn: music opened, edited or undone, another melody chosen."""
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        begin_chain(None)
        return
    follow_result(result)
    _follow_melody(_chain())


def take_in_answer() -> None:
    """Put the result that came just now, if one did, into the chain as the step at work."""
    result: Result | None = st.session_state.get(RESULT)
    chain = current_chain()
    if result is None or (chain is not None and chain.steps[step_on_page()].result is result):
        return
    if chain is None:
        begin_chain(Chain.of(result))
        return
    use_chain(chain.with_result(step_at_work(), result), step_at_work())
    _run_rest_later()


def run_rest() -> None:
    """Make anew, one after another, the steps that are older than what they are given, if that is to be done.

    Where one can't be made a sentence says why, and the steps from there on stay as they were.
    """
    if not st.session_state.get(RUN):
        return
    st.session_state[CHAIN_ERROR] = None
    try:
        while (number := _chain().outdated) is not None:
            steps = _chain().steps
            with st.spinner(f"Step {number + 1} of {len(steps)}: {plain(steps[number].model_label)} …"):
                chain = _chain().remade(number, _made_again)
            use_chain(chain, step_at_work())
            if number == step_on_page():
                _show_step()
    except BadInput as error:
        st.session_state[CHAIN_ERROR] = str(error)
    st.session_state[RUN] = False
    write_address()


def run_again() -> None:
    """Try once more to make the steps that are older than what they are given."""
    st.session_state[RUN] = True


def go_to(number: int) -> None:
    """Make step `number` (from 0) the one at work: its takes on the page, what it was made with in the cards."""
    _remember_instruments()
    use_chain(_chain(), number)
    _open_step()


def add_step(part: str) -> None:
    """Begin a step after the last: `part` of the take on the page becomes the melody that Generate is asked for."""
    _remember_instruments()
    last = len(_chain().steps) - 1
    chain = _chain().changed(last, take=shown_take(st.session_state[RESULT]), part=part)
    _work_on_new(chain)


def hand_on(take: int, part: str) -> None:
    """Let another take (from 0) or part of the step on the page go on to the next."""
    chain = _chain().changed(step_on_page(), take=take, part=part)
    if step_at_work() == len(chain.steps):
        _work_on_new(chain)
    else:
        use_chain(chain, step_at_work())
        _run_rest_later()


def remove(number: int) -> None:
    """Take step `number` (from 0) out, so that the one after it is given what it was given."""
    _remember_instruments()
    before = (_chain(), step_at_work())
    if number < len(_chain().steps):
        use_chain(_chain().without(number), max(number - 1, 0))
        _run_rest_later()
    else:
        use_chain(_chain(), number - 1)
    _open_step()
    st.session_state[REMOVED] = before


def bring_back() -> None:
    """Put the step that was removed last back."""
    chain, step = st.session_state[REMOVED]
    use_chain(chain, min(step, len(chain.steps) - 1))
    _run_rest_later()
    _open_step()


def _chain() -> Chain:
    chain = current_chain()
    assert chain is not None
    return chain


def _run_rest_later() -> None:
    st.session_state[RUN] = True
    st.session_state[REMOVED] = None


def _follow_melody(chain: Chain) -> None:
    """Where the melody isn't the one that the step at work is given: it was chosen, so it goes to the first step."""
    step, chosen = step_at_work(), st.session_state[MELODY]
    if step == 0:
        return
    given = Melody(chain.melody_of(step))
    if chosen.id == given.id:
        return
    if step < len(chain.steps) and chosen.id == Melody(chain.steps[step].result.request.melody).id:
        choose_melody(given)
    elif PENDING in st.session_state:
        use_chain(chain, 0)
    else:
        go_to(0)
        choose_melody(chosen)


def _work_on_new(chain: Chain) -> None:
    """Begin the step after the last; where it would be given no melody a sentence says why."""
    st.session_state[CHAIN_ERROR] = st.session_state[REMOVED] = None
    try:
        choose_melody(Melody(chain.given(len(chain.steps))))
        use_chain(chain, len(chain.steps))
    except BadInput as error:
        st.session_state[CHAIN_ERROR] = str(error)


def _open_step() -> None:
    """Put the step at work on the page: its takes, and in the cards what it was made with and what it is given."""
    _show_step()
    fill_from(_chain().steps[step_at_work()].result)
    choose_melody(Melody(_chain().melody_of(step_at_work())))


def _show_step() -> None:
    """Put the takes of the step at work on the page, with its instruments and in the tempo of now."""
    step = _chain().steps[step_at_work()]
    playing = Playing(step.heard_with, int(st.session_state[TEMPO]), step.take_there)
    show(step.result, playing, f"Went to step {step_at_work() + 1}")
    st.session_state[RESULT_ERROR] = st.session_state[NOTICE] = None


def _remember_instruments() -> None:
    chain, place = _chain(), step_on_page()
    programs = current_playing(chain.steps[place].result).programs
    if programs != chain.steps[place].heard_with:
        use_chain(chain.changed(place, programs=programs), step_at_work())


def _made_again(request: Request, about: Mapping[str, Any]) -> Result:
    """What the model of a step answers to another melody; one that has learned since answers in its stead."""
    choices = model_choices()
    same = (choice for choice in choices if choice.id == request.model)
    namesakes = (choice for choice in choices if choice.name == about["model_name"])
    choice = next(same, next(namesakes, None))
    if choice is None:
        raise BadInput("its model is no longer on this computer. Go to that step, choose another and press Generate.")
    return make(choice, replace(request, model=choice.id))
