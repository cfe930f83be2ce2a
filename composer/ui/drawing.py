"""“Draw” on the melody card: an empty roll, or the melody that is there; what is drawn in it becomes the melody."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.music.recording import FASTEST_BPM, SLOWEST_BPM
from composer.projects.drawing import BARS, METERS, Drafts, Drawing
from composer.projects.melody import Melody
from composer.ui.roll_editor import Edit, EditorPart, roll_editor
from composer.ui.state import MELODY, MELODY_ERROR, take_drawn

DRAFTS = "studio.drafts"
_BARS, _METER, _BPM = "studio.drawing.bars", "studio.drawing.meter", "studio.drawing.bpm"
_EIGHTH = 6
_NARROW_PX = 80
_HEIGHT_PX, _LARGE_PX = 300, 480
_PART = EditorPart("Melody", 0, single=True)


def drawing_board() -> None:
    """Draw the roll with what belongs to it; each finished gesture makes what is there the session's melody."""
    drafts = _drafts()
    _settings(drafts.now)
    _roll(drafts.now, "studio_drawing", _HEIGHT_PX)
    if not len(drafts.now.roll.notes):
        st.caption("Click or tap in the roll to draw a note, and drag to make it longer. Your tune sounds at once.")
    with st.container(horizontal=True, gap="xsmall"):
        _undo_buttons(drafts, "drawing")
        if len(drafts.now.roll.notes):
            st.button("Empty", icon=":material/delete_sweep:", key="drawing_empty", on_click=_clear)
        if st.button("Larger", icon=":material/open_in_full:", key="drawing_larger"):
            _large_board()
        if not _is_drawn(st.session_state[MELODY]):
            st.button(
                "Begin from the melody below", icon=":material/edit:", key="drawing_begin", on_click=begin_from_melody
            )


@st.dialog("Draw your melody", width="large", on_dismiss="rerun")
def _large_board() -> None:
    drafts = _drafts()
    _roll(drafts.now, "studio_drawing_large", _LARGE_PX)
    with st.container(horizontal=True, gap="xsmall"):
        _undo_buttons(drafts, "drawing_large")


def _roll(drawing: Drawing, key: str, height: int) -> None:
    roll_editor(drawing.roll, [_PART], key, take_edit, snap=_EIGHTH, on_history=travel, height=height)


def _undo_buttons(drafts: Drafts, key: str) -> None:
    for way, there in (("undo", drafts.past), ("redo", drafts.future)):
        icon = f":material/{way}:"
        st.button(way.capitalize(), icon=icon, key=f"{key}_{way}", on_click=travel, args=(way,), disabled=not there)


def begin_from_melody() -> None:
    """Put the session's melody on the roll, to be edited, unless it is what is drawn there."""
    try:
        if not _is_drawn(st.session_state[MELODY]):
            st.session_state[DRAFTS] = _drafts().then(Drawing.of(st.session_state[MELODY]))
    except BadInput as error:
        st.session_state[MELODY_ERROR] = str(error)


def take_edit(edit: Edit) -> None:
    """Draw the notes that an edit left."""
    _go_on(_drafts().now.with_notes(edit.notes))


def travel(way: str) -> None:
    """Take the last change back ("undo"), or make it again ("redo")."""
    drafts = _drafts()
    st.session_state[DRAFTS] = drafts.undone() if way == "undo" else drafts.redone()
    _take()


def _drafts() -> Drafts:
    drafts: Drafts = st.session_state.setdefault(DRAFTS, Drafts(Drawing.empty()))
    return drafts


def _is_drawn(melody: Melody) -> bool:
    """Whether a melody is what the roll holds."""
    drawing = _drafts().now
    return len(drawing.roll.notes) > 0 and Melody(drawing.score()).id == melody.id


def _go_on(drawing: Drawing) -> None:
    st.session_state[DRAFTS] = _drafts().then(drawing)
    _take()


def _take() -> None:
    """Let what is drawn be the melody; an empty roll leaves the one there was."""
    drawing = _drafts().now
    if len(drawing.roll.notes):
        take_drawn(drawing.score())


def _settings(drawing: Drawing) -> None:
    """Bars, meter and tempo; they show what the drawing has, which undo may change, too."""
    meter = f"{drawing.meter.numerator}/{drawing.meter.denominator}"
    st.session_state[_BARS], st.session_state[_METER] = drawing.bars, meter
    st.session_state[_BPM] = round(min(max(drawing.bpm, SLOWEST_BPM), FASTEST_BPM))
    with st.container(horizontal=True, gap="small"):
        st.selectbox("Bars", sorted({*BARS, drawing.bars}), key=_BARS, on_change=_change_bars, width=_NARROW_PX)
        choices = list(dict.fromkeys([*METERS, meter]))
        st.selectbox("Meter", choices, key=_METER, on_change=_change_meter, width=_NARROW_PX)
        st.number_input("Tempo", SLOWEST_BPM, FASTEST_BPM, key=_BPM, on_change=_change_tempo, width=_NARROW_PX)


def _change_bars() -> None:
    _go_on(_drafts().now.with_bars(st.session_state[_BARS]))


def _change_meter() -> None:
    drawing = _drafts().now
    _go_on(drawing.with_meter(METERS.get(st.session_state[_METER], drawing.meter)))


def _change_tempo() -> None:
    _go_on(_drafts().now.with_tempo(st.session_state[_BPM]))


def _clear() -> None:
    drawing = _drafts().now
    _go_on(Drawing.empty(drawing.bars, drawing.meter))
