"""Sharing the take on the page: a link that brings it all, a project file, and a link with a task for a class."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from composer.music.bundles import file_name
from composer.projects.edited import edited_takes
from composer.projects.link import LONGEST_LINK, MOST_NOTES, PARAMETER, Shared, Task, encode
from composer.projects.project import EXTENSION, Project, pack_project
from composer.projects.results import Result
from composer.ui.chain_state import chain_to_keep
from composer.ui.copy_link import copy_link
from composer.ui.keeping import project_of
from composer.ui.state import current_playing
from composer.ui.task import task_form

_TOO_LONG = "This melody is too long for a link. Send the project file instead: it opens on the Projects page."
_STEP_ALONE = "A link brings this step alone, with the melody it is given. The project file holds all steps."
_EDITED = "What you edited travels in the project file, not in a link: a link brings the takes as they were generated."


def share_menu(result: Result) -> None:
    """Draw a menu with the link to the take on the page, as it sounds there, and the project as a file."""
    with st.popover("Share", icon=":material/share:", key="share"):
        st.markdown("**A link to this take**")
        _link_line(result, Task(), "Copy link", "share.link")
        st.caption(
            "The link itself holds melody, model, settings, seed, instruments and tempo. On a studio with the same "
            "model it plays the same notes."
        )
        _steps_note()
        if edited_takes(result):
            st.caption(f":material/edit: {_EDITED}")
        st.download_button(
            "Project file",
            _later(project_of(result)),
            f"{file_name(result.request.melody.title)}.{EXTENSION}",
            "application/octet-stream",
            icon=":material/save:",
            help="All takes in one file, to be imported on the Projects page of any studio.",
            key="home_Project file",
            on_click="ignore",
            width="stretch",
        )


def preset_maker(result: Result) -> None:
    """Draw the form for a link with a task, for teachers: closed at first."""
    with st.expander("Make a preset link", icon=":material/school:", type="compact", key="preset_maker"):
        st.caption(
            "For a class: a link that opens this take with a task above it. Settings can be fixed, or hidden to keep "
            "the page simple."
        )
        _link_line(result, task_form(result), "Copy preset link", "preset.link")
        _steps_note()
        if edited_takes(result):
            st.caption(f":material/edit: {_EDITED}")


def link_query(result: Result, task: Task) -> str:
    """What stands after the "?" of a link to the result on the page, played as it is now, with a task."""
    playing = current_playing(result)
    wish = Shared(result.request, result.about["algorithm"], playing.programs, playing.bpm, playing.take, task)
    return f"{PARAMETER}={_encoded((result.id, playing, task), wish)}"


@st.cache_data(max_entries=200, show_spinner=False)
def _encoded(key: object, _wish: Shared) -> str:
    return encode(_wish)


def _later(project: Project) -> Callable[[], bytes]:
    """What writes a project when it is asked for, outside of the session."""
    return lambda: pack_project(project)


def _link_line(result: Result, task: Task, button: str, key: str) -> None:
    query = link_query(result, task) if result.request.melody.note_count <= MOST_NOTES else ""
    if not 0 < len(query) <= LONGEST_LINK:
        st.caption(f":material/info: {_TOO_LONG}")
    else:
        copy_link(query, "Link", button, key)


def _steps_note() -> None:
    """What a link leaves out where the music on the page is one of several steps."""
    if chain_to_keep()[0] is not None:
        st.caption(f":material/info: {_STEP_ALONE}")
