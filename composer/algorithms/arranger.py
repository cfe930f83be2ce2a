"""Arranger (rules): a band that plays with a melody by rules somebody wrote, beside which learning can be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from composer.algorithms.base import Algorithm, Model, ModelInfo, Trainer, foreign_take
from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.music.arranger import BAND_PARTS, STYLES, arrange
from composer.music.pianoroll import DRUMS, Music, Pianoroll
from composer.music.region import Region
from composer.music.splicing import sounding_inside, with_new_notes
from composer.music.voices import Voices
from composer.settings import Settings, setting


@dataclass(frozen=True)
class ArrangerTraining(Settings):
    """Nothing: rules are written, not learned."""


@dataclass(frozen=True)
class ArrangerSettings(Settings):
    """How the band plays."""

    takes: int = setting(
        3,
        "Takes",
        help="How many versions to make; each chooses other patterns, rests and fills.",
        minimum=1,
        maximum=6,
        step=1,
    )
    style: str = setting(
        "pop", "Style", help="What kind of band plays: its rhythms, its chords and who leads.", choices=STYLES
    )


class Arranger(Model):
    """The band of composer.music.arranger."""

    def generate(self, melody: Voices, settings: Settings, seed: int) -> list[Pianoroll]:
        """Takes of `melody` (1, steps), each with the tracks BAND_PARTS; see Model.generate."""
        assert isinstance(settings, ArrangerSettings)
        return [arrange(melody, settings.style, _SEEDS * seed + take) for take in range(settings.takes)]

    def rewrite(self, take: Music, where: Region, settings: Settings, seed: int) -> Pianoroll:
        """See Model.rewrite: of another arrangement in the style of the settings, what sounds inside the region."""
        assert isinstance(settings, ArrangerSettings)
        if not isinstance(take, Pianoroll) or take.tracks != len(BAND_PARTS):
            raise foreign_take()
        where = where.within(take, given=1)
        other = arrange(take.top_lines([0]), settings.style, _SEEDS * seed + _REWRITING)
        return with_new_notes(take, where, sounding_inside(other, where, drums=[BAND_PARTS.index(DRUMS)]))


_SEEDS = 8
"""More than the most takes, so that no two seeds share one."""
_REWRITING = _SEEDS - 1
"""The number of the arrangement that a rewriting takes from, which is none of the takes of its seed."""


class RuleArranger(Algorithm):
    """Chords found for the melody by dynamic programming, and patterns of a style played over them (see arrange)."""

    name = "arranger"
    version = 1
    title = "Arranger (rules)"
    summary = "A band of five plays along by rules that were written, not learned."
    task = "accompany"
    learns = False
    TrainSettings = ArrangerTraining
    GenerateSettings = ArrangerSettings

    def trainer(
        self, dataset: Dataset, settings: Settings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> Trainer:
        """Raises BadInput: there is nothing to train."""
        raise BadInput(f"“{self.title}” follows written rules and can't be trained; choose another algorithm.")

    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        """See Algorithm.model; raises BadInput for any weights and for other parts than the band's."""
        if weights or info.part_names != BAND_PARTS:
            raise BadInput(f"This model file isn't one of “{self.title}”, which has no weights; choose another model.")
        return Arranger()
