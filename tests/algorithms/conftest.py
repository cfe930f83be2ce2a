"""Networks for the tests of this floor: one as it is drawn at first, one that has learned a little."""

from __future__ import annotations

import pytest
import torch

from composer.algorithms.accompanist import Accompanist
from composer.algorithms.unet import UNet
from composer.algorithms.unet_gan import UNetGAN, UNetGANSettings
from tests.made_up import tiny_dataset

WIDTHS = (16, 16, 24, 24)


def small_network(seed: int = 0, noise_size: int = 4) -> UNet:
    """A narrow U-Net of four voices with all weights drawn large enough that everything reaches the end."""
    network = UNet(4, noise_size, widths=WIDTHS)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in network.parameters():
            weights.normal_(0, 0.2, generator=generator)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def small_model() -> Accompanist:
    """An untrained accompanist with the ranges of a choir."""
    ranges = torch.tensor([[60, 81], [52, 74], [46, 69], [36, 66]])
    return Accompanist(small_network(), ranges)


@pytest.fixture(scope="session")
def trained_model() -> Accompanist:
    """The U-Net GAN after a few epochs of made-up hymns, and so with opinions."""
    trainer = UNetGAN().trainer(tiny_dataset(), UNetGANSettings(batch_size=4), 0)
    for _ in range(5):
        trainer.epoch()
    return Accompanist.from_weights(4, UNetGANSettings().noise_size, trainer.weights())
