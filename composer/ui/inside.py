"""What can be learned of a result from the model that made it: blends of its takes, and its critic's wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from composer.music.grid import fit_to_grid
from composer.music.pianoroll import Music
from composer.projects.performance import follows_melody
from composer.projects.results import Result
from composer.ui.engine import ModelChoice, algorithm_of, model_choices, model_of

if TYPE_CHECKING:
    from composer.algorithms.base import Judge


def maker(result: Result) -> ModelChoice | None:
    """The model that made a result, with the very weights it had then; None where it is gone or has learned since."""
    return next((choice for choice in model_choices() if choice.id == result.request.model), None)


def can_blend(choice: ModelChoice) -> bool:
    """Whether the model's takes come from noise; raises BadInput where it can't be loaded."""
    from composer.algorithms.noisy import NoisyModel

    return isinstance(model_of(choice), NoisyModel)


def blended(result: Result, choice: ModelChoice, takes: tuple[int, int], weight: float) -> Music:
    """The first of two takes of a result with `weight` (0 to 1) of the second's noise; see NoisyModel.blend.

    The blends made last are remembered. Raises BadInput where the model can't be loaded.
    """
    return _blended(result.id, takes, weight, result, choice)


def wishes(result: Result, choice: ModelChoice, take: int) -> tuple[NDArray[np.void], NDArray[np.void]] | None:
    """The critic's wishes for a take: for the parts that the model wrote, and for the melody it was given.

    None where the model came without its critic; raises BadInput where that is damaged.
    """
    judge = _judge(choice.id, str(choice.folder), choice)
    if judge is None:
        return None
    found = _wishes(choice.id, result.fingerprint(take), take, judge, result)
    own = found["part"] >= int(follows_melody(result))
    return found[own], found[~own]


@st.cache_resource(max_entries=256, show_spinner=False)
def _blended(result_id: str, takes: tuple[int, int], weight: float, _result: Result, _choice: ModelChoice) -> Music:
    model: Any = model_of(_choice)
    request = _result.request
    settings = algorithm_of(_choice).GenerateSettings.from_dict(request.settings)
    blend: Music = model.blend(fit_to_grid(request.melody, 0).voices, settings, request.seed, takes, weight)
    return blend


@st.cache_resource(max_entries=3, show_spinner=False)
def _judge(model_id: str, folder: str, _choice: ModelChoice) -> Judge | None:
    from composer.training.critic_file import load_judge

    return load_judge(_choice.folder)


@st.cache_resource(max_entries=256, show_spinner=False)
def _wishes(model_id: str, fingerprint: str, take: int, _judge: Judge, _result: Result) -> NDArray[np.void]:
    return _judge.wishes(_result.takes[take])
