"""The steps of a chain in the listening card: a row to go from one to another, and what goes on from each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from composer.music.pianoroll import DRUMS
from composer.projects.chain import MOST_STEPS, TUNE, Chain, ChainStep
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.chain_moves import add_step, bring_back, go_to, hand_on, remove
from composer.ui.chain_running import run_again
from composer.ui.chain_sound import together_switch
from composer.ui.chain_state import CHAIN_ERROR, REMOVED, current_chain, step_at_work, step_on_page
from composer.ui.plain import plain

_CHOSEN, _TAKE, _PART = "studio.chain.chosen", "studio.chain.take", "studio.chain.part"


def chain_row() -> None:
    """Draw the steps and what is to be said of them; no row while there is a single one."""
    chain = current_chain()
    if chain is None:
        return
    if st.session_state.get(CHAIN_ERROR):
        st.error(plain(st.session_state[CHAIN_ERROR]), icon=":material/error:")
    if st.session_state.get(REMOVED):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chain_undo"):
            st.markdown(":material/delete: The step was removed.", width="content")
            st.button("Bring it back", key="chain.undo", icon=":material/undo:", on_click=bring_back)
    if len(chain.steps) > 1 or step_at_work() > 0:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chain_row"):
            _steps(chain)
        together_switch()
        _advice(chain)


def chain_foot(result: Result) -> None:
    """Draw how the music on the page goes on: the way to a next step, or what the next step is given."""
    chain = current_chain()
    if chain is None:
        return
    if step_at_work() == len(chain.steps) - 1:
        _next_melody(chain, result)
    else:
        _what_goes_on(chain, step_on_page())


def step_words(chain: Chain, number: int) -> str:
    """What the row says of step `number` (from 0): “1 · U-Net GAN (take 2, Bass)”, with a word where it is older."""
    if number == len(chain.steps):
        return f"{number + 1} · New step"
    step = chain.steps[number]
    older = chain.outdated is not None and number >= chain.outdated
    handed = f" (take {step.take + 1}, {step.part_label})" if number < max(len(chain.steps) - 1, step_at_work()) else ""
    return plain(f"{number + 1} · {step.model_label}{handed}{', older' * older}")


def _steps(chain: Chain) -> None:
    at_work = step_at_work()
    st.markdown(
        f":material/music_note: {plain(chain.melody.title or 'Melody')} :material/arrow_forward:", width="content"
    )
    st.session_state[_CHOSEN] = at_work
    st.pills(
        "Steps",
        range(max(len(chain.steps), at_work + 1)),
        key=_CHOSEN,
        format_func=lambda number: step_words(chain, number),
        required=True,
        on_change=lambda: go_to(st.session_state[_CHOSEN]),
        label_visibility="collapsed",
    )
    st.button(
        f"Remove step {at_work + 1}",
        key="chain.remove",
        icon=":material/delete:",
        type="tertiary",
        on_click=remove,
        args=(at_work,),
    )


def _advice(chain: Chain) -> None:
    """What to do next with the step at work, if anything."""
    if step_at_work() == len(chain.steps):
        st.caption(
            f":material/info: Step {step_at_work() + 1} is given “{plain(chain.given(step_at_work()).title)}”. "
            "Choose who plays it under 2 · Arrange and press Generate."
        )
    elif chain.outdated is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chain_older"):
            st.caption(":material/history: Made before the step in front of it changed.", width="content")
            st.button("Run the rest again", key="chain.run", icon=":material/sync:", on_click=run_again)


def _next_melody(chain: Chain, result: Result) -> None:
    full = len(chain.steps) == MOST_STEPS
    with st.popover(
        "Use as next melody",
        icon=":material/arrow_forward:",
        key="add_step",
        disabled=full,
        help=f"{MOST_STEPS} steps are the most." if full else "Lets another model go on from this take.",
    ):
        st.caption("This take becomes the melody of a next step: choose another model, and it plays with it.")
        key = f"studio.chain.next.{'/'.join(result.about['parts'])}"
        st.selectbox(
            "Which part?",
            _parts(result),
            key=key,
            format_func=lambda part: _part_name(result, part),
            help="A low part moves up by octaves, to where a tune is sung.",
        )
        st.button(
            "Use it",
            key="chain.add",
            icon=":material/check:",
            on_click=lambda: add_step(st.session_state[key]),
            width="stretch",
        )


def _what_goes_on(chain: Chain, place: int) -> None:
    """The choice of the take and the part of a step that the next one is given; empty where they are gone."""
    step, result = chain.steps[place], chain.steps[place].result
    st.session_state[_TAKE] = step.take if step.take < len(result.takes) else None
    st.session_state[_PART] = step.part if step.part in _parts(result) else None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="chain_goes_on"):
        _box(f"Take for step {place + 2}", range(len(result.takes)), _TAKE, lambda take: f"Take {take + 1}", step)
        _box(f"Part for step {place + 2}", _parts(result), _PART, lambda part: _part_name(result, part), step)


def _box(label: str, options: Sequence[Any], key: str, name: Callable[[Any], str], step: ChainStep) -> None:
    st.selectbox(
        label,
        options,
        index=None if st.session_state[key] is None else 0,
        key=key,
        format_func=name,
        on_change=_hand_on,
        args=(step,),
        placeholder="Choose one",
    )


def _hand_on(before: ChainStep) -> None:
    take, part = st.session_state[_TAKE], st.session_state[_PART]
    hand_on(before.take if take is None else take, before.part if part is None else part)


def _parts(result: Result) -> list[str]:
    """The parts that can go on, as ChainStep calls them."""
    return [TUNE, *(name for name in result.about["parts"][1:] if name != DRUMS)]


def _part_name(result: Result, part: str) -> str:
    return part or part_names(result)[0]
