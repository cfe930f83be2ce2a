"""Rewriting: a region is written anew to fit what stands around it, and all else stays note for note."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.algorithms.base import Model
from composer.algorithms.models import load_model, read_info, shipped_models
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.lines import COLUMNS, Lines
from composer.algorithms.musegan.lineups import Lineups
from composer.algorithms.musegan.networks import Orchestra
from composer.algorithms.noisy import NoisyModel
from composer.algorithms.registry import find_algorithm
from composer.errors import BadInput
from composer.music.editing import as_roll, differences
from composer.music.pianoroll import TRACK, Music, Pianoroll, pianoroll_from_voices
from composer.music.region import Region
from composer.music.voices import REST, Voices
from composer.settings import Settings
from tests.made_up import any_region, any_roll, any_voices, changed_only, hymn, same

QUICK = AccompanySettings(passes=4)
PLAY = BandSettings(passes=3)
TRACKS = 4


@cache
def small_band() -> Band:
    """An untrained band of a melody, chords of three notes, a bass and three drums."""
    every_sixteenth = 0b001001001001
    rows = [[0, -1, 55, 84, every_sixteenth], *[[1, -1, 45, 80, every_sixteenth]] * 3]
    rows += [[2, -1, 28, 50, every_sixteenth], *([3, drum, 0, 0, every_sixteenth] for drum in (36, 38, 42))]
    assert all(len(row) == COLUMNS for row in rows)
    lines = Lines(torch.tensor(rows))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Band(Orchestra(lines, 4, "hybrid", 64), lines, 4, some_lineups())


def some_lineups() -> Lineups:
    """Learned from a piece whose tracks come and go."""
    bars = np.arange(24)
    playing = [bars[bars % 4 != track] for track in range(TRACKS)]
    rows = [(track, 48 * bar, 12, 60) for track in range(TRACKS) for bar in playing[track]]
    return Lineups.learned([Pianoroll(np.array(rows, np.int32), TRACKS, 24 * 48, 48)])


def played(music: Music) -> list[list[int]]:
    return as_roll(music).notes.tolist()


def attempt(model: Model, take: Music, where: Region, choices: Settings, seed: int) -> Music:
    """The rewriting, or the take itself where everything in the region is held from before."""
    try:
        return model.rewrite(take, where, choices, seed)
    except BadInput:
        return take


@given(take=any_voices(low=20, high=100), data=st.data(), repair=st.booleans())
@settings(max_examples=25)
def test_a_choir_changes_nothing_outside(
    small_model: Accompanist, take: Voices, data: st.DataObject, repair: bool
) -> None:
    where = data.draw(any_region(take, given=1))
    choices = AccompanySettings(passes=data.draw(st.sampled_from([1, 3, 12])), repair=repair)
    assert changed_only(where, take, attempt(small_model, take, where, choices, data.draw(st.integers(0, 2**63))))


@given(take=any_roll(TRACKS, low=10, high=115), data=st.data(), follow=st.booleans())
@settings(max_examples=25)
def test_a_band_changes_nothing_outside(take: Pianoroll, data: st.DataObject, follow: bool) -> None:
    where = data.draw(any_region(take, given=int(follow)))
    choices = BandSettings(passes=data.draw(st.sampled_from([1, 5])), follow=follow)
    assert changed_only(where, take, attempt(small_band(), take, where, choices, data.draw(st.integers(0, 2**63))))


@cache
def shipped(name: str) -> tuple[Model, Settings, Music]:
    """A shipped model, quick settings, and a take of a melody in 3/4 with a pickup."""
    folder = shipped_models()[name]
    model, kind = load_model(folder), find_algorithm(read_info(folder).algorithm).GenerateSettings
    choices = kind.from_dict({"takes": 1} | ({"passes": 5} if "passes" in kind().as_dict() else {}))
    return model, choices, model.generate(hymn(3, 6, 2, 12, 4).select([0]), choices, 1)[0]


def third_and_fourth_bar(take: Music) -> Region:
    """All parts but the melody in two bars of `shipped`."""
    where = Region((1, 2, 3), 4 + 24, 4 + 48)
    return where.on_fine_grid() if isinstance(take, Pianoroll) else where


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_write_two_bars_anew_and_nothing_else(name: str) -> None:
    model, choices, take = shipped(name)
    where = third_and_fourth_bar(take)
    once, again, other = (model.rewrite(take, where, choices, seed) for seed in (7, 7, 8))
    assert changed_only(where, take, once) and changed_only(where, take, other)
    assert played(once) == played(again) != played(take)
    assert played(other) != played(once)


@pytest.mark.parametrize("name", shipped_models())
def test_locked_parts_stay_and_all_others_are_written_anew(name: str) -> None:
    model, choices, take = shipped(name)
    where = Region.all_but((0, 1), take)
    after = model.rewrite(take, where, choices, 7)
    assert changed_only(where, take, after)
    roll, marks = differences(take, after)
    assert set(roll.notes[marks != "same"][:, TRACK].tolist()) >= {2, 3}


def test_notes_drawn_by_hand_beyond_every_range_stay(trained_model: Accompanist) -> None:
    take = hymn(5, 4)
    take.pitch[1, :4], take.pitch[3, 40:44] = 126, 3
    edited = Voices(take.pitch, take.attack)
    after = trained_model.rewrite(edited, Region((1, 2, 3), 8, 32), QUICK, 0)
    assert (after.pitch[1, :4] == 126).all() and (after.pitch[3, 40:44] == 3).all()


def test_a_note_is_kept_apart_from_its_own_pitch_on_either_side(trained_model: Accompanist) -> None:
    """The model is only allowed the pitch that sounds around the region, so all it can do is to strike it again."""
    held = np.repeat([[72], [64], [60], [48]], 48, axis=1)
    attack = np.zeros(held.shape, bool)
    attack[:, [16, 32]] = True
    narrow = Accompanist(trained_model.network, torch.tensor([[72, 72], [64, 64], [60, 60], [48, 48]]))
    after = narrow.rewrite(Voices(held, attack), Region((1, 2, 3), 16, 32), QUICK, 0)
    sung = after.pitch[1:, 16] != REST
    assert sung.any() and after.attack[1:, 16][sung].all() and after.attack[1:, 32].all()
    assert np.array_equal(after.attack[1:, :16], attack[1:, :16] | (np.arange(16) == 0))


Change = Callable[[Voices], None]


def _before(take: Voices) -> None:
    take.pitch[2, 12:16] += 3


def _behind(take: Voices) -> None:
    take.pitch[3, 32:40] -= 2


def _beside(take: Voices) -> None:
    take.pitch[1, 16:32] += 1


@pytest.mark.parametrize("change", [_before, _behind, _beside])
def test_what_stands_around_the_region_is_heard(change: Change) -> None:
    """The seed, the melody and the region are the same: only the notes around it differ."""
    model, take = load_model(shipped_models()["bach-unet-gan"]), hymn(4, 4)
    other = Voices(take.pitch.copy(), take.attack)
    change(other)
    where, choices = Region((2, 3), 16, 32), AccompanySettings(passes=8, repair=False)
    one, two = (model.rewrite(music, where, choices, 3) for music in (take, Voices(other.pitch, other.attack)))
    assert not same(one.window(16, 16).select([2, 3]), two.window(16, 16).select([2, 3]))


def test_a_rewriting_is_no_take_of_the_same_seed(trained_model: Accompanist) -> None:
    take = trained_model.generate(hymn(9, 4).select([0]), AccompanySettings(takes=1), 5)[0]
    assert not same(trained_model.rewrite(take, Region.all_but((0,), take), AccompanySettings(), 5), take)


def test_the_noise_can_be_chosen_apart(trained_model: Accompanist) -> None:
    take, choices = hymn(4, 4), AccompanySettings(creativity=2.0, repair=False)
    where = Region((1, 2, 3), 0, 64)
    one, again, other = (trained_model.rewrite(take, where, choices, 3, noise_seed) for noise_seed in (1, 1, 2))
    assert same(one, again) and not same(one, other)


def test_a_band_that_surprises_may_write_the_melody_anew() -> None:
    take = pianoroll_from_voices(hymn(2, 4))
    where = Region((0,), 48, 96)
    after = small_band().rewrite(take, where, BandSettings(passes=3, follow=False), 1)
    assert changed_only(where, take, after) and played(after) != played(take)


@pytest.mark.parametrize("name", shipped_models())
def test_the_melody_and_foreign_music_are_refused(name: str) -> None:
    model, choices, take = shipped(name)
    with pytest.raises(BadInput, match="melody is your own"):
        model.rewrite(take, Region((0, 1), 0, 24), choices, 0)
    with pytest.raises(BadInput, match="other parts"):
        model.rewrite(hymn(0, 2).select([0, 1]), Region((1,), 0, 16), choices, 0)
    with pytest.raises(BadInput, match="no music in this region"):
        model.rewrite(take, Region((1,), 9, 9), choices, 0)


@pytest.mark.parametrize("kind", ["choir", "band"])
def test_where_everything_is_held_there_is_nothing_to_write(trained_model: Accompanist, kind: str) -> None:
    held = Voices(np.repeat([[72], [64], [60], [48]], 32, axis=1), np.zeros((4, 32), bool))
    models: dict[str, tuple[NoisyModel, Settings, Music, Region]] = {
        "choir": (trained_model, QUICK, held, Region((1, 2), 8, 16)),
        "band": (small_band(), PLAY, pianoroll_from_voices(held), Region((2,), 24, 48)),
    }
    model, choices, take, where = models[kind]
    with pytest.raises(BadInput, match="held through"):
        model.rewrite(take, where, choices, 0)
