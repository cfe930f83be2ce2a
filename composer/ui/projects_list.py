"""The list of projects: a line each, with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from composer.music.bundles import file_name
from composer.projects.project import EXTENSION, LONGEST_PROJECT_NAME
from composer.projects.shelf import Entry, shelf
from composer.ui.menu import link_to
from composer.ui.opening import open_project
from composer.ui.plain import plain
from composer.ui.telling import attempt

_DELETED, _ERROR = "projects.deleted", "projects.error"
"""The id and name of the project deleted last; a sentence on what went wrong."""
_AT_ONCE = 20
_SHOWN = "projects.shown"


def projects_card() -> None:
    """Draw the projects, the one changed last first, and the way back for the one deleted last."""
    with st.container(border=True, key="card_projects"):
        st.header("Projects on this computer", anchor=False)
        if st.session_state.get(_ERROR):
            st.error(plain(st.session_state.pop(_ERROR)), icon=":material/error:")
        _way_back()
        entries = shelf().entries()
        if not entries:
            st.caption(":material/info: None yet. Each press of Generate in the studio is kept here by itself.")
            link_to("Studio", "Go to the studio")
        shown = st.session_state.setdefault(_SHOWN, _AT_ONCE)
        for number, entry in enumerate(entries[:shown]):
            _line(entry, newest=number == 0)
        if len(entries) > shown:
            st.button(f"Show {min(_AT_ONCE, len(entries) - shown)} more", key="projects.more", on_click=_show_more)


def line_words(entry: Entry, zone: tzinfo = UTC) -> str:
    """The small line below a project's name: “Ode to Joy · 3 takes · Bach chorales · 25 Nov 2026, 15:53”."""
    changed = datetime.fromisoformat(entry.changed).astimezone(zone)
    when = f"{changed.day} {changed:%b %Y, %H:%M}"
    takes = f"{entry.takes} take{'s' * (entry.takes != 1)}"
    steps = [f"{entry.steps} steps"] if entry.steps > 1 else []
    return " · ".join([*([plain(entry.melody)] if entry.melody else []), *steps, takes, plain(entry.model), when])


def _line(entry: Entry, newest: bool) -> None:
    with st.container(key=f"project-{entry.id}", gap="small"):
        with st.container(gap=None):
            st.markdown(f"**{plain(entry.name)}**")
            st.caption(line_words(entry, _zone()))
        with st.container(horizontal=True, gap="small"):
            opened = st.button(
                "Open",
                key=f"open-{entry.id}",
                icon=":material/folder_open:",
                type="primary" if newest else "secondary",
                help="Shows it in the studio, as it was.",
            )
            if opened:
                _open(entry.id)
            with st.popover("More", icon=":material/more_horiz:", key=f"more-{entry.id}"):
                _more(entry)


def _more(entry: Entry) -> None:
    key = f"name-{entry.id}"
    st.text_input("Name", entry.name, LONGEST_PROJECT_NAME, key=key)
    choices: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
        ("Use this name", "edit", f"named-{entry.id}", lambda: _rename(entry.id, key)),
        (
            "Duplicate",
            "content_copy",
            f"duplicate-{entry.id}",
            lambda: _duplicate(entry.id),
        ),
        ("Delete", "delete", f"delete-{entry.id}", lambda: _delete(entry.id, entry.name)),
    )
    for label, icon, name, act in choices:
        st.button(label, key=name, icon=f":material/{icon}:", on_click=act, width="stretch")
    st.download_button(
        "Export",
        lambda: shelf().export(entry.id),
        f"{file_name(entry.name)}.{EXTENSION}",
        "application/octet-stream",
        icon=":material/download:",
        key=f"export-{entry.id}",
        on_click="ignore",
        help="One file with all of it, for another studio or to keep.",
        width="stretch",
    )


def _way_back() -> None:
    deleted = st.session_state.get(_DELETED)
    if deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="projects_undo"):
        st.markdown(f":material/delete: “{plain(deleted[1])}” was deleted.")
        st.button("Undo", key="projects.undo", icon=":material/undo:", on_click=_undo)


def _open(project_id: str) -> None:
    project = shelf().find(project_id)
    if project is None:
        st.session_state[_ERROR] = "This project can't be read any more; somebody may have deleted it."
        st.rerun()
    else:
        open_project(project)
        st.switch_page("streamlit_app.py")


def _rename(project_id: str, key: str) -> None:
    attempt(lambda: shelf().rename(project_id, st.session_state[key]), _ERROR)


def _duplicate(project_id: str) -> None:
    attempt(lambda: shelf().duplicate(project_id), _ERROR)


def _delete(project_id: str, name: str) -> None:
    shelf().delete(project_id)
    st.session_state[_DELETED] = (project_id, name)


def _undo() -> None:
    project_id, _ = st.session_state.pop(_DELETED)
    attempt(lambda: shelf().restore(project_id), _ERROR)


def _show_more() -> None:
    st.session_state[_SHOWN] += _AT_ONCE


def _zone() -> tzinfo:
    """The time zone of the browser; UTC where it isn't known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
