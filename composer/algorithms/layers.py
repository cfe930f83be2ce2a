"""The small parts that all networks here are made of. Tensors are (B, channels, T); only convolutions mix time."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from composer.errors import BadInput


class ChannelNorm(nn.Module):
    """Root-mean-square norm over the channels of each step (Zhang and Sennrich 2019).

    Not over time: a norm over time would let a far-away edit change every bar.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, T) -> the same shape."""
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-5) * self.gain


FEW_STEPS = 16
"""Up to so many steps a convolution is faster as one matrix product: libraries are made for many."""


class TimeConvolution(nn.Conv1d):
    """A convolution over time; of few steps, out of training, it is one matrix product over the windows it hears."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, T) -> (B, out, T')."""
        if self.training or x.shape[2] > FEW_STEPS:
            return super().forward(x)
        (size,), (apart,), (stride,), margin = self.kernel_size, self.dilation, self.stride, int(self.padding[0])
        padded = F.pad(x.transpose(1, 2), (0, 0, margin, margin))
        windows = padded.unfold(1, apart * (size - 1) + 1, stride)[..., ::apart]  # (B, T', channels, size)
        return F.linear(windows.flatten(2), self.weight.flatten(1), self.bias).transpose(1, 2)


class Doubling(nn.ConvTranspose1d):
    """Makes two steps of each, by a transposed convolution that, out of training, is one matrix product."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__(channels, out, 2, stride=2)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(B, channels, T) -> (B, out, 2 T)."""
        if self.training:
            return super().forward(x, output_size)
        pairs = (x.transpose(1, 2) @ self.weight.flatten(1)).view(len(x), x.shape[2], -1, 2)  # (B, T, out, 2)
        doubled = pairs.permute(0, 2, 1, 3).flatten(2)
        return doubled if self.bias is None else doubled + self.bias[:, None]


class ChannelDropout(nn.Module):
    """While training, whole channels of a window are silenced by chance (Tompson et al. 2015).

    The chance comes from `random`, which the trainer sets, and never from the process's own generator.
    """

    random: torch.Generator | None = None

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, T) -> the same shape."""
        if not self.training or not self.share:
            return x
        kept = torch.rand(*x.shape[:2], 1, generator=self.random) >= self.share
        return x * kept / (1 - self.share)


class Residual(nn.Module):
    """x plus two convolutions of width 3, each after a norm (He et al. 2016, pre-activation), with dropout between.

    The first listens to places `dilation` apart (van den Oord et al. 2016).
    """

    def __init__(self, channels: int, dropout: float = 0.0, dilation: int = 1) -> None:
        super().__init__()
        self.dropout = ChannelDropout(dropout)
        self.norms = nn.ModuleList([ChannelNorm(channels), ChannelNorm(channels)])
        self.convolutions = nn.ModuleList(
            [TimeConvolution(channels, channels, 3, padding=apart, dilation=apart) for apart in (dilation, 1)]
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, T) -> the same shape."""
        inner: Tensor = self.convolutions[0](F.silu(self.norms[0](x)))
        inner = self.convolutions[1](self.dropout(F.silu(self.norms[1](inner))))
        return x + inner


def fold_steps(x: Tensor, steps: int) -> Tensor:
    """(B, C, T) -> (B, C * steps, T / steps): neighbouring steps become channels of one."""
    batch, channels, length = x.shape
    return x.view(batch, channels, length // steps, steps).transpose(2, 3).flatten(1, 2)


def unfold_steps(x: Tensor, steps: int) -> Tensor:
    """(B, C * steps, T / steps) -> (B, C, T), the inverse of `fold_steps`."""
    batch, channels, length = x.shape
    return x.view(batch, channels // steps, steps, length).transpose(2, 3).flatten(2, 3)


def one_hot(category: Tensor, categories: int) -> Tensor:
    """(B, rows, T) -> floats (B, rows, categories, T); F.one_hot makes integers, with the categories last."""
    return (category.unsqueeze(2) == torch.arange(categories)[:, None]).float()


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Draw all weights anew from `generator`, so that a seed decides them whatever else the process has drawn.

    Matrices and kernels are uniform with variance 1/3 of 1/fan-in (LeCun et al. 1998), the last kernel of each
    Residual is zero (so that it starts as the identity), tables are Gaussian, biases are zero and gains one.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.ConvTranspose1d | nn.Linear):
            fan_in = module.weight[0].numel() if not isinstance(module, nn.ConvTranspose1d) else module.weight.shape[0]
            nn.init.uniform_(module.weight, -(fan_in**-0.5), fan_in**-0.5, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, Residual):
            nn.init.zeros_(next(module.convolutions[-1].parameters()))
        if isinstance(module, nn.EmbeddingBag):
            nn.init.normal_(module.weight, std=0.2, generator=generator)


def drop_by(network: nn.Module, generator: torch.Generator) -> None:
    """Let all chance in the network's dropouts come from `generator`."""
    for module in network.modules():
        if isinstance(module, ChannelDropout):
            module.random = generator


def begin_from(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give a network the weights of a finished model; raises BadInput where they are another network's."""
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError:
        raise BadInput(
            "The model to start from has other networks than these settings and parts ask for; choose the settings it "
            "was trained with, or start from nothing."
        ) from None
