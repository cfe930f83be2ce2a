"""Repair: faults go, everything around them and all music without faults stays."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given
from torch import Tensor

from composer.algorithms.cells import CATEGORIES, LOWEST, Cells, encode, lead_in
from composer.algorithms.repair import awkward_leaps, faults, pairs, repair, rewrite_notes
from composer.music.measures import crossing, parallel_moves, parallels
from composer.music.voices import REST, Voices
from tests.made_up import any_voices, hymn

STEPS = 32
EACH = torch.arange(STEPS).expand(3, -1)
RESTING = (67, 60, 48)  # where alto, tenor and bass like to stay


def held(*chords: tuple[int, ...]) -> Voices:
    pitch = np.repeat(np.array(chords).T, STEPS // len(chords), axis=1)
    return Voices(pitch, np.zeros(pitch.shape, bool))


CLEAN = held((72, 67, 64, 48), (71, 67, 62, 55), (72, 67, 64, 48), (72, 69, 65, 53))
FIFTHS = held((72, 67, 55, 48), (72, 67, 57, 50), (72, 67, 59, 52), (72, 67, 60, 48))
OCTAVES_WITH_MELODY = held((72, 67, 64, 48), (74, 67, 65, 50), (76, 67, 60, 52), (72, 67, 64, 48))
CROSSED = held((72, 74, 64, 48), (72, 76, 62, 50), (72, 67, 64, 48), (72, 69, 65, 53))
CROSSED_INSIDE = held((72, 64, 67, 48), (72, 62, 65, 50), (72, 67, 64, 48), (72, 69, 65, 53))

LEAPING = held((72, 67, 64, 48), (71, 67, 62, 58), (72, 67, 64, 60), (72, 69, 65, 53))


def stay_put(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
    """Each free voice likes one pitch and now and then takes a neighbour, so that no two ever cross."""
    batch, _, steps = cells.category.shape
    logits = torch.full((batch, 3, CATEGORIES, steps), -torch.inf)
    for voice, pitch in enumerate(RESTING):
        logits[:, voice, pitch - LOWEST : pitch - LOWEST + 3] = torch.tensor([0.0, 2.0, 0.0])[:, None]
    return logits, torch.full((batch, 3, steps), -10.0)


def everything(cells: Cells) -> Tensor:
    return cells.inside[:, None].expand(-1, 3, -1)


def repaired(*pieces: Voices, seeds: tuple[int, ...] = (0, 1, 2, 3)) -> Cells:
    return repair(lambda rows: stay_put, encode(pieces), everything(encode(pieces)), seeds[: len(pieces)])


@given(any_voices())
def test_faults_are_the_parallels_of_the_measures_and_voices_above_the_melody(piece: Voices) -> None:
    found = faults(encode([piece]).category)[0]
    lead = lead_in(piece)
    for row, (upper, lower, steps) in enumerate(parallel_moves(piece)):
        high, low = piece.pitch[upper], piece.pitch[lower]
        expected = (high != REST) & (low != REST) & (high < low) & (upper == 0)
        expected[steps] = True
        assert np.array_equal(found[row, lead : lead + piece.steps].numpy(), expected)


def test_pairs_are_in_the_order_of_the_measures() -> None:
    assert list(zip(*(rows.tolist() for rows in pairs(4)), strict=True)) == list(combinations(range(4), 2))


@pytest.mark.parametrize("piece", [FIFTHS, OCTAVES_WITH_MELODY, CROSSED], ids=["fifths", "octaves", "crossed"])
def test_faults_made_by_hand_are_repaired(piece: Voices) -> None:
    assert parallels(piece) or crossing(piece)
    before, after = encode([piece]), repaired(piece)
    assert faults(before.category).any() and not faults(after.category).any()
    assert torch.equal(after.category[:, 0], before.category[:, 0])  # the melody stays
    assert (after.category == before.category).float().mean() > 0.5


@pytest.mark.parametrize("leap", range(-20, 21))
def test_leaps_that_are_hard_to_sing(leap: int) -> None:
    bass = [48] * 8 + [48 + leap] * 8 + [REST] * 8 + [REST] * 8
    pitch = np.array([[72] * 32, [60] * 32, [55] * 32, bass])
    found = awkward_leaps(encode([Voices(pitch, np.zeros(pitch.shape, bool))]).category)[0]
    hard = leap == 6 or abs(leap) in (10, 11) or abs(leap) > 12
    assert found.nonzero().tolist() == [[3, 8]] * hard  # neither to nor from a rest


def test_leaps_are_repaired() -> None:
    assert not faults(encode([LEAPING]).category).any() and awkward_leaps(encode([LEAPING]).category).any()
    after = repaired(LEAPING).category
    assert not awkward_leaps(after).any() and not faults(after).any()


def test_voices_below_the_melody_may_cross() -> None:
    assert crossing(CROSSED_INSIDE) and not faults(encode([CROSSED_INSIDE]).category).any()


def test_changes_stay_near_the_faults() -> None:
    before, after = encode([FIFTHS]), repaired(FIFTHS)
    changed = (before.category != after.category).any(1)[0]
    assert changed.any() and not changed[:2].any()  # the first fault arrives at step 8


@pytest.mark.parametrize("beside", [FIFTHS, CROSSED])
def test_rows_without_faults_are_untouched(beside: Voices) -> None:
    before, after = encode([CLEAN, beside]), repaired(CLEAN, beside)
    assert not faults(before.category)[0].any()
    assert torch.equal(before.category[0], after.category[0]) and torch.equal(before.attack[0], after.attack[0])


def never_for(rows: Tensor) -> Callable[[Cells, Tensor], tuple[Tensor, Tensor]]:
    raise AssertionError("asked")


def test_no_network_is_asked_where_nothing_is_wrong() -> None:
    cells = encode([CLEAN])
    assert torch.equal(repair(never_for, cells, everything(cells), [0]).category, cells.category)


def test_the_network_is_asked_only_for_rows_with_faults() -> None:
    cells, asked = encode([CLEAN, FIFTHS, CLEAN, CROSSED]), set()

    def propose_for(rows: Tensor) -> Callable[[Cells, Tensor], tuple[Tensor, Tensor]]:
        asked.update(rows.tolist())
        return stay_put

    repair(propose_for, cells, everything(cells), [0, 1, 2, 3])
    assert asked == {1, 3}


def test_a_row_does_not_depend_on_those_beside_it() -> None:
    together = repaired(FIFTHS, CROSSED, OCTAVES_WITH_MELODY, seeds=(4, 5, 6))
    for row, (piece, seed) in enumerate(((FIFTHS, 4), (CROSSED, 5), (OCTAVES_WITH_MELODY, 6))):
        alone = repaired(piece, seeds=(seed,))
        assert torch.equal(together.category[row], alone.category[0])
        assert torch.equal(together.attack[row], alone.attack[0])


@pytest.mark.parametrize("certainty", [1.0, 10.0, 1000.0])
def test_what_a_proposal_rules_out_is_never_written(certainty: float) -> None:
    cells = encode([FIFTHS])
    truth = cells.category[:, 1:]
    low, high = truth.amin(2, keepdim=True) - 3, truth.amax(2, keepdim=True) + 3

    def stubborn(cells: Cells, shown: Tensor) -> tuple[Tensor, Tensor]:
        category = torch.arange(CATEGORIES)[:, None]
        outside = (category < low.unsqueeze(2)) | (category > high.unsqueeze(2))
        logits = torch.nn.functional.one_hot(truth, CATEGORIES).transpose(2, 3).float() * certainty
        return logits.masked_fill(outside, -torch.inf), torch.zeros(truth.shape)

    for seed in range(5):
        written = repair(lambda rows: stubborn, cells, everything(cells), [seed]).category[:, 1:]
        assert ((written >= low) & (written <= high)).all()


def test_repaired_music_is_well_formed() -> None:
    after = repaired(FIFTHS, CROSSED, hymn(0, 2))
    previous = torch.nn.functional.pad(after.category, (1, 0))[..., :-1]
    new = (after.category != previous) & (after.category > 0)
    assert after.attack[new].all() and not after.attack[after.category == 0].any()


@pytest.mark.parametrize("piece", [FIFTHS, CROSSED, LEAPING], ids=["fifths", "crossed", "leaping"])
@pytest.mark.parametrize("first", [0, 8, 16, 24])
def test_only_free_cells_are_repaired(piece: Voices, first: int) -> None:
    before = encode([piece])
    free = torch.zeros_like(everything(before))
    free[:, 1:, first : first + 8] = True
    after = repair(lambda rows: stay_put, before, free, [3])
    kept = before.shown(free)
    assert torch.equal(after.category[kept], before.category[kept])
    assert torch.equal(after.attack[kept], before.attack[kept])


def test_where_nothing_is_marked_nothing_is_rewritten() -> None:
    cells = encode([FIFTHS])
    free = everything(cells)
    after = rewrite_notes(never_for, cells, free, free & False, torch.full((1, 2, 3, STEPS), 0.5), 1.0, EACH)
    assert torch.equal(after.category, cells.category)


def test_of_a_rest_the_free_part_alone_is_rewritten() -> None:
    cells = encode([Voices(np.array([[72] * STEPS, [REST] * STEPS, [60] * STEPS, [48] * STEPS]), np.zeros((4, STEPS)))])
    free = torch.zeros_like(everything(cells))
    free[..., 8:16] = True
    marked = torch.zeros_like(free)
    marked[:, 0, 12] = True
    after = rewrite_notes(lambda rows: stay_put, cells, free, marked, torch.full((1, 2, 3, STEPS), 0.5), 1.0, EACH)
    assert (after.category[0, 1] > 0).nonzero().flatten().tolist() == list(range(8, 16))


def test_faults_that_free_cells_have_no_part_in_are_left() -> None:
    cells = encode([held((72, 60, 64, 48), (72, 62, 67, 50), (72, 69, 65, 53), (72, 67, 64, 48))])
    free = torch.zeros_like(everything(cells))
    free[..., 24:] = True
    assert faults(cells.category).any()
    assert torch.equal(repair(never_for, cells, free, [0]).category, cells.category)


def test_a_fault_on_arriving_at_what_stays_is_mended_before() -> None:
    cells = encode([FIFTHS])
    free = torch.zeros_like(everything(cells))
    free[:, 1:, 8:16] = True
    after = repair(lambda rows: stay_put, cells, free, [3]).category
    assert faults(cells.category)[..., 16].any() and not faults(after)[..., 16].any()
    assert torch.equal(after[..., 16:], cells.category[..., 16:])
