"""What can be done with the steps of a chain: go to one, add one, take one out, change what goes on."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.projects.chain import Chain
from composer.projects.melody import Melody
from composer.projects.results import Result
from composer.ui.chain_running import run_rest_later, show_step, take_in_answer
from composer.ui.chain_state import (
    ASKED,
    BPM,
    CHAIN_ERROR,
    REMOVED,
    begin_chain,
    follow_result,
    step_at_work,
    step_on_page,
    the_chain,
    use_chain,
)
from composer.ui.filling import fill_from
from composer.ui.state import (
    MELODY,
    PENDING,
    RESULT,
    TEMPO,
    choose_melody,
    current_playing,
    shown_take,
)


def settle_chain() -> None:
    """Let the chain follow what happened since it was drawn: music opened, edited or undone, another melody chosen."""
    if st.session_state.get(ASKED) and PENDING not in st.session_state:
        take_in_answer()
    st.session_state[BPM], st.session_state[ASKED] = st.session_state.get(TEMPO), PENDING in st.session_state
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        begin_chain(None)
        return
    follow_result(result)
    _follow_melody(the_chain())


def go_to(number: int) -> None:
    """Make step `number` (from 0) the one at work: its takes on the page, what it was made with in the cards."""
    _remember_instruments()
    use_chain(the_chain(), number)
    _open_step()


def add_step(part: str) -> None:
    """Begin a step after the last: `part` of the take on the page becomes the melody that Generate is asked for."""
    _remember_instruments()
    last = len(the_chain().steps) - 1
    chain = the_chain().changed(last, take=shown_take(st.session_state[RESULT]), part=part)
    _work_on_new(chain)


def hand_on(take: int, part: str) -> None:
    """Let another take (from 0) or part of the step on the page go on to the next."""
    chain = the_chain().changed(step_on_page(), take=take, part=part)
    if step_at_work() == len(chain.steps):
        _work_on_new(chain)
    else:
        use_chain(chain, step_at_work())
        run_rest_later()


def remove(number: int) -> None:
    """Take step `number` (from 0) out, so that the one after it is given what it was given."""
    _remember_instruments()
    before = (the_chain(), step_at_work())
    if number < len(the_chain().steps):
        use_chain(the_chain().without(number), max(number - 1, 0))
        run_rest_later()
    else:
        use_chain(the_chain(), number - 1)
    _open_step()
    st.session_state[REMOVED] = before


def bring_back() -> None:
    """Put the step that was removed last back."""
    chain, step = st.session_state[REMOVED]
    use_chain(chain, min(step, len(chain.steps) - 1))
    run_rest_later()
    _open_step()


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
    show_step()
    fill_from(the_chain().steps[step_at_work()].result)
    choose_melody(Melody(the_chain().melody_of(step_at_work())))


def _remember_instruments() -> None:
    chain, place = the_chain(), step_on_page()
    programs = current_playing(chain.steps[place].result).programs
    if programs != chain.steps[place].heard_with:
        use_chain(chain.changed(place, programs=programs), step_at_work())
