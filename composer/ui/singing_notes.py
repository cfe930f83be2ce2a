"""The notes of what was sung: a picture, what has them heard otherwise, a roll to put them right, and the button."""

from __future__ import annotations

import numpy as np
import streamlit as st

from composer.music.recording import FASTEST_BPM, METERS, SLOWEST_BPM
from composer.music.singing import Hearing, SungNotes, bpm_of, sung_score
from composer.music.singing.pitch import Floats
from composer.music.theory import pitch_name
from composer.plots.singing import ROW_S, singing_svg
from composer.ui.menu import is_dark
from composer.ui.singing_roll import roll_of_sung_notes, use_sung_notes

_ROWS, _PICTURE_PX = 3, 340
"""A picture of more rows than this scrolls within so many pixels."""
_HEARD_CENTS = 5
"""A mistuning that is worth a word."""


def sung_notes(hearing: Hearing) -> None:
    """Draw what was heard and the controls that put it right; the button makes it the session's melody."""
    scrolls = hearing.seconds > _ROWS * ROW_S
    picture = st.container(height=_PICTURE_PX if scrolls else "content", border=False, key="sung_picture")
    words = st.container(gap="xsmall")
    with st.expander("Hear it otherwise", icon=":material/hearing:", type="compact", key="sing_otherwise"):
        bpm, meter, first_beat = _timing()
        sensitivity, octaves = _wishes()
    notes, tuning = hearing.notes(sensitivity)
    said = heard_words(notes, tuning, bpm)
    picture.image(singing_svg(hearing.curve, notes, tuning, is_dark()), width="stretch", alt=said)
    for message in (said, *hearing.messages):
        words.caption(message)
    if not len(notes):
        return
    roll_of_sung_notes(sung_score(notes, bpm or bpm_of(notes), meter, first_beat, octaves))
    st.button("Use this melody", icon=":material/check:", width="stretch", key="sing_use", on_click=use_sung_notes)


def heard_words(notes: SungNotes, tuning: Floats, bpm: float | None) -> str:
    """What was heard, in a line: “24 notes, C4 to A4 · about 96 beats a minute · sung 23 cents low …”.

    `bpm` is what the person says; None has it estimated.
    """
    if not len(notes):
        return "No note was found; ask for more of them under “Hear it otherwise”, or record again."
    low, high = (pitch_name(int(pitch)) for pitch in (notes["pitch"].min(), notes["pitch"].max()))
    facts = [
        f"{len(notes)} note{'s' * (len(notes) != 1)}, {low} to {high}",
        f"{bpm:.0f} beats a minute" if bpm else f"about {bpm_of(notes):.0f} beats a minute",
    ]
    cents = round(100 * float(np.median(tuning)))
    if abs(cents) >= _HEARD_CENTS:
        facts.append(f"sung {abs(cents)} cents {'high' if cents > 0 else 'low'}, which is put right")
    return " · ".join(facts)


def _timing() -> tuple[float | None, str, int]:
    """Quarters a minute (None: to be estimated), the meter's name, and the beat of the first note."""
    bpm = st.number_input(
        "Beats a minute",
        SLOWEST_BPM,
        FASTEST_BPM,
        None,
        key="studio.sing.bpm",
        placeholder="Estimate",
        help="Left empty, the tempo is estimated. Either way the beat follows you where you slow down or hurry.",
        persist_state="session",
    )
    meters, beats = st.columns(2, vertical_alignment="bottom")
    meter = meters.selectbox("Meter", list(METERS), key="studio.sing.meter", persist_state="session")
    beat = beats.number_input(
        "Starts on beat",
        1,
        METERS[meter].numerator,
        key=f"studio.sing.beat.{meter}",
        help="The beat of the bar that the first note falls on: more than 1 where the tune begins with a pickup.",
        persist_state="session",
    )
    return bpm, meter, int(beat)


def _wishes() -> tuple[float, int]:
    """How many notes to hear, 0 to 1, and by how many octaves to move them."""
    percent = st.slider(
        "How many notes",
        0,
        100,
        50,
        10,
        format="%d %%",
        key="studio.sing.sensitivity",
        help="Less joins turns and slides to long notes; more hears each of them as a note of its own.",
        persist_state="session",
    )
    octaves = st.number_input(
        "Octaves up", -3, 3, 0, key="studio.sing.octaves", help="Below 0: octaves down.", persist_state="session"
    )
    return percent / 100, int(octaves)
