"""The project that the studio is working on: each Generate is kept in it by itself, and so is how it is played."""

from __future__ import annotations

from typing import Any

import streamlit as st

from composer.projects.chain import Chain
from composer.projects.melody import Melody
from composer.projects.project import LONGEST_PROJECT_NAME, Project, now
from composer.projects.results import Result
from composer.projects.shelf import shelf
from composer.ui.chain_state import begin_chain, chain_to_keep, follow_result
from composer.ui.state import RESULT, Playing, current_playing

PROJECT = "studio.project"
"""The id of the project that the result on the page belongs to; None for none."""
_KEPT = "studio.project_kept"
"""That project as it was last seen on disk."""


def keep(result: Result) -> None:
    """Put a new result into the project of its melody, or into a new one for another melody."""
    _keep_in(st.session_state.get(PROJECT), result)


def keep_again(result: Result) -> None:
    """Keep a result that was on the page before: in the project at work if it has its melody, else in its own, if any.

    No project is made for what had none.
    """
    follow_result(result)
    project = shelf().find(st.session_state.get(PROJECT) or "")
    if project is None or not _same_melody(project, result):
        project = shelf().holding(result.id)
        if project is not None and project.chain is not None:
            begin_chain(project.chain, project.place)
    if project is None:
        work_on(None)
    else:
        _keep_in(project.id, result)


def _keep_in(project_id: str | None, result: Result) -> None:
    follow_result(result)
    playing = current_playing(result)
    work_on(shelf().keep(project_id, result, playing.programs, playing.bpm, playing.take, *chain_to_keep()))


def keep_playing() -> None:
    """Keep the steps, the instruments, the tempo and the take on the page, where they changed since they were kept."""
    result: Result | None = st.session_state.get(RESULT)
    kept = _kept()
    if result is None or kept is None or not _holds(kept, result):
        return
    playing, changed = current_playing(result), _changed_chain(kept, result)
    if playing_of(kept) == playing and not changed:
        return
    project = shelf().find(kept.id)
    if project is None or project.result.id != kept.result.id:
        work_on(None)
        return
    project = project.touched(programs=playing.programs, bpm=playing.bpm, take=playing.take, **changed)
    shelf().save(project)
    work_on(project)


def work_on(project: Project | None) -> None:
    """Make `project` the one that is worked on; None begins a new one with the next Generate."""
    st.session_state[PROJECT] = project.id if project else None
    st.session_state[_KEPT] = project


def playing_of(project: Project) -> Playing:
    """How a project is played."""
    return Playing(project.programs, project.bpm, project.take)


def project_name(result: Result) -> str:
    """The name of the project that holds the result on the page; "" for none."""
    kept = _kept()
    return kept.name if kept is not None and _holds(kept, result) else ""


def project_of(result: Result) -> Project:
    """The result on the page, played as it is now, as a project to be written as a file."""
    playing = current_playing(result)
    name = project_name(result) or result.request.melody.title[:LONGEST_PROJECT_NAME] or "My tune"
    return Project("", name, now(), result, playing.programs, playing.bpm, playing.take, *chain_to_keep())


def _kept() -> Project | None:
    kept: Project | None = st.session_state.get(_KEPT)
    return kept


def _holds(kept: Project, result: Result) -> bool:
    """Whether the result on the page is the project's, or another step of its chain."""
    chained = kept.chain is not None or chain_to_keep()[0] is not None
    return kept.result.id == result.id or (chained and _same_melody(kept, result))


def _same_melody(project: Project, result: Result) -> bool:
    """Whether the project and what is on the page began with the same melody."""
    chain: Chain | None = chain_to_keep()[0]
    return Melody(project.melody).id == Melody(chain.melody if chain else result.request.melody).id


def _changed_chain(kept: Project, result: Result) -> dict[str, Any]:
    """The fields of the project that tell of its steps, where those on the page are others."""
    chain, place = chain_to_keep()
    return {} if kept.chain is chain and kept.place == place else {"result": result, "chain": chain, "place": place}
