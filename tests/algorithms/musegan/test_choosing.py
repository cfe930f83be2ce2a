"""An orchestra names for each choice the mean of what it names for its steps where each is a choice."""

from __future__ import annotations

import pytest
import torch

from composer.algorithms.layers import initialise
from composer.algorithms.musegan.choosing import Chooser
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import encode, find_lines
from composer.algorithms.musegan.networks import Orchestra
from composer.algorithms.musegan.noises import MODES
from composer.music.arranger import BAND_PARTS, arrange
from composer.music.pianoroll import FINE_STEPS
from tests.algorithms.musegan.anywhere import anywhere
from tests.made_up import hymn


@pytest.mark.parametrize("mode", MODES)
def test_logits_of_a_choice_are_the_mean_of_its_steps_and_a_drums_those_of_its_hit(mode: str) -> None:
    roll = arrange(hymn(3, 2).select([0]), "rock", 0)
    lines, random = find_lines([roll], BAND_PARTS), torch.Generator().manual_seed(1)
    orchestra = Orchestra(lines, 4, mode, 64).eval().requires_grad_(False)
    initialise(orchestra, random)
    for player in orchestra.players:
        torch.nn.init.normal_(player.head.bias, generator=random)
    cells = encode([roll, roll], lines)
    shown = cells.inside[:, None] & (torch.rand(cells.attack.shape, generator=random) < 0.5)
    noise = torch.randn(2, 1 + len(BAND_PARTS), 2, 4, cells.bars, generator=random)
    grid = Grid(lines)
    logits, again = Chooser(orchestra, grid)(cells, shown, noise)
    of_steps, struck = Chooser(orchestra, Grid(anywhere(lines)))(cells, shown, noise)
    assert torch.allclose(again, struck, atol=1e-4)
    for line, (first, drum) in enumerate(zip(grid.first, lines.drum, strict=True)):
        for number, begins in enumerate(first.unique()):
            steps = torch.nonzero(first == begins).flatten()[: 1 if drum else None]
            quarters = of_steps[:, line].unflatten(2, (-1, FINE_STEPS))[..., steps].mean(3)
            chosen = logits[:, line].unflatten(2, (-1, grid.count))[..., number]
            assert torch.allclose(chosen, quarters, atol=1e-4)
