"""A teacher's task: shown above the studio, with the settings it fixes and hides; and the form that makes one."""

from __future__ import annotations

from html import escape

import streamlit as st

from composer.projects.link import LONGEST_TASK, PARAMETER, Task
from composer.projects.results import Result
from composer.ui.state import LINK, TASK

_STYLE = "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; margin: 0"


def current_task() -> Task:
    """The task that the link of this visit sets; one without text, fixing and hiding nothing, where there is none."""
    task: Task = st.session_state.get(TASK, Task())
    return task


def leave_task() -> None:
    """Take the task, and what it fixed and hid, off the page and out of the address."""
    st.session_state[TASK], st.session_state[LINK] = Task(), None
    st.query_params.pop(PARAMETER, None)


def task_card() -> None:
    """Draw the task of this visit, as plain text, with a way to leave it; nothing where there is none."""
    task = current_task()
    if task == Task():
        return
    with st.container(border=True, key="card_task"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.header(":material/assignment: Your task", anchor=False)
            st.button(
                "Leave the task",
                type="tertiary",
                key="leave_task",
                help="Shows all settings again and lets you change them.",
                on_click=leave_task,
            )
        st.html(f'<p style="{_STYLE}">{escape(task.text) or "Some settings are fixed."}</p>')


def task_form(result: Result) -> Task:
    """Draw the form in which a teacher writes a task for a result, and return what it says now."""
    from composer.algorithms.registry import find_algorithm

    fields = find_algorithm(result.about["algorithm"]).GenerateSettings.fields()
    labels = {"model": "Model", **{about.name: about.label for about in fields}, "seed": "Seed"}
    text = st.text_area(
        "Task",
        max_chars=LONGEST_TASK,
        placeholder="Listen to both takes. Then raise Creativity step by step: when does it stop sounding like Bach?",
        key="preset.text",
    )
    fixed = _some_of(labels, "Fixed", "Shown, but can't be changed.")
    hidden = _some_of(labels, "Hidden", "Not shown; they keep the values they have now.")
    return Task(text.strip(), fixed, hidden)


def _some_of(labels: dict[str, str], label: str, words: str) -> tuple[str, ...]:
    chosen = st.multiselect(
        label,
        list(labels),
        key=f"preset.{label.lower()}",
        format_func=labels.__getitem__,
        placeholder="None",
        help=words,
    )
    return tuple(chosen)
