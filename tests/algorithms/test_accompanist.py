"""The accompanist: the person's melody untouched, notes a choir can sing, and the same request gives the same notes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.algorithms.accompanist import Accompanist, AccompanySettings
from composer.errors import BadInput
from composer.music.measures import parallels
from composer.music.voices import REST, Voices
from tests.made_up import hymn, same

MELODY = hymn(11, 8, 2, 16, 4).select([0])
QUICK = AccompanySettings(takes=2, passes=4, repair=False)


def alike(one: list[Voices], other: list[Voices]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


def difference(one: Voices, other: Voices) -> float:
    """Share of cells of the free voices with another pitch."""
    return float((one.pitch[1:] != other.pitch[1:]).mean())


@given(
    st.sampled_from([(16, 0), (16, 4), (12, 8), (12, 2), (24, 0), (20, 3), (14, 6)]),
    st.integers(1, 3),
    st.integers(-6, 6),
    st.integers(0, 2**63),
)
@settings(max_examples=20)
def test_the_melody_is_the_first_voice_note_for_note(
    small_model: Accompanist, meter: tuple[int, int], bars: int, tonic: int, seed: int
) -> None:
    melody = hymn(seed % 1000, bars, tonic, *meter).select([0])
    for take in small_model.generate(melody, AccompanySettings(takes=2, passes=2, repair=False), seed):
        assert same(take.select([0]), melody)
        assert take.pitch.shape == (4, melody.steps)


@pytest.mark.parametrize("lift", [-24, 24])
def test_a_melody_beyond_the_choir_is_kept_as_well(small_model: Accompanist, lift: int) -> None:
    melody = MELODY.transposed(lift)
    assert all(same(take.select([0]), melody) for take in small_model.generate(melody, QUICK, 0))


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize("tonic", [-5, 0, 6])
def test_ranges_are_respected_in_every_key(small_model: Accompanist, tonic: int, repair: bool) -> None:
    melody = hymn(3, 8, tonic).select([0])
    for take in small_model.generate(melody, AccompanySettings(takes=3, passes=4, repair=repair), 1):
        for voice, (low, high) in list(enumerate(small_model.ranges.tolist()))[1:]:
            sung = take.pitch[voice][take.pitch[voice] != REST]
            assert sung.size and sung.min() >= low and sung.max() <= high


@pytest.mark.parametrize(
    "settings", [AccompanySettings(), QUICK, AccompanySettings(passes=1), AccompanySettings(creativity=0)]
)
def test_the_same_request_gives_the_same_notes(trained_model: Accompanist, settings: AccompanySettings) -> None:
    once = trained_model.generate(MELODY, settings, 5)
    torch.manual_seed(99)  # what the rest of the process draws is no matter
    assert alike(once, trained_model.generate(MELODY, settings, 5))


def test_the_global_random_state_is_left_alone(trained_model: Accompanist) -> None:
    before = torch.get_rng_state()
    trained_model.generate(MELODY, QUICK, 5)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("repair", [False, True])
def test_a_take_does_not_depend_on_how_many_are_asked_for(trained_model: Accompanist, repair: bool) -> None:
    one, three, six = (
        trained_model.generate(MELODY, AccompanySettings(takes=takes, repair=repair), 5) for takes in (1, 3, 6)
    )
    assert (len(one), len(three), len(six)) == (1, 3, 6)
    assert alike(one, six[:1]) and alike(three, six[:3])


def test_takes_and_seeds_differ(trained_model: Accompanist) -> None:
    takes = [
        *trained_model.generate(MELODY, AccompanySettings(), 5),
        *trained_model.generate(MELODY, AccompanySettings(), 6),
    ]
    pairs = [(a, b) for i, a in enumerate(takes) for b in takes[:i]]
    assert min(difference(a, b) for a, b in pairs) > 0.1


def test_the_noise_alone_changes_something_and_less_than_a_new_seed(trained_model: Accompanist) -> None:
    settings = AccompanySettings(takes=1, creativity=2, repair=False)
    plain, same_noise, other_noise = (trained_model.generate(MELODY, settings, 5, noise)[0] for noise in (8, 8, 9))
    assert same(plain, same_noise)
    assert 0 < difference(plain, other_noise) < difference(plain, trained_model.generate(MELODY, settings, 6, 8)[0])


def test_without_creativity_the_noise_is_not_heard(trained_model: Accompanist) -> None:
    settings = AccompanySettings(takes=2, creativity=0, repair=False)
    assert alike(*(trained_model.generate(MELODY, settings, 5, noise) for noise in (8, 9)))


def test_two_threads_at_once_give_the_notes_of_one_after_the_other(trained_model: Accompanist) -> None:
    requests = [(hymn(seed, 4, seed % 3).select([0]), seed) for seed in range(3)]
    expected = [trained_model.generate(melody, AccompanySettings(), seed) for melody, seed in requests]
    start = threading.Barrier(3)

    def generate(request: tuple[Voices, int]) -> list[Voices]:
        start.wait()
        return trained_model.generate(request[0], AccompanySettings(), request[1])

    with ThreadPoolExecutor(3) as pool:
        assert all(map(alike, pool.map(generate, requests), expected))


def test_repair_leaves_fewer_parallels(trained_model: Accompanist) -> None:
    with_repair, without = (
        sum(map(parallels, trained_model.generate(MELODY, AccompanySettings(takes=6, repair=repair), 5)))
        for repair in (True, False)
    )
    assert with_repair < without / 4


@pytest.mark.parametrize("passes", [1, 2])
def test_rests_appended_to_a_melody_leave_its_beginning_as_it_was(trained_model: Accompanist, passes: int) -> None:
    melody = hymn(2, 40).select([0])
    rests = Voices(np.full((1, 64), REST), np.zeros((1, 64), bool))
    longer = Voices(np.hstack([melody.pitch, rests.pitch]), np.hstack([melody.attack, rests.attack]))
    settings = AccompanySettings(takes=1, passes=passes, repair=False)
    short, long = (trained_model.generate(music, settings, 3)[0] for music in (melody, longer))
    assert same(short.window(0, 16 * 16), long.window(0, 16 * 16))


@pytest.mark.parametrize("pitch", [REST, 67])
@pytest.mark.parametrize("steps", [1, 5, 16])
def test_the_shortest_and_the_dullest_melodies(small_model: Accompanist, steps: int, pitch: int) -> None:
    melody = Voices(np.full((1, steps), pitch), np.zeros((1, steps), bool))
    assert all(same(take.select([0]), melody) for take in small_model.generate(melody, QUICK, 0))


def test_likelihood_is_better_after_learning(trained_model: Accompanist, small_model: Accompanist) -> None:
    pieces = [hymn(seed, 4, seed - 41) for seed in range(40, 43)]
    assert 0 < trained_model.nll(pieces, 0) < small_model.nll(pieces, 0)
    assert trained_model.nll(pieces, 0) == trained_model.nll(pieces, 0)


def weights(model: Accompanist) -> dict[str, torch.Tensor]:
    return dict(model.network.state_dict()) | {"ranges": model.ranges}


def test_a_model_comes_back_from_its_weights(trained_model: Accompanist) -> None:
    again = Accompanist.from_weights(4, 16, weights(trained_model))
    assert alike(again.generate(MELODY, QUICK, 1), trained_model.generate(MELODY, QUICK, 1))


@pytest.mark.parametrize("fault", ["voices", "noise", "missing", "extra", "no ranges", "shape", "kind", "empty"])
def test_foreign_weights_are_refused_in_a_sentence(trained_model: Accompanist, fault: str) -> None:
    found = weights(trained_model)
    name = "head.weight"
    changes = {
        "missing": lambda: found.pop(name),
        "extra": lambda: found.update(other=torch.zeros(1)),
        "no ranges": lambda: found.pop("ranges"),
        "shape": lambda: found.update({name: found[name][:-1]}),
        "kind": lambda: found.update({name: found[name].double()}),
        "empty": found.clear,
    }
    changes.get(fault, lambda: None)()
    with pytest.raises(BadInput, match="other networks"):
        Accompanist.from_weights(4 - (fault == "voices"), 16 + (fault == "noise"), found)
