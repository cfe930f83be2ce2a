"""A trained MuseGAN as a band: it plays around a melody, or makes everything up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from composer.algorithms.base import foreign_take
from composer.algorithms.cells import common_key_shift, lay_out
from composer.algorithms.drafting import draws
from composer.algorithms.musegan.beside import without
from composer.algorithms.musegan.choosing import Chooser
from composer.algorithms.musegan.grid import Grid
from composer.algorithms.musegan.grooves import GROOVES, Grooves
from composer.algorithms.musegan.lines import UNTOLD, LineCells, Lines, encode, lead_in, lines_of, read_lines
from composer.algorithms.musegan.lineups import LINEUPS, Lineups, given_lineup, told
from composer.algorithms.musegan.listener import LISTENER, Listener, best_of
from composer.algorithms.musegan.networks import Orchestra, width_of
from composer.algorithms.musegan.noises import NOISE_SCALE, draw_noise, noise_scale_of
from composer.algorithms.musegan.opening import free_cells
from composer.algorithms.musegan.rhythms import of_tracks, playable, rhythm_of, steps_of, told_rhythm
from composer.algorithms.musegan.spans import Spans
from composer.algorithms.musegan.writing import Choices, Proposal, couple, write_in_passes
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
_GROOVE = 32
"""The stream that its groove comes from."""
_REHEARSALS = 5
"""The stream of `mix` before those that the seeds of further rehearsals come from; they end before that of grooves."""
_BEGIN_AGAIN = 0.5, 0.8
"""How far through the first passes the second rehearsal begins, and the last one. Twelve that each begin from the best
so far are better than eight from nothing, in five sixths of the time (70 valid chorales after ten minutes of learning:
real or generated, AUC 0.807 for 0.853; 60 tunes of the band: 0.615 for 0.614 in half of the time). With sixteen it is
0.81 for 0.83 with twelve (another training, two seeds), with 24 no better."""


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
        16,
        "Rehearsals",
        help="How often the music is played before you hear it, each time in part anew: of each bar the version is "
        "kept that sounds most like real music to a listener, where the model has one. More take longer.",
        minimum=1,
        maximum=24,
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
    """A generator, the lines it learned to write, and what it plays by.

    `noise_scale` is what a creativity of 1 means. The `listener` hears the rehearsals; without one there is only one.
    Generating changes nothing, so threads share it.
    """

    def __init__(
        self,
        network: Orchestra,
        lines: Lines,
        noise_size: int,
        lineups: Lineups | None = None,
        grooves: Grooves | None = None,
        noise_scale: float = 1.0,
        listener: Listener | None = None,
    ) -> None:
        self.network, self.lineups, self.grooves = network.eval().requires_grad_(False), lineups, grooves
        self.lines, self.grid, self.noise_size = lines, Grid(lines), noise_size
        self.noise_scale, self.listener = noise_scale, listener
        self.chooser = Chooser(self.network, self.grid)

    @classmethod
    def from_weights(cls, mode: str, noise_size: int, tracks: int, weights: Mapping[str, Tensor]) -> Band:
        """The model with these weights and `lines`.

        Raises BadInput where they fit no such network.
        """
        lines = lines_of(weights, tracks)
        scale, listener = noise_scale_of(weights), Listener.from_weights(weights, lines)
        lineups, grooves = Lineups.from_weights(weights, tracks), Grooves.from_weights(weights, lines)
        tensors = {name: value for name, value in learned_weights(weights).items() if name != "lines"}
        with torch.device("meta"):
            network = Orchestra(lines, noise_size, mode, width_of(tensors))
        kinds = {value.dtype for value in tensors.values()}
        try:
            network.load_state_dict(tensors, assign=True)
        except RuntimeError:
            kinds = set()
        if kinds != {torch.float32}:
            raise BadInput("This model file holds other networks than its config.json says; choose another model.")
        return cls(network, lines, noise_size, lineups, grooves, scale, listener)

    def heard_by(self, listener: Listener | None) -> Band:
        """The same band with another listener, or none."""
        beside = self.lineups, self.grooves, self.noise_scale
        return Band(self.network, self.lines, self.noise_size, *beside, listener)

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
        cells = self._groove(self._line_up(cells, free, moved, seeds), free, moved, seeds)
        silent = torch.zeros_like(cells.category)
        cells = cells.rewritten(free & cells.rests, silent, silent > 0)
        free &= ~cells.rests
        noise, semitones = settings.creativity * self.noise_scale * noise_for(cells.bars), torch.tensor(shifts)
        choices = self.grid if self.grooves is None else Spans(self.grid, cells.rhythm, free)

        def propose_for(rows: Tensor) -> Proposal:
            """See repair: the network for these takes."""
            return self._proposal(noise[rows], semitones[rows], choices)

        with torch.inference_mode():
            cells = self._rehearse(propose_for(torch.arange(len(takes))), cells, free, choices, settings, seeds)
            if settings.repair and self.lines.sung:
                alone = [mix(seed, 1) for seed in seeds]
                cells = repair(propose_for, cells, free, alone, FINE_STEPS, self.grid.numbers(free.shape[2]))
        rows = zip((cells.category * free).numpy(), (cells.attack & free).numpy(), leads, takes, strict=True)
        written = [
            read_lines(category[:, lead:], attack[:, lead:], self.lines, take) for category, attack, lead, take in rows
        ]
        return [
            with_new_notes(take, where, new.transposed(-shift, drums))
            for take, where, new, shift in zip(takes, regions, written, shifts, strict=True)
        ]

    def _line_up(self, cells: LineCells, free: Tensor, takes: Sequence[Pianoroll], seeds: Sequence[int]) -> LineCells:
        """`cells` told a lineup, drawn for what is `free`."""
        if self.lineups is None:
            return cells
        given = given_lineup(cells, free, self.lines)
        pickup = torch.tensor([take.pickup_steps > 0 for take in takes])
        return told(cells, self.lineups.draw(given, pickup, _numbers(seeds, _LINEUP, cells.bars)), self.lines)

    def _groove(self, cells: LineCells, free: Tensor, takes: Sequence[Pianoroll], seeds: Sequence[int]) -> LineCells:
        """`cells` told a rhythm: that of what stays, and where a track is `free`, of a groove that suits it."""
        if self.grooves is None:
            return cells
        own = rhythm_of(torch.where(free, 0, cells.category), cells.attack, self.lines)
        written = of_tracks(free, self.lines)
        meter = torch.tensor([take.steps_per_bar for take in takes])
        uniform = _numbers(seeds, _GROOVE, len(self.grooves.layout))
        unlike = self.grooves.unlike(own, ~written, cells, takes)
        groove = self.grooves.draw(steps_of(own, self.lines), ~written.any(2), meter, uniform, unlike)
        found = playable(self.grooves.rhythm(groove, cells, takes), cells.lineup, self.grid, self.lines)
        written, known = written[:, self.lines.track], (groove >= 0)[:, self.lines.track, None]
        return told_rhythm(cells, torch.where(known, torch.where(written, found, own), UNTOLD), self.lines)

    def _rehearse(
        self,
        propose: Proposal,
        cells: LineCells,
        free: Tensor,
        choices: Choices,
        settings: BandSettings,
        seeds: Sequence[int],
    ) -> LineCells:
        """`cells` with the `free` ones written, and with each rehearsal, from the same noise, in part anew.

        It begins from the best so far, and the listener keeps the better version of each bar.
        """

        def play(before: LineCells, begin: float, own: Sequence[int]) -> LineCells:
            """One rehearsal, with the chance of its `own` seeds."""
            uniform = draws(own, settings.passes, len(self.lines.table), cells.category.shape[2], beat=1)
            return write_in_passes(propose, before, free, couple(uniform, self.lines), choices, begin)

        best = play(cells, 0.0, seeds)
        if self.listener:
            for time, begin in enumerate(torch.linspace(*_BEGIN_AGAIN, settings.rehearsals - 1).tolist(), 1):
                again = play(best, begin, [mix(seed, _REHEARSALS + time) for seed in seeds])
                best = best_of(self.listener, [best, again])
        return best

    def _noise(self, seeds: Sequence[int], bars: int) -> Tensor:
        rows = [
            draw_noise(self.lines.tracks, self.noise_size, bars, torch.Generator().manual_seed(mix(s, NOISE)))
            for s in seeds
        ]
        return torch.stack(rows)

    def _proposal(self, noise: Tensor, shifts: Tensor, choices: Choices) -> Proposal:
        """The network as a Proposal that never leaves the ranges of the tracks (moved by `shifts` semitones, (B,))."""
        outside = self.lines.impossible(shifts).unsqueeze(3)

        def propose(draft: LineCells, shown: Tensor) -> tuple[Tensor, Tensor]:
            """See Proposal."""
            logits, again = choices.allowed(*self.chooser(draft, shown, noise))
            return logits.masked_fill(outside, -torch.inf), again

        return propose


def _numbers(seeds: Sequence[int], stream: int, count: int) -> Tensor:
    """So many uniform numbers for each take, (B, count)."""
    return torch.stack([torch.rand(count, generator=torch.Generator().manual_seed(mix(s, stream))) for s in seeds])


def learned_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the network of a model learned, and its lines, without all else that a model is given."""
    return without(weights, LINEUPS, GROOVES, NOISE_SCALE, LISTENER)
