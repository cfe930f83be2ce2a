"""The studio's forms filled with what a result was made with."""

from __future__ import annotations

import streamlit as st

from composer.errors import BadInput
from composer.projects.melody import Melody
from composer.projects.request import Request
from composer.projects.results import Result
from composer.settings import Settings
from composer.ui.forms import fill_form
from composer.ui.state import MODEL, SEED, choose_melody, form_key


def fill_from(result: Result, form: bool = True) -> None:
    """Set melody, model, settings and seed to those a result was made with; not the settings' `form` where not asked.

    Looking settings up loads torch.
    """
    st.session_state[MODEL] = result.about["model_name"]
    fill_in(result.request, known_settings(result.about["algorithm"], result.request) if form else None)


def fill_in(request: Request, settings: tuple[str, Settings] | None) -> None:
    """Set melody and seed to those of a request, and the form of an algorithm, by its name, to the settings."""
    if settings is not None:
        fill_form(settings[1].as_dict(), form_key(settings[0]))
    choose_melody(Melody(request.melody))
    st.session_state[SEED] = request.seed


def known_settings(algorithm: str, request: Request) -> tuple[str, Settings] | None:
    """The algorithm's name and the request's settings; None where this version of the studio doesn't know them."""
    from composer.algorithms.registry import find_algorithm

    try:
        return algorithm, find_algorithm(algorithm).GenerateSettings.from_dict(request.settings)
    except BadInput:
        return None
