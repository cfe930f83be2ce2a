"""Feels are drawn as often as they were learned, never against what is given, and the band then keeps to them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from composer.algorithms.models import load_model, shipped_models
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.feels import Feels, used_steps
from composer.algorithms.musegan.lines import encode, find_lines
from composer.algorithms.musegan.networks import Orchestra
from composer.algorithms.musegan.windows import draw
from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, FINE_STEPS, ONSET, TRACK, Pianoroll
from tests.made_up import hymn

NAMES = ("Melody", "Piano", DRUMS)
STRAIGHT, SWUNG = 6, 8
BARS = 4


def song(off_beat: int, melody_off: int = 0, pickup: int = 0) -> Pianoroll:
    """Piano and drums on each beat and at one step after it, and a melody of quarters that may begin late."""
    beats = pickup + FINE_STEPS * np.arange(4 * BARS)
    rows = [
        (track, beat + step, length, pitch)
        for track, pitch, steps, length in (
            (0, 72, (melody_off,), 3),
            (1, 60, (0, off_beat), 4),
            (2, 36, (0, off_beat), 3),
        )
        for beat in beats.tolist()
        for step in steps
    ]
    return Pianoroll(np.array(rows, np.int32), 3, pickup + 4 * BARS * FINE_STEPS, 4 * FINE_STEPS, pickup)


SONGS = [song(STRAIGHT)] * 30 + [song(SWUNG)] * 10 + [song(STRAIGHT, melody_off=3)] * 5
LINES = find_lines(SONGS, NAMES)
LEARNED = Feels.learned([draw(piece, LINES) for piece in SONGS], LINES)


def anything(pieces: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    uniform = torch.rand(pieces, generator=torch.Generator().manual_seed(0))
    return torch.zeros(pieces, 3, FINE_STEPS, dtype=torch.bool), torch.zeros(pieces, 3, dtype=torch.bool), uniform


def test_steps_are_those_where_notes_begin_and_end_and_of_drums_where_they_begin() -> None:
    for pickup in (0, 6):
        cells = encode([song(STRAIGHT, pickup=pickup)], LINES)
        used = used_steps(cells.category, cells.attack, torch.ones_like(cells.attack), LINES)[0]
        assert [np.flatnonzero(row).tolist() for row in used.numpy()] == [[0, 3], [0, 4, 6, 10], [0, 6]]


def test_feels_are_drawn_as_often_as_they_were_learned() -> None:
    drawn = LEARNED.draw(*anything(3000))
    swung = drawn[:, 1, SWUNG]
    assert float(swung.float().mean()) == pytest.approx(10 / 45, abs=0.03)
    assert torch.equal(swung, drawn[:, 2, SWUNG]) and torch.equal(~swung, drawn[:, 2, STRAIGHT])


def test_what_is_given_decides_and_is_always_allowed() -> None:
    given, whole, uniform = anything(200)
    given[:100, 2, SWUNG] = True
    given[100:, 0, [3, 6]] = whole[100:, 0] = True
    given[100:, 0, 11] = True
    drawn = LEARNED.draw(given, whole, uniform)
    assert drawn[:100, 1, SWUNG].all() and not drawn[:100, 1, STRAIGHT].any()
    assert drawn[100:, 0, 3].all() and drawn[100:, 0, 11].all() and not drawn[100:, 1, SWUNG].any()


def test_a_band_keeps_to_one_feel_in_a_piece() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        band = Band(Orchestra(LINES, 4, "hybrid"), LINES, 4, feels=LEARNED)
    settings, tune = BandSettings(takes=6, passes=4), hymn(3, 4).select([0])
    kinds = set()
    for take in (take for seed in range(3) for take in band.generate(tune, settings, seed)):
        notes = take.notes[take.notes[:, TRACK] > 0]
        off_beats = {STRAIGHT, SWUNG} & set((notes[:, ONSET] % FINE_STEPS).tolist())
        assert len(off_beats) == 1
        kinds |= off_beats
    assert kinds == {STRAIGHT, SWUNG}


def test_the_shipped_band_swings_where_its_feels_do() -> None:
    shipped = load_model(shipped_models()["musegan-band"])
    assert isinstance(shipped, Band) and shipped.feels is not None
    for step, other in ((STRAIGHT, SWUNG), (SWUNG, STRAIGHT)):
        steps = torch.zeros(1, shipped.lines.tracks, FINE_STEPS, dtype=torch.bool)
        steps[:, :, [0, step]] = True
        feels = Feels(steps, torch.ones(1))
        band = Band(shipped.network, shipped.lines, shipped.noise_size, shipped.lineups, feels, shipped.finish)
        [take] = band.generate(hymn(5, 8).select([0]), BandSettings(takes=1, rehearsals=1), 1)
        begins = take.notes[take.notes[:, TRACK] > 0][:, ONSET] % FINE_STEPS
        assert (begins == step).any() and not (begins == other).any()


@pytest.mark.parametrize("damage", ["shape", "number", "kind", "zero", "missing", "other"])
def test_foreign_feels_are_refused(damage: str) -> None:
    tensors = LEARNED.tensors()
    if damage == "shape":
        tensors["feels.steps"] = tensors["feels.steps"][:, :2]
    elif damage == "number":
        tensors["feels.counts"] = tensors["feels.counts"][:1]
    elif damage == "kind":
        tensors["feels.steps"] = tensors["feels.steps"].float()
    elif damage == "zero":
        tensors["feels.counts"] = torch.zeros_like(tensors["feels.counts"])
    elif damage == "missing":
        del tensors["feels.counts"]
    else:
        tensors["feels.more"] = torch.ones(1)
    with pytest.raises(BadInput, match="feels"):
        Feels.from_weights(tensors, 3)
    assert Feels.from_weights({}, 3) is None
