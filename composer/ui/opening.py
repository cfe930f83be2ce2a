"""How a visit begins: with the link or the result in the address, else with what ships with the program."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from composer.errors import BadInput
from composer.projects.chain import Chain
from composer.projects.edited import edited_takes
from composer.projects.link import PARAMETER, Shared, Task, decode
from composer.projects.melody import Melody
from composer.projects.project import Project
from composer.projects.results import Result, find_result, ready_made
from composer.projects.shelf import shelf
from composer.ui.chain_state import begin_chain
from composer.ui.engine import ModelChoice, algorithm_of, model_choices
from composer.ui.filling import fill_from, fill_in, known_settings
from composer.ui.keeping import playing_of, work_on
from composer.ui.state import (
    ADDRESS,
    FIRST_MELODY,
    FIRST_SEED,
    LINK,
    MELODY,
    MODEL,
    NOTICE,
    PLAYING,
    RESULT,
    RESULT_ERROR,
    SAMPLE,
    SEED,
    TASK,
    Playing,
    ask_for,
    samples,
    show,
    use_model,
    write_address,
)
from composer.ui.steps import add_step, begin_steps
from composer.ui.undoing import go_to_result, settle_steps


def begin() -> None:
    """Fill a new session: from the link or the result in the address, else the ready-made result, else a melody alone.

    Where the session shows a result already, its id is put back into the address (switching pages takes it away).
    """
    settle_steps()
    link = st.query_params.get(PARAMETER)
    if link is not None and link != st.session_state.get(LINK):
        _open_link(link)
    address = st.query_params.get("result")
    if RESULT not in st.session_state or address not in (None, st.session_state.get(ADDRESS)):
        _open_result(address)
    write_address()
    st.session_state.setdefault(MELODY, samples()[FIRST_MELODY])
    st.session_state.setdefault(SAMPLE, st.session_state[MELODY].name)
    st.session_state.setdefault(SEED, FIRST_SEED)
    if "model" in st.query_params:
        use_model(st.query_params.pop("model"))


def open_project(project: Project) -> None:
    """Show a project in the studio: its takes, its melody, its settings, and the way it is played."""
    work_on(project)
    st.session_state[NOTICE] = st.session_state[RESULT_ERROR] = None
    begin_chain(project.chain or Chain.of(project.result), project.place)
    show(project.result, playing_of(project))
    _step_back_to_original(project.result)
    fill_from(project.result)


def _step_back_to_original(result: Result) -> None:
    """Let undo lead from takes that were edited in an earlier visit to those that were generated, if they are kept."""
    generated = find_result(result.id) if edited_takes(result) else None
    if generated is not None:
        begin_steps(generated, "As it was generated")
        add_step(result, "Edited before")


def _open_result(result_id: str | None) -> None:
    """Show a result from its id, and set melody, model, settings and seed to those it was made with.

    One that was on the page before, as the browser's way back asks for, comes as it was left.
    """
    if result_id and go_to_result(result_id):
        return
    project = shelf().holding(result_id) if result_id else None
    if project is not None:
        open_project(project)
        return
    result = find_result(result_id) if result_id else None
    if result_id and result is None:
        st.session_state[RESULT_ERROR] = "That result is no longer kept on this computer. Generate makes it anew."
    # The forms of a new session begin with the settings that the ready-made result was made with: its music is there a
    # second sooner where they aren't looked up.
    new = result is None and RESULT not in st.session_state
    result = result or ready_made().newest()
    if result is None:
        return
    show(result)
    fill_from(result, form=not new)


def _open_link(text: str) -> None:
    """Set everything to what a link says, and ask for its music; where it can't be read, say so and change nothing.

    The link stays in the address while it sets a task, so that a reload keeps the task; the result that the address
    then holds as well, if it is there, is shown as it was.
    """
    try:
        shared = decode(text)
        _ = Melody(shared.request.melody).grid
        choice, notice = _model_for(shared)
        settings = known_settings(shared.algorithm, shared.request)
        if settings is None and choice is not None:
            raise BadInput("This link has settings that this version of the studio doesn't know; please update it.")
    except BadInput as error:
        st.query_params.pop(PARAMETER)
        st.session_state[RESULT_ERROR] = str(error)
        return
    st.session_state[TASK] = shared.task
    st.session_state[LINK] = text if shared.task != Task() else None
    if shared.task == Task():
        st.query_params.pop(PARAMETER)
    elif find_result(st.query_params.get("result", "")) is not None:
        return
    st.query_params.pop("result", None)
    work_on(None)
    st.session_state[RESULT] = st.session_state[ADDRESS] = st.session_state[RESULT_ERROR] = None
    st.session_state[NOTICE] = notice
    st.session_state[PLAYING] = Playing(shared.programs, shared.bpm, shared.take)
    fill_in(shared.request, settings)
    if choice is None:
        return
    st.session_state[MODEL] = choice.name
    if not notice:
        ask_for(choice, replace(shared.request, model=choice.id))


def _model_for(shared: Shared) -> tuple[ModelChoice | None, str]:
    """The model that a link means, or the nearest there is with a sentence on how it differs; None for none like it.

    A model's id ends in the hash of its weights: the same weights make the same notes, whatever their folder is called.
    """
    name, _, weights = shared.request.model.rpartition("-")
    choices = [choice for choice in model_choices() if choice.algorithm == shared.algorithm]
    same = [choice for choice in choices if choice.id.rpartition("-")[2] == weights]
    if same:
        return next((choice for choice in same if choice.name == name), same[0]), ""
    namesake = next((choice for choice in choices if choice.name == name), None)
    if namesake is not None:
        return namesake, (
            f"This link was made with a model called “{name}”, but the one of that name here has learned other things, "
            "so its notes will differ. Melody and settings are those of the link."
        )
    if choices:
        return choices[0], (
            f"The model of this link, “{name}”, isn't on this computer. {algorithm_of(choices[0]).title} is here with "
            f"another one, “{choices[0].name}”; its notes will differ. Melody and settings are those of the link."
        )
    return None, (
        f"The model of this link, “{name}”, isn't on this computer, and there is none of its kind. The melody is here: "
        "choose a model and press Generate."
    )
