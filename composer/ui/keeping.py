"""The project that the studio is working on: each Generate is kept in it by itself, and so is how it is played."""

from __future__ import annotations

import streamlit as st

from composer.projects.project import LONGEST_PROJECT_NAME, Project, now
from composer.projects.results import Result
from composer.projects.shelf import shelf
from composer.ui.state import RESULT, Playing, current_playing

PROJECT = "studio.project"
"""The id of the project that the result on the page belongs to; None for none."""
_KEPT = "studio.project_kept"
"""The project's name, its result's id and how it is played, as they were last seen on disk."""


def keep(result: Result) -> None:
    """Put a new result into the project of its melody, or into a new one for another melody."""
    playing = current_playing(result)
    work_on(shelf().keep(st.session_state.get(PROJECT), result, playing.programs, playing.bpm))


def keep_playing() -> None:
    """Keep the instruments, the tempo and the take on the page, where they changed since they were kept."""
    result: Result | None = st.session_state.get(RESULT)
    kept: tuple[str, str, Playing] | None = st.session_state.get(_KEPT)
    if result is None or kept is None or kept[1] != result.id:
        return
    playing = current_playing(result)
    if kept[2] == playing:
        return
    project = shelf().find(st.session_state[PROJECT])
    if project is None or project.result.id != result.id:
        work_on(None)
        return
    project = project.touched(programs=playing.programs, bpm=playing.bpm, take=playing.take)
    shelf().save(project)
    work_on(project)


def work_on(project: Project | None) -> None:
    """Make `project` the one that is worked on; None begins a new one with the next Generate."""
    st.session_state[PROJECT] = project.id if project else None
    st.session_state[_KEPT] = (project.name, project.result.id, playing_of(project)) if project else None


def playing_of(project: Project) -> Playing:
    """How a project is played."""
    return Playing(project.programs, project.bpm, project.take)


def project_name(result: Result) -> str:
    """The name of the project that holds the result on the page; "" for none."""
    kept: tuple[str, str, Playing] | None = st.session_state.get(_KEPT)
    return kept[0] if kept and kept[1] == result.id else ""


def project_of(result: Result) -> Project:
    """The result on the page, played as it is now, as a project to be written as a file."""
    playing = current_playing(result)
    name = project_name(result) or result.request.melody.title[:LONGEST_PROJECT_NAME] or "My tune"
    return Project("", name, now(), result, playing.programs, playing.bpm, playing.take)
