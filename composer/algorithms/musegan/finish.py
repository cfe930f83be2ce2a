"""What a MuseGAN is given once its network has learned: how much noise suits it, how often it repeats, a listener."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from composer.algorithms.musegan.beside import part, without
from composer.algorithms.musegan.lines import Lines
from composer.algorithms.musegan.listener import Listener
from composer.errors import BadInput

NOISE_SCALE, REPEATS, LISTENER = "noise_scale", "repeats", "listener."
"""The names of the two tensors among a model's weights, and what those of its listener begin with."""
MOST_NOISE = 10.0


@dataclass(frozen=True)
class Finish:
    """How a network is played, found by composer.evaluation.calibration.

    `noise_scale` is what a creativity of 1 means. Passes by confidence repeat notes as most of the music does, and so
    too seldom or too often: `repeats`, (M,) or () for all tracks, are added to the log odds with which a note that goes
    on is struck again. `listener` hears the rehearsals; without one there is only one.
    """

    noise_scale: float = 1.0
    repeats: Tensor = field(default_factory=lambda: torch.zeros(()))
    listener: Listener | None = None

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor], lines: Lines) -> Finish:
        """The finish among a model's weights; what is missing is as if it were never finished.

        Raises BadInput where it fits no band of these `lines`.
        """
        scale = weights.get(NOISE_SCALE, torch.ones(()))
        repeats = weights.get(REPEATS, torch.zeros(()))
        heard = part(weights, LISTENER)
        right = scale.shape == () and 0 <= scale <= MOST_NOISE
        apt = repeats.shape in ((), (lines.tracks,)) and repeats.isfinite().all()
        if not right or not apt or {value.dtype for value in (scale, repeats, *heard.values())} != {torch.float32}:
            raise _foreign()
        if not heard:
            return cls(float(scale), repeats)
        with torch.device("meta"):
            listener = Listener(lines)
        try:
            listener.load_state_dict(heard, assign=True)
        except RuntimeError:
            raise _foreign() from None
        return cls(float(scale), repeats, listener.eval().requires_grad_(False))

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, as `from_weights` reads it."""
        heard = {} if self.listener is None else self.listener.state_dict()
        named = {LISTENER + name: value for name, value in heard.items()}
        own = {NOISE_SCALE: torch.tensor(self.noise_scale), REPEATS: self.repeats}
        return own | named


def without_finish(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's weights as its training left them."""
    return without(weights, NOISE_SCALE, REPEATS, LISTENER)


def _foreign() -> BadInput:
    return BadInput("This model file holds a finish that does not fit its band; choose another model.")
