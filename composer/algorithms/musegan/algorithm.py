"""MuseGAN as an algorithm of the registry."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from composer.algorithms.base import Algorithm, Judge, Model, ModelInfo, Trainer
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.critic_view import BandCritic
from composer.algorithms.musegan.training import MuseGANSettings, MuseGANTrainer
from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.settings import Settings


class MuseGAN(Algorithm):
    """Several tracks at once (Dong et al. 2018, "MuseGAN"), with any number of bars and of notes in a track.

    As in the paper there are noises shared by all tracks and noises of a track's own, each fixed or changing from bar
    to bar by a temporal generator; a bar generator a track; a Wasserstein critic over all tracks (or, jamming, one a
    track); and a track that is given conditions the rest. Four things are added, for the textbook form does not learn
    harmony in minutes: the generator is also shown its own draft with some cells hidden and writes in passes, an
    encoder of real phrases gives the noises their meaning, a cell is one category of a line instead of a bit of a
    pitch (see lines), and who plays in which bar, and when a band strikes, is drawn first (see lineups and grooves).
    """

    name = "musegan"
    version = 3
    title = "MuseGAN"
    summary = "A whole band plays along with your melody, or makes up a piece of its own."
    task = "compose"
    finishes = True
    TrainSettings = MuseGANSettings
    GenerateSettings = BandSettings

    def trainer(
        self, dataset: Dataset, settings: Settings, seed: int, start: Mapping[str, Tensor] | None = None
    ) -> Trainer:
        """See Algorithm.trainer; raises BadInput where the dataset has no training music or only one part."""
        assert isinstance(settings, MuseGANSettings)
        if len(dataset.part_names) < 2 or not dataset.rolls("train"):
            raise BadInput(f"“{dataset.name}” needs at least two parts to learn playing together from.")
        return MuseGANTrainer(dataset, settings, seed, start)

    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        """See Algorithm.model."""
        settings = MuseGANSettings.from_dict(info.settings)
        return Band.from_weights(settings.mode, settings.noise_size, len(info.part_names), weights)

    def judge(self, info: ModelInfo, critic: Mapping[str, Tensor], model: Mapping[str, Tensor]) -> Judge:
        """See Algorithm.judge."""
        settings = MuseGANSettings.from_dict(info.settings)
        return BandCritic.from_weights(settings.mode, len(info.part_names), critic, model)
