"""A trained MuseGAN as a band: it plays around a melody, or makes everything up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from composer.algorithms.base import foreign_take
from composer.algorithms.cells import common_key_shift, lay_out
from composer.algorithms.drafting import draws
from composer.algorithms.musegan.choosing import Chooser
from composer.algorithms.musegan.feels import Feels, used_steps, without_feels
from composer.algorithms.musegan.finish import Finish, without_finish
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.lines import LineCells, Lines, encode, lead_in, lines_of, read_lines
from composer.algorithms.musegan.lineups import Lineups, bars_with, given_lineup, told, without_lineups
from composer.algorithms.musegan.listener import best_of
from composer.algorithms.musegan.networks import Orchestra
from composer.algorithms.musegan.noises import draw_noise
from composer.algorithms.musegan.opening import free_cells
from composer.algorithms.musegan.writing import Proposal, couple, write_in_passes
from composer.algorithms.noisy import NOISE, NoisyModel, check_free, mix
from composer.algorithms.repair import repair
from composer.errors import BadInput
from composer.music.pianoroll import FINE_STEPS, Music, Pianoroll, pianoroll_from_voices
from composer.music.region import Region
from composer.music.splicing import with_new_notes
from composer.music.voices import Voices
from composer.settings import Settings, setting

_LINEUP = 4
"""The stream of `mix` that a take's lineup comes from."""
_FEEL = 32
"""The stream that its feel comes from."""
_REHEARSALS = 5
"""The first stream of `mix` that the seeds of further rehearsals come from."""


@dataclass(frozen=True)
class BandSettings(Settings):
    """How a band plays."""

    takes: int = setting(
        3, "Takes", help="How many versions to make, each from its own noise.", minimum=1, maximum=6, step=1
    )
    follow: bool = setting(
        True, "Follow my melody", help="Off: surprise me. The band makes up the melody, too, as long as yours is."
    )
    creativity: float = setting(
        1.0,
        "Creativity",
        help="Scale of the noise vectors: 0 stays with what the model expects, more gives a flavour of its own. 1 is "
        "as much as suits the model.",
        minimum=0.0,
        maximum=2.0,
        step=0.1,
    )
    passes: int = setting(
        12,
        "Passes",
        help="How often the model looks at its own draft and rewrites part of it. 1 is the plain textbook MuseGAN.",
        minimum=1,
        maximum=64,
        step=1,
        advanced=True,
    )
    rehearsals: int = setting(
        8,
        "Rehearsals",
        help="How often the music is played before you hear it: of each bar the version is kept that sounds most like "
        "real music to a listener, where the model has one. More take longer.",
        minimum=1,
        maximum=16,
        step=1,
        advanced=True,
    )
    repair: bool = setting(
        True,
        "Repair clashes",
        help="Rewrite the few notes that still break a rule of part-writing, where each part sings a line of its own.",
        advanced=True,
    )


