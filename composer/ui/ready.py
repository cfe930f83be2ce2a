"""The ready-made result that a first visit shows: made anew by `python -m composer.ui.ready` when the model changes."""

from __future__ import annotations

from composer.algorithms.models import shipped_models
from composer.algorithms.registry import find_algorithm
from composer.music.melodies import sample_melodies
from composer.projects.melody import Melody
from composer.projects.request import Request
from composer.projects.results import Result, ready_made
from composer.ui.engine import ModelChoice, model_choices, model_of
from composer.ui.state import FIRST_MELODY, FIRST_SEED


def first_choice() -> ModelChoice:
    """The shipped model that a first visit finds chosen."""
    return next(choice for choice in model_choices() if choice.name in shipped_models())


def fresh_result() -> Result:
    """The first melody arranged by the first model with default settings, made now."""
    choice = first_choice()
    settings = find_algorithm(choice.algorithm).GenerateSettings()
    melody = Melody(sample_melodies()[FIRST_MELODY])
    request = Request(melody.alone, choice.id, settings.as_dict(), FIRST_SEED)
    takes = model_of(choice).generate(melody.grid.voices, settings, FIRST_SEED)
    return Result(request, tuple(takes), choice.about())


def make_ready_result() -> Result:
    """Put a fresh result into assets/takes in place of what is there."""
    result = fresh_result()
    for old in ready_made().folder.glob("*.safetensors"):
        old.unlink()
    ready_made().save(result)
    return result


if __name__ == "__main__":
    print(f"assets/takes/{make_ready_result().id}.safetensors is ready")
