"""2 Arrange: which model, with what settings, from what seed; and the button that makes it happen."""

from __future__ import annotations

import random

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from composer.errors import BadInput
from composer.projects.checking import LARGEST_SEED
from composer.projects.link import Task
from composer.projects.request import Request
from composer.projects.results import Result
from composer.settings import Settings
from composer.ui.engine import ModelChoice, algorithm_of, model_choices
from composer.ui.forms import setting_widget, settings_form
from composer.ui.menu import link_to
from composer.ui.state import FOLLOW, MODEL, RESULT, SEED, ask, current_request, form_key
from composer.ui.task import current_task

_FADED = (
    "<style>.st-key-listen_stage, .st-key-listen_facts "
    "{ opacity: 0.7; filter: saturate(0.35); transition: opacity 0.2s; }</style>"
)


def arrange_card(status: DeltaGenerator) -> None:
    """Draw the card; `status`, a slot of the listening card, is told where its result is from other settings."""
    st.header("2 · Arrange", anchor=False)
    choices = {choice.name: choice for choice in model_choices()}
    if not choices:
        st.info(
            "There is no model here yet. Train one first: it takes a few minutes.", icon=":material/model_training:"
        )
        link_to("Train", "Train a model of your own")
        return
    task = current_task()
    choice = _model_picker(choices, task)
    st.caption(_who_plays(choice))
    if "model" not in (*task.fixed, *task.hidden):
        link_to("Train", "Train a model of your own")
    settings = algorithm_of(choice).GenerateSettings
    settings_form(settings, form_key(choice.algorithm), (FOLLOW,), task.fixed, task.hidden)
    if "seed" not in task.hidden:
        _seed_row("seed" in task.fixed)
    if FOLLOW not in task.hidden:
        _follow_switch(settings, form_key(choice.algorithm), FOLLOW in task.fixed)
    st.button(
        "Generate",
        type="primary",
        icon=":material/auto_awesome:",
        width="stretch",
        on_click=ask,
        key="generate",
    )
    _compare(choice, status)


def _model_picker(choices: dict[str, ModelChoice], task: Task) -> ModelChoice:
    if st.session_state.get(MODEL) not in choices:
        st.session_state[MODEL] = next(iter(choices))
    if "model" in task.hidden:
        return choices[st.session_state[MODEL]]
    name = st.selectbox(
        "Model",
        list(choices),
        key=MODEL,
        format_func=lambda name: choices[name].title,
        help="Who plays along: what it learned from, and how it works. Train your own on the Train page.",
        disabled="model" in task.fixed,
        persist_state="session",
    )
    return choices[name]


def _who_plays(choice: ModelChoice) -> str:
    """The parts a model adds: “Adds Strings, Bass and Drums.”"""
    *others, last = choice.parts[1:] or ("nothing",)
    return f"Adds {', '.join(others)}{' and ' * bool(others)}{last}."


def _follow_switch(settings: type[Settings], key: str, fixed: bool) -> None:
    """The choice between the person's melody and a surprise, where the model has it, told in a sentence."""
    about = next((about for about in settings.fields() if about.name == FOLLOW), None)
    if about is None:
        return
    if not setting_widget(about, key, fixed):
        st.caption(
            ":material/auto_awesome: Surprise me: the melody is made up, too. Only the length, the key and the beat "
            "are taken from the melody on this page."
        )


def _seed_row(fixed: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Seed",
            0,
            LARGEST_SEED,
            step=1,
            key=SEED,
            help="Where chance begins: the same seed gives the same takes again.",
            disabled=fixed,
            persist_state="session",
        )
        st.button("New seed", icon=":material/casino:", on_click=_roll_dice, key="dice", disabled=fixed)


def _roll_dice() -> None:
    st.session_state[SEED] = random.randint(0, LARGEST_SEED)


def _compare(choice: ModelChoice, status: DeltaGenerator) -> None:
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        return
    try:
        request = current_request(choice)
    except BadInput as error:
        status.caption(str(error))
        return
    if request.id != result.id:
        status.caption(f":material/history: Made {_difference(request, result.request)}. Press Generate for new takes.")
        st.html(_FADED)


def _difference(now: Request, then: Request) -> str:
    """In what the result on the page differs from what would be made now."""
    if Request(now.melody, "", {}, 0).id != Request(then.melody, "", {}, 0).id:
        return "from another melody"
    if now.model != then.model:
        return "by another model"
    return "with other settings" if dict(now.settings) != dict(then.settings) else "from another seed"