class Band(NoisyModel[Pianoroll]):
    """A generator, the lines it learned to write and its finish. Generating changes nothing, so threads share it."""

    def __init__(
        self,
        network: Orchestra,
        lines: Lines,
        noise_size: int,
        lineups: Lineups | None = None,
        feels: Feels | None = None,
        finish: Finish | None = None,
    ) -> None:
        self.network, self.lineups, self.feels = network.eval().requires_grad_(False), lineups, feels
        self.lines, self.grid, self.noise_size, self.finish = lines, Grid(lines), noise_size, finish or Finish()
        self.chooser = Chooser(self.network, self.grid)

    @classmethod
    def from_weights(cls, mode: str, noise_size: int, tracks: int, weights: Mapping[str, Tensor]) -> Band:
        """The model with these weights, `lines` and, where it has one, its finish.

        Raises BadInput where they fit no such network.
        """
        lines = lines_of(weights, tracks)
        finish = Finish.from_weights(weights, lines)
        lineups, feels = Lineups.from_weights(weights, tracks), Feels.from_weights(weights, tracks)
        tensors = {name: value for name, value in learned_weights(weights).items() if name != "lines"}
        with torch.device("meta"):
            network = Orchestra(lines, noise_size, mode)
        kinds = {value.dtype for value in tensors.values()}
        try:
            network.load_state_dict(tensors, assign=True)
        except RuntimeError:
            kinds = set()
        if kinds != {torch.float32}:
            raise BadInput("This model file holds other networks than its config.json says; choose another model.")
        return cls(network, lines, noise_size, lineups, feels, finish)

    def finished(self, finish: Finish) -> Band:
        """The same network, played with another finish."""
        return Band(self.network, self.lines, self.noise_size, self.lineups, self.feels, finish)

    def _own(self, take: Music) -> Pianoroll:
        if not isinstance(take, Pianoroll) or take.tracks != self.lines.tracks:
            raise foreign_take()
        return take

    def _alone(self, melody: Voices) -> Pianoroll:
        return replace(pianoroll_from_voices(melody), tracks=self.lines.tracks)

    def _write(
        self,
        takes: Sequence[Pianoroll],
        regions: Sequence[Region],
        settings: Settings,
        seeds: Sequence[int],
        noise_for: Callable[[int], Tensor],
    ) -> list[Pianoroll]:
        """See NoisyModel._write; `noise_for` so many bars gives the noises."""
        assert isinstance(settings, BandSettings)
        drums = self.lines.drum_tracks
        shifts = [common_key_shift(take.top_lines([0])) for take in takes]
        moved = [take.transposed(shift, drums) for take, shift in zip(takes, shifts, strict=True)]
        cells = encode(moved, self.lines)
        masks = [free_cells(roll, where, self.lines) for roll, where in zip(moved, regions, strict=True)]
        leads = [lead_in(roll) for roll in moved]
        free = lay_out(masks, leads, cells.category.shape[2])
        check_free(free)
        cells = self._line_up(cells, free, moved, seeds)
        free &= ~cells.rests
        noise = settings.creativity * self.finish.noise_scale * noise_for(cells.bars)
        grid = self._feel(cells, free, seeds)
        propose = self._proposal(noise, shifts, grid)
        with torch.inference_mode():
            cells = self._rehearse(propose, cells, free, grid, settings, seeds)
            if settings.repair and self.lines.sung:
                cells = repair(_by_step(propose, grid), cells, free, [mix(s, 1) for s in seeds], FINE_STEPS)
        rows = zip((cells.category * free).numpy(), (cells.attack & free).numpy(), leads, takes, strict=True)
        written = [
            read_lines(category[:, lead:], attack[:, lead:], self.lines, take) for category, attack, lead, take in rows
        ]
        return [
            with_new_notes(take, where, new.transposed(-shift, drums))
            for take, where, new, shift in zip(takes, regions, written, shifts, strict=True)
        ]

    def _line_up(self, cells: LineCells, free: Tensor, takes: Sequence[Pianoroll], seeds: Sequence[int]) -> LineCells:
        """`cells` with a lineup drawn for what is `free`; where a track rests there, its cells are silent."""
        if self.lineups is None:
            return cells
        given = given_lineup(cells, free, self.lines)
        pickup = torch.tensor([take.pickup_steps > 0 for take in takes])
        uniform = [torch.rand(cells.bars, generator=torch.Generator().manual_seed(mix(s, _LINEUP))) for s in seeds]
        cells = told(cells, self.lineups.draw(given, pickup, torch.stack(uniform)), self.lines)
        silent = torch.zeros_like(cells.category)
        return cells.rewritten(free & cells.rests, silent, silent > 0)

    def _feel(self, cells: LineCells, free: Tensor, seeds: Sequence[int]) -> Grid:
        """The grid that each take keeps to where it is `free`: that of a feel which what stays has, too."""
        if self.feels is None:
            return self.grid
        given = used_steps(cells.category, cells.attack, ~free, self.lines)
        whole = ~bars_with(free, cells, self.lines).any(2)
        numbers = [torch.rand((), generator=torch.Generator().manual_seed(mix(seed, _FEEL))) for seed in seeds]
        return self.grid.narrowed(self.feels.draw(given, whole, torch.stack(numbers))[:, self.lines.track])

    def _rehearse(
        self,
        propose: Proposal,
        cells: LineCells,
        free: Tensor,
        grid: Grid,
        settings: BandSettings,
        seeds: Sequence[int],
    ) -> LineCells:
        """`cells` with the `free` ones written once for each rehearsal, with the same noise: of each bar the best."""
        listener = self.finish.listener
        played = []
        for time in range(settings.rehearsals if listener else 1):
            own = [mix(seed, _REHEARSALS + time) if time else seed for seed in seeds]
            uniform = draws(own, settings.passes, len(self.lines.table), cells.category.shape[2], beat=1)
            played.append(write_in_passes(propose, cells, free, couple(uniform, self.lines), grid))
        return best_of(listener, played) if listener else played[0]

    def _noise(self, seeds: Sequence[int], bars: int) -> Tensor:
        rows = [
            draw_noise(self.lines.tracks, self.noise_size, bars, torch.Generator().manual_seed(mix(s, NOISE)))
            for s in seeds
        ]
        return torch.stack(rows)

    def _proposal(self, noise: Tensor, shifts: Sequence[int], grid: Grid) -> Proposal:
        """The network as a Proposal that never leaves the ranges of the tracks (moved by `shifts` semitones)."""
        outside = self.lines.impossible(torch.tensor(shifts)).unsqueeze(3)
        repeats = self.finish.repeats.expand(self.lines.tracks)[self.lines.track, None]

        def propose(draft: LineCells, shown: Tensor) -> tuple[Tensor, Tensor]:
            """See Proposal."""
            logits, again = self.chooser(draft, shown, noise)
            between = torch.cat([grid.between] * (again.shape[2] // FINE_STEPS), -1)
            return logits.masked_fill(outside, -torch.inf), (again + repeats).masked_fill(between, -torch.inf)

        return propose


def _by_step(propose: Proposal, grid: Grid) -> Proposal:
    """The same proposal with the logits of each choice at all of its steps, (B, L, P, T)."""

    def proposal(draft: LineCells, shown: Tensor) -> tuple[Tensor, Tensor]:
        """See Proposal."""
        logits, again = propose(draft, shown)
        return grid.spread(logits.permute(2, 0, 1, 3)).permute(1, 2, 0, 3), again

    return proposal


def learned_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the network of a model learned, and its lines, without lineups, feels and finish."""
    return without_feels(without_lineups(without_finish(weights)))
