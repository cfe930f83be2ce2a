"""U-Net GAN: an orchestra (the generator) learns to accompany a melody while a conductor (the critic) judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from composer.algorithms.base import Algorithm, Model, ModelInfo, Trainer
from composer.data.dataset import Dataset
from composer.settings import Settings, setting


@dataclass(frozen=True)
class UNetGANTrainSettings(Settings):
    """How a U-Net GAN learns."""

    epochs: int = setting(
        30, "Epochs", help="How many times the model sees all the training music.", minimum=1, maximum=1000, step=1
    )
    learning_rate: float = setting(
        2e-3,
        "Learning rate",
        help="How big a step the generator takes after each batch. Too small learns slowly, too big never settles.",
        minimum=1e-5,
        maximum=1e-2,
        scale="log",
        format="%.5f",
    )
    update_ratio: int = setting(
        1,
        "Update ratio",
        help="How often the critic (the conductor) learns for each time the generator (the orchestra) learns.",
        minimum=0,
        maximum=10,
        step=1,
    )
    batch_size: int = setting(
        32, "Batch size", help="How many four-bar windows are learned from at once.", minimum=4, maximum=256, step=4, advanced=True
    )


@dataclass(frozen=True)
class UNetGANGenerateSettings(Settings):
    """How a U-Net GAN arranges a melody."""

    takes: int = setting(3, "Takes", help="How many versions to make, each from its own noise.", minimum=1, maximum=6, step=1)
    creativity: float = setting(
        1.0,
        "Creativity",
        help="Scale of the noise vector: 0 gives the most expected version, more gives more surprising ones.",
        minimum=0.0,
        maximum=2.0,
        step=0.1,
    )
    passes: int = setting(
        16,
        "Passes",
        help="How often the model looks at its own draft and improves it. 1 is the plain textbook U-Net.",
        minimum=1,
        maximum=64,
        step=1,
        advanced=True,
    )
    repair: bool = setting(
        True, "Repair clashes", help="Rewrite the few notes that break a rule of four-part writing.", advanced=True
    )


class UNetGAN(Algorithm):
    """The U-Net GAN for parts of one note at a time (isola2017 conditional GAN; Gulrajani 2017 critic)."""

    name = "unet-gan"
    version = 1
    title = "U-Net GAN"
    summary = "Adds three voices to your melody, the way Bach might have."
    task = "accompany"
    TrainSettings = UNetGANTrainSettings
    GenerateSettings = UNetGANGenerateSettings

    def trainer(self, dataset: Dataset, settings: Settings, seed: int) -> Trainer:
        raise NotImplementedError

    def model(self, info: ModelInfo, weights: Mapping[str, Tensor]) -> Model:
        raise NotImplementedError
