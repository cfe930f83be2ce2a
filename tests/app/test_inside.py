"""Looking inside a model: blends of two takes with the arithmetic, the critic's view in words, and what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from streamlit.testing.v1 import AppTest

from composer.algorithms.critic import Critic
from composer.algorithms.layers import initialise
from composer.training.critic_file import CRITIC
from composer.training.run import Run
from composer.ui.inside import blended, maker
from composer.ui.inside_blend import STEPS, loudness_words
from composer.ui.inside_critic import WITHOUT
from tests.app.test_studio import clean, generate, open_studio, shown, words
from tests.app.untrained import write_untrained_run


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return write_untrained_run(tmp_path)


def opened(takes: int = 2) -> AppTest:
    studio = open_studio()
    studio.slider(key="studio.unet-gan.takes").set_value(takes)
    studio = generate(studio)
    studio.session_state["inside"] = True
    return clean(studio.run())


def to_the_critic(studio: AppTest) -> AppTest:
    return clean(studio.button_group(key="studio.inside").set_value("The critic's view").run())


def test_it_is_closed_at_first() -> None:
    assert "bell curve" not in words(open_studio())


def test_two_takes_are_blended_and_the_sum_is_shown() -> None:
    studio = opened()
    assert "0.5 × noise 1 + 0.5 × noise 2 has variance 0.5² + 0.5² = 0.50; divided by 0.71" in words(studio)
    slider = studio.select_slider(key="studio.inside.place")
    slider.set_value(0).run()
    assert "This end is take 1 itself, note for note" in words(clean(studio))
    slider = studio.select_slider(key="studio.inside.place")
    slider.set_value(STEPS).run()
    assert "not take 2 itself" in words(clean(studio))


def test_the_first_end_holds_the_notes_of_the_take() -> None:
    result = shown(opened(3))
    choice = maker(result)
    assert choice is not None
    for take in range(3):
        first = blended(result, choice, (take, (take + 1) % 3), 0.0)
        np.testing.assert_array_equal(first.pitch, result.takes[take].pitch)


def test_a_take_is_not_blended_with_itself() -> None:
    studio = opened(3)
    studio.selectbox(key="studio.inside.from").select(1).run()
    assert studio.selectbox(key="studio.inside.to").options == ["Take 1", "Take 3"]
    assert "noise 2 + 0.5 × noise 1" in words(clean(studio))


@pytest.mark.parametrize(("creativity", "told"), [(0.0, "isn't heard"), (0.2, "speaks softly"), (1.0, None)])
def test_how_loud_the_noise_was_is_told(creativity: float, told: str | None) -> None:
    studio = open_studio()
    studio.slider(key="studio.unet-gan.creativity").set_value(creativity).run()
    said = loudness_words(shown(generate(studio)))
    assert told in said if told else said == ""


def test_a_single_take_has_nothing_to_blend_with() -> None:
    assert "set Takes to 2 or more" in words(opened(1))


def test_the_critic_says_what_it_would_change(run: Run) -> None:
    critic = Critic(4)
    initialise(critic, torch.Generator().manual_seed(1))
    save_file(critic.state_dict(), run.folder / CRITIC)
    told = words(to_the_critic(opened()))
    assert "The critic would change most in bar" in told and " instead of " in told
    assert "your melody, in outline, is not judged" in told


def test_a_model_without_its_critic_says_so() -> None:
    assert WITHOUT in words(to_the_critic(opened()))


def test_a_damaged_critic_is_told_in_a_sentence(run: Run) -> None:
    (run.folder / CRITIC).write_bytes(b"no critic")
    studio = to_the_critic(opened())
    assert len(studio.error) == 1 and "damaged" in studio.error[0].value


def test_a_model_that_learned_on_is_not_looked_into(run: Run) -> None:
    studio = opened()
    weights = run.folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
    assert "has learned since" in words(clean(studio.run()))
