"""A sample melody arranged by a run's model, as the compared runs and the blind test play it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from composer.errors import BadInput
from composer.projects.performance import first_programs, perform
from composer.projects.request import Request
from composer.projects.results import Result, arrange
from composer.ui.engine import algorithm_of, model_choice, model_of, players, synthesiser
from composer.ui.player import PlayerData, player, player_data
from composer.ui.state import FIRST_MELODY, samples

MELODY = "runs.melody"
SEED = 1


def melody_box() -> str:
    """Draw the choice of a sample melody, and return its title."""
    titles = list(samples())
    st.session_state.setdefault(MELODY, FIRST_MELODY if FIRST_MELODY in titles else titles[0])
    title = st.selectbox(
        "Melody",
        titles,
        key=MELODY,
        format_func=lambda title: f"{title} · {samples()[title].bars} bars",
        persist_state="session",
    )
    return str(title)


def arranged(folder: Path, title: str, seed: int = SEED) -> Result:
    """The sample melody of that title arranged once by the model in `folder`, with default settings.

    Found again where it was made before. Raises BadInput where the model can't be used.
    """
    choice = model_choice(folder)
    if choice is None:
        raise BadInput("This run has no model that can be read; let it train for an epoch first.")
    settings = algorithm_of(choice).GenerateSettings.from_dict({"takes": 1})
    request = Request(samples()[title].alone, choice.id, settings.as_dict(), seed)
    return arrange(request, lambda melody: model_of(choice).generate(melody, settings, seed), choice.about())


def play(result: Result, key: str) -> None:
    """Draw a small player of the result's one take."""
    data = players().get(("runs", result.id), lambda: _data(result))
    player(data, key=key)


def _data(result: Result) -> PlayerData:
    score = perform(result, 0, first_programs(result), result.request.melody.tempos[0].bpm)
    return player_data(score, synthesiser().render_stems(score), compact=True)
