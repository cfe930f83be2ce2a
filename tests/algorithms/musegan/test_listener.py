"""The listener learns to tell made-up music from shuffled music, and picks the best bars of several rehearsals."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from composer.algorithms.musegan.lines import POSITION, UNIT, LineCells, Lines, encode, find_lines
from composer.algorithms.musegan.listener import HEARD, Listener, best_of, intervals
from composer.algorithms.musegan.listening import teach_listener
from composer.algorithms.musegan.windows import draw
from composer.errors import BadInput
from composer.evaluation.classifier import auc
from composer.music.pianoroll import Pianoroll, pianoroll_from_voices
from composer.music.voices import Voices
from tests.made_up import PARTS, hymn, shuffled


def rolls(pieces: list[Voices]) -> list[Pianoroll]:
    return [pianoroll_from_voices(piece) for piece in pieces]


HYMNS = [hymn(seed, 8) for seed in range(24)]
LINES = find_lines(rolls(HYMNS), PARTS)


@pytest.fixture(scope="module")
def listener() -> Listener:
    real, false = ([draw(roll, LINES) for roll in rolls(pieces)] for pieces in (HYMNS, shuffled(HYMNS)))
    return teach_listener(LINES, real, [false], seed=0, epochs=12, say=str)


def heard(listener: Listener, pieces: list[Voices]) -> np.ndarray:
    cells = encode(rolls(pieces), LINES)
    scores = [
        listener(cells.category[..., a : a + HEARD], cells.attack[..., a : a + HEARD], place)
        for a in range(0, cells.category.shape[2], HEARD)
        for place in [cells.place[..., a // POSITION : (a + HEARD) // POSITION]]
    ]
    return torch.stack(scores, 1).numpy()


def test_it_tells_music_it_has_never_heard_from_shuffled_music(listener: Listener) -> None:
    new = [hymn(seed, 8) for seed in range(50, 62)]
    assert auc(heard(listener, new).ravel().astype(float), heard(listener, shuffled(new)).ravel().astype(float)) > 0.9


def test_the_same_seed_teaches_the_same_listener() -> None:
    real, false = ([draw(roll, LINES) for roll in rolls(pieces)] for pieces in (HYMNS[:4], shuffled(HYMNS[:4])))
    first, second = (teach_listener(LINES, real, [false], seed=3, epochs=2, say=str) for _ in range(2))
    assert all(torch.equal(value, second.state_dict()[name]) for name, value in first.state_dict().items())


def test_a_bar_of_each_rehearsal_is_taken_so_that_neighbours_score_highest(listener: Listener) -> None:
    pieces = [hymn(7, 4), *shuffled([hymn(seed, 4) for seed in range(7, 10)])[1:]]
    cells = encode(rolls(pieces), LINES)
    best = best_of(listener, [cells[row : row + 1] for row in range(len(pieces))])
    bars = cells.category.shape[2] // UNIT
    totals = {}
    for path in product(range(len(pieces)), repeat=bars):
        mixed = spliced(cells, path)
        totals[path] = sum(
            float(listener(*(values[..., a : a + HEARD] for values in (mixed.category, mixed.attack)), place(mixed, a)))
            for a in range(0, UNIT * (bars - 1), UNIT)
        )
    wanted = spliced(cells, max(totals, key=lambda path: totals[path]))
    assert torch.equal(best.category, wanted.category)
    assert torch.equal(best.attack, wanted.attack)


def place(cells: LineCells, start: int) -> torch.Tensor:
    return cells.place[..., start // POSITION : (start + HEARD) // POSITION]


def spliced(cells: LineCells, path: tuple[int, ...]) -> LineCells:
    bars = [slice(bar * UNIT, (bar + 1) * UNIT) for bar in range(len(path))]
    category, attack = (
        torch.cat([values[row : row + 1, :, bar] for row, bar in zip(path, bars, strict=True)], 2)
        for values in (cells.category, cells.attack)
    )
    return cells[:1].rewritten(torch.ones_like(attack), category, attack)


def test_rehearsals_of_several_pieces_do_not_mix(listener: Listener) -> None:
    first, second = ([hymn(seed, 4), hymn(seed + 4, 4)] for seed in (1, 2))
    together = best_of(listener, [encode(rolls(pieces), LINES) for pieces in (first, second)])
    for row, pieces in enumerate(zip(first, second, strict=True)):
        alone = best_of(listener, [encode(rolls([piece]), LINES) for piece in pieces])
        assert torch.equal(together.category[row], alone.category[0])


def test_a_single_bar_is_that_of_the_first_rehearsal(listener: Listener) -> None:
    one, other = (encode(rolls([hymn(seed, 1)]), LINES) for seed in (1, 2))
    assert torch.equal(best_of(listener, [one, other]).category, one.category)


def test_intervals_stay_where_all_parts_move_alike() -> None:
    category = encode(rolls([hymn(3, 2)]), LINES).category
    here, moved = intervals(category), intervals(torch.where(category > 0, category + 5, 0))
    for kind in (1, 2, 3, 4):
        assert torch.equal(here[kind], moved[kind])
    assert not torch.equal(here[0], moved[0])


class TestOfAModel:
    """What is read from a model's weights is what was written, and nonsense is refused."""

    def test_it_is_read_as_it_was_written(self, listener: Listener) -> None:
        read = Listener.from_weights(listener.tensors() | {"other": torch.ones(3)}, LINES)
        assert read is not None
        assert np.array_equal(heard(read, HYMNS[:2]), heard(listener, HYMNS[:2]))

    def test_a_model_may_have_none(self) -> None:
        assert Listener.from_weights({"other": torch.ones(3)}, LINES) is None

    def test_nonsense_is_refused(self, listener: Listener) -> None:
        fits = listener.tensors()
        for wrong in (
            {"listener.dense.weight": torch.zeros(1, 1)},
            fits | {"listener.more": torch.zeros(1)},
            {name: value.double() for name, value in fits.items()},
        ):
            with pytest.raises(BadInput, match="listener"):
                Listener.from_weights(wrong, LINES)

    def test_one_of_another_band_is_refused(self, listener: Listener) -> None:
        with pytest.raises(BadInput, match="listener"):
            Listener.from_weights(listener.tensors(), Lines(LINES.table[:2]))
