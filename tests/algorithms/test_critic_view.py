"""The critic's wishes: a row for each note, in its own place and key, and they follow what is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from composer.algorithms.base import Judge, ModelInfo
from composer.algorithms.critic import WINDOW, Critic
from composer.algorithms.critic_view import ChoirCritic, note_wishes, slopes
from composer.algorithms.layers import initialise
from composer.algorithms.musegan.algorithm import MuseGAN
from composer.errors import BadInput
from composer.music.pianoroll import ONSET, PITCH, TRACK, pianoroll_from_voices
from composer.music.voices import Voices
from tests.made_up import hymn, tiny_dataset

TAKE = hymn(7, 7, 2, 16, 4)
RANGES = torch.tensor([[57, 86], [50, 80], [40, 74], [30, 66]])


@pytest.fixture(scope="module")
def choir() -> Judge:
    critic = Critic(4)
    initialise(critic, torch.Generator().manual_seed(1))
    return ChoirCritic.from_weights(4, critic.state_dict(), {"ranges": RANGES})


class Linear(nn.Module):
    """A critic whose score is a weighted sum, so that every slope is known; it likes high pitches."""

    def forward(self, notes: Tensor, attack: Tensor, place: Tensor) -> Tensor:
        return (notes * torch.arange(notes.shape[2])[:, None]).sum((1, 2, 3))


def heat(judge: Judge, take: Voices) -> np.ndarray:
    """What the critic would gain at each cell, (voices, steps)."""
    found = np.zeros(take.pitch.shape)
    for wish in judge.wishes(take):
        found[wish["part"], wish["onset"] : wish["onset"] + wish["length"]] = wish["gain"]
    return found


@pytest.mark.parametrize("take", [TAKE, hymn(3, 3, -4, 12, 2), hymn(4, 1), hymn(2, 5, 1, 14, 3)])
def test_every_note_has_a_row(choir: Judge, take: Voices) -> None:
    found = choir.wishes(take)
    for voice in range(4):
        notes, rows = take.notes(voice), found[found["part"] == voice]
        np.testing.assert_array_equal(rows["pitch"], notes["pitch"])
        np.testing.assert_array_equal(rows["onset"], notes["onset"] * 4)
        np.testing.assert_array_equal(rows["length"], notes["duration"] * 4)
    assert (found["gain"] >= 0).all() and (found["gain"] > 0).any()
    low, high = RANGES.numpy()[found["part"]].T
    wished = found["better"] != found["pitch"]
    assert ((found["better"] >= low) & (found["better"] <= high))[wished].all()


def test_a_note_that_clashes_changes_the_map_where_it_is(choir: Judge) -> None:
    pitch = TAKE.pitch.copy()
    note = TAKE.notes(1)[10]
    cells = slice(int(note["onset"] * 4), int((note["onset"] + note["duration"]) * 4))
    pitch[1, cells] = TAKE.pitch[0, cells] - 1
    before, after = heat(choir, TAKE), heat(choir, replace(TAKE, pitch=pitch))
    assert before.shape == after.shape == TAKE.pitch.shape
    assert (before[1, cells] != after[1, cells]).all()
    far = np.abs(np.arange(TAKE.steps) - cells.start) > 2 * WINDOW
    assert far.any() and np.allclose(before[:, far], after[:, far], atol=1e-6)


def test_the_same_take_gives_the_same_wishes(choir: Judge) -> None:
    assert np.array_equal(choir.wishes(TAKE), choir.wishes(TAKE))


@pytest.mark.parametrize("steps", [1, 8, 31, 32, 70])
def test_slopes_are_those_of_the_score_for_music_of_any_length(steps: int) -> None:
    notes = torch.zeros(1, 2, 5, steps)
    notes[:, :, 3] = 1
    slope = slopes(Linear(), notes, torch.zeros(1, 2, steps), torch.zeros(1, 11, steps), WINDOW)
    torch.testing.assert_close(slope, torch.arange(5.0).view(1, 1, 5, 1).expand_as(notes))


def test_the_gain_is_that_of_the_whole_note_and_only_allowed_pitches_are_wished_for() -> None:
    slope = torch.arange(5.0)[:, None].expand(2, 5, 6)
    category = torch.tensor([[2, 2, 2, 0, 3, 3], [1, 1, 1, 1, 1, 1]])
    attack = torch.tensor([[1, 0, 0, 0, 1, 1], [1, 0, 0, 0, 0, 0]]).bool()
    allowed = torch.tensor([[0, 1, 1, 1, 0], [0, 0, 0, 0, 0]]).bool()
    found = note_wishes(slope, category, attack, allowed)
    assert found.tolist() == [(0, 0, 3, 2, 3, 3.0), (0, 4, 1, 3, 3, 0.0), (0, 5, 1, 3, 3, 0.0)]
    assert len(note_wishes(slope, 0 * category, attack, allowed)) == 0


@pytest.mark.parametrize("mode", ["hybrid", "jamming"])
def test_a_bands_critic_speaks_of_its_tracks(mode: str) -> None:
    data, settings = tiny_dataset(), MuseGAN.TrainSettings.from_dict({"mode": mode})
    trainer = MuseGAN().trainer(data, settings, 0)
    state = trainer.state()
    critic = {name.removeprefix("critic."): value for name, value in state.items() if name.startswith("critic.")}
    info = ModelInfo("musegan", 1, data.name, data.fingerprint, data.part_names, settings.as_dict())
    take = pianoroll_from_voices(TAKE)
    found = MuseGAN().judge(info, critic, trainer.weights()).wishes(take)
    told = {(row["part"], row["onset"], row["pitch"]) for row in found}
    assert told == {(note[TRACK], note[ONSET], note[PITCH]) for note in take.notes.tolist()}
    with pytest.raises(BadInput, match="another model"):
        MuseGAN().judge(info, {"weight": torch.zeros(2)}, trainer.weights())


def test_a_foreign_critic_is_refused() -> None:
    with pytest.raises(BadInput, match="another model"):
        ChoirCritic.from_weights(4, Critic(3).state_dict(), {"ranges": RANGES})
    with pytest.raises(BadInput, match="another model"):
        ChoirCritic.from_weights(4, Critic(4).state_dict(), {})
