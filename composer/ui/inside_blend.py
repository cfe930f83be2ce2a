"""Blending two takes: the noise of both mixed, with the sum behind it in plain sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from composer.projects.edited import edited_takes
from composer.projects.results import Result
from composer.ui.engine import ModelChoice, players, synthesiser
from composer.ui.inside import blended, can_blend
from composer.ui.listen_card import shown_score, sound_of
from composer.ui.player import player, player_data

STEPS = 10
"""Places of the slider between the two takes."""
SOFT = 0.5
"""Below this creativity most notes stay as they are, whatever the noise."""
_FROM, _TO, _PLACE = "studio.inside.from", "studio.inside.to", "studio.inside.place"
_WORDS = """
A take grows from **noise**, a list of random numbers drawn from a bell curve (a unit Gaussian: mean 0, variance 1).
Here you mix the noise of two takes and hear what the model makes of the mixture. Everything else, such as the dice it
rolls for single notes, stays as in the first take.
"""


def blend_view(result: Result, choice: ModelChoice, take: int) -> None:
    """Two takes, a slider from the one to the other, the arithmetic, and the music of the blend with a player."""
    count = len(result.takes)
    if not can_blend(choice):
        st.caption(":material/info: This model works without noise, so there is nothing to blend.")
        return
    if count < 2:
        st.caption(":material/info: Blending needs two takes; set Takes to 2 or more and press Generate.")
        return
    st.caption(_WORDS)
    takes, place = _controls(count)
    weight = place / STEPS
    with st.spinner("Blending …"):
        music = blended(result, choice, takes, weight)
        score = shown_score(replace(result, takes=(music,)), 0)
        key = (result.id, takes, place, sound_of(score))
        data = players().get(key, lambda: player_data(score, synthesiser().render_stems(score), compact=True))
    player(data, key="inside_player")
    st.markdown(sum_words(takes, weight))
    st.caption(end_words(takes, place) + loudness_words(result))
    if any(number in edited_takes(result) for number in takes):
        st.caption(":material/edit: Here the takes sound as they were generated, without what was edited since.")


def sum_words(takes: tuple[int, int], weight: float) -> str:
    """The arithmetic of the blend of two takes (numbers from 0)."""
    from composer.algorithms.gaussian import blend_words

    first, second = (f"noise {take + 1}" for take in takes)
    return blend_words(first, second, weight)


def end_words(takes: tuple[int, int], place: int) -> str:
    """What is heard at this place of the slider, and whether it is one of the takes."""
    first, second = (take + 1 for take in takes)
    if place == 0:
        return f"This end is take {first} itself, note for note."
    if place == STEPS:
        return (
            f"This end has all of take {second}'s noise, but still the other choices of take {first}: it is what take "
            f"{first} would have been with that noise, and not take {second} itself."
        )
    return f"Between: the more you move towards take {second}, the more of its noise the model gets."


def loudness_words(result: Result) -> str:
    """A sentence where the noise is hardly heard, or not at all: creativity is what it is multiplied by."""
    creativity = float(result.request.settings.get("creativity", 1))
    if creativity == 0:
        return " Creativity was 0 here, so the noise isn't heard."
    if creativity < SOFT:
        return (
            f" Creativity was {creativity:g} here, so the noise speaks softly; generate with more to hear more of it."
        )
    return ""


def _controls(count: int) -> tuple[tuple[int, int], int]:
    """Two different takes (numbers from 0) and the place of the slider, 0 to STEPS."""
    left, middle, right = st.columns((2, 5, 2), vertical_alignment="bottom")
    with left:
        first = _take_box("From", _FROM, range(count))
    with right:
        second = _take_box("To", _TO, [take for take in range(count) if take != first])
    with middle:
        place = st.select_slider(
            "How much of each",
            range(STEPS + 1),
            value=STEPS // 2,
            key=_PLACE,
            format_func=lambda step: f"{100 - 100 * step // STEPS} : {100 * step // STEPS}",
            help="The shares of the two noises in the mixture.",
            persist_state="session",
        )
    return (first, second), place


def _take_box(label: str, key: str, takes: Sequence[int]) -> int:
    if st.session_state.get(key) not in takes:
        st.session_state[key] = takes[0]
    return st.selectbox(label, takes, key=key, format_func=_take_name, persist_state="session")


def _take_name(take: int) -> str:
    return f"Take {take + 1}"
