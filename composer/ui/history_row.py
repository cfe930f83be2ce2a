"""Undo and redo, and the last steps as small pictures, each with a button that goes back to it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import streamlit as st

from composer.music.editing import SAME, differences
from composer.music.pianoroll import LENGTH, ONSET
from composer.plots.thumbnail import thumbnail_svg
from composer.projects.by_hand import drum_parts, heard_roll
from composer.projects.edited import alike
from composer.projects.history import History
from composer.projects.results import Result
from composer.ui.menu import is_dark
from composer.ui.plain import plain
from composer.ui.state import shown_take
from composer.ui.steps import current_history
from composer.ui.undoing import go_to, redo, undo

_SHOWN = 8
"""Versions in the row; earlier ones lie in an expander."""
_STEP_PX = 140
_STYLE = """<style>
.st-key-history_row, .st-key-history_earlier { flex-wrap: nowrap; overflow-x: auto; padding-bottom: 0.4rem; }
.step { margin: 0; font-size: 0.8rem; line-height: 1.3; }
.step img { display: block; width: 132px; height: 44px; margin-bottom: 0.3rem; }
.step span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; height: 2.6em;
  overflow: hidden; overflow-wrap: anywhere; }
</style>"""


def undo_buttons() -> None:
    """Draw the buttons that take the last step back and do it again."""
    history = current_history()
    back = history.now.words if history is not None and history.can_undo else ""
    forward = history.redone().now.words if history is not None and history.can_redo else ""
    for label, act, words in (("Undo", undo, back), ("Redo", redo, forward)):
        st.button(
            label,
            type="tertiary",
            icon=f":material/{label.lower()}:",
            key=label.lower(),
            on_click=act,
            disabled=not words,
            help=f"{label}: {plain(words)}" if words else f"Nothing to {label.lower()}.",
        )


def history_row() -> None:
    """Draw the steps of this session, the newest first, those long ago in an expander; nothing for a single one."""
    history = current_history()
    if history is None or len(history.steps) < 2:
        return
    places = range(len(history.steps))[::-1]
    st.subheader("History", anchor=False)
    st.caption("The music after each change, the newest first. What you do after going back replaces later versions.")
    st.html(_STYLE)
    _row(history, places[:_SHOWN], "history_row")
    if places[_SHOWN:]:
        earlier = st.expander("Earlier versions", type="compact", key="earlier_steps", on_change="rerun")
        if earlier.open:
            with earlier:
                _row(history, places[_SHOWN:], "history_earlier")


def _row(history: History, places: Sequence[int], key: str) -> None:
    with st.container(horizontal=True, gap="small", key=key):
        for place in places:
            with st.container(width=_STEP_PX, gap="small"):
                now = place == history.place
                st.html(_picture_html(history, place))
                st.button(
                    f"Now: version {place + 1}" if now else f"Go to version {place + 1}",
                    key=f"step_{place}",
                    disabled=now,
                    on_click=go_to,
                    args=(place,),
                    width="stretch",
                )


def _picture_html(history: History, place: int) -> str:
    """A step as a picture with its words."""
    step = history.steps[place]
    former = history.steps[place - 1].result if place and step.take is not None else None
    take = shown_take(step.result) if step.take is None else step.take
    prints = (step.result.fingerprint(take), _print(former, take))
    picture = base64.b64encode(_drawing(prints, take, is_dark(), step.result, former).encode()).decode()
    words = escape(step.words)
    image = f'<img alt="" src="data:image/svg+xml;base64,{picture}">'
    return f'<p class="step" title="{words}">{image}<span>{words}</span></p>'


def _print(result: Result | None, take: int) -> str:
    return result.fingerprint(take) if result is not None and take < len(result.takes) else ""


@st.cache_data(max_entries=500, show_spinner=False)
def _drawing(prints: tuple[str, str], take: int, dark: bool, _result: Result, _former: Result | None) -> str:
    changed = _changed_steps(_result, _former, take) if _former is not None and prints[1] else (0, 0)
    return thumbnail_svg(heard_roll(_result, take), dark, drum_parts(_result), changed)


def _changed_steps(result: Result, former: Result, take: int) -> tuple[int, int]:
    """From where to where, in steps of the roll, a take differs from a former version; (0, 0) where it does not."""
    if not alike(result, former):
        return 0, 0
    roll, marks = differences(heard_roll(former, take), heard_roll(result, take))
    other = roll.notes[marks != SAME]
    return (int(other[:, ONSET].min()), int((other[:, ONSET] + other[:, LENGTH]).max())) if len(other) else (0, 0)
