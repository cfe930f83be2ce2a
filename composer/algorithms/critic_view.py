"""What a critic thinks of a finished take: for each note, which pitch it would rather hear, and how much rather.

It is the very advice that the generator gets while it learns, the slope of the score (Goodfellow et al. 2014). For
whole notes it is close to the truth: on Bach's and on generated chorales it correlates by 0.95 with what the score
really gains when a note is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from composer.algorithms.base import Judge
from composer.algorithms.cells import CATEGORIES, LOWEST, common_key_shift, encode, lead_in
from composer.algorithms.critic import WINDOW, Critic
from composer.algorithms.unet import onehot
from composer.errors import BadInput
from composer.music.pianoroll import Music
from composer.music.voices import Voices

WISH = np.dtype([("part", "i4"), ("onset", "i4"), ("length", "i4"), ("pitch", "i4"), ("better", "i4"), ("gain", "f8")])
"""A note of a take (`onset` and `length` in its steps, MIDI `pitch`), the pitch the critic would like best in its
place, and what its score would gain by that; where it likes the note itself best the gain is 0."""
BEGINNINGS = 4
"""Where the critic's windows begin is a matter of chance, so it is asked from so many places, evenly apart."""

Network = TypeVar("Network", bound=nn.Module)


class ChoirCritic(Judge):
    """The critic of a U-Net GAN.

    It is asked for pitches within the `ranges` (V, 2) of the voices alone, since of others it has never heard any.
    """

    def __init__(self, critic: Critic, ranges: Tensor) -> None:
        self.critic, self.ranges = critic.eval().requires_grad_(False), ranges

    @classmethod
    def from_weights(cls, voices: int, critic: Mapping[str, Tensor], model: Mapping[str, Tensor]) -> ChoirCritic:
        """The critic with these weights and the `ranges` of its model; raises BadInput where they fit no such one."""
        network = with_weights(Critic(voices), critic)
        ranges = model.get("ranges", torch.empty(0))
        if ranges.shape != (voices, 2):
            raise foreign_critic()
        return cls(network, ranges)

    def wishes(self, take: Music) -> NDArray[np.void]:
        """See Judge.wishes."""
        assert isinstance(take, Voices)
        shift = common_key_shift(take)
        cells = encode([take.transposed(shift)])
        slope = slopes(self.critic, onehot(cells), cells.attack, cells.place, WINDOW)
        category = torch.arange(CATEGORIES)
        low, high = (self.ranges - LOWEST + 1 + shift).T[..., None]
        allowed = (category >= low) & (category <= high) & (category > 0)
        found = note_wishes(slope[0], cells.category[0], cells.attack[0], allowed)
        return moved(found, LOWEST - 1 - shift, -lead_in(take))


def slopes(critic: nn.Module, notes: Tensor, attack: Tensor, place: Tensor, window: int) -> Tensor:
    """How steeply the critic's score rises with each number of `notes` (B, R, P, T), in the same shape.

    attack (B, R, T) and place (B, PLACES, N) are what else it hears, T a multiple of N; it judges `window` places at
    once. The music may have any length: what is missing in a window is silence.
    """
    apart, places = notes.shape[-1] // place.shape[-1], place.shape[-1]
    total = torch.zeros_like(notes)
    for beginning in range(BEGINNINGS):
        before = window * beginning // BEGINNINGS
        around = before, -(before + places) % window
        margin = tuple(apart * side for side in around)
        heard = F.pad(notes, margin)
        heard[:, :, 0] += 1 - heard.sum(2)
        heard.requires_grad_()
        score = critic(heard, F.pad(attack.to(notes.dtype), margin), F.pad(place, around)).sum()
        total += torch.autograd.grad(score, heard)[0][..., margin[0] : margin[0] + notes.shape[-1]]
    return total / BEGINNINGS


def note_wishes(slope: Tensor, category: Tensor, attack: Tensor, allowed: Tensor) -> NDArray[np.void]:
    """A WISH for each note of the rows with `allowed` categories (R, P), its pitches being categories, its part a row.

    slope (R, P, T), category and attack (R, T). To first order, since a note moved moves all of its cells at once.
    """
    cells, struck, possible = category.numpy(), attack.numpy(), allowed.numpy()
    row, step = np.nonzero((cells > 0) & np.any(possible, axis=1, keepdims=True))
    kind = cells[row, step]
    moves = np.stack([np.diff(row, prepend=-1), np.diff(step, prepend=-2), np.diff(kind, prepend=0)])
    begins = np.any(moves != np.array([[0], [1], [0]]), axis=0)
    first = np.flatnonzero(begins | struck[row, step])
    found = np.zeros(len(first), WISH)
    if not len(first):
        return found
    gain = np.add.reduceat(slope.numpy()[row, :, step].astype(np.float64), first, axis=0)  # (notes, P)
    each, now = np.arange(len(first)), kind[first]
    gain -= gain[each, now][:, None]
    gain[~possible[row[first]]] = -np.inf
    gain[each, now] = 0.0
    found["part"], found["onset"], found["pitch"] = row[first], step[first], now
    found["length"] = np.diff(np.append(first, len(row)))
    found["better"], found["gain"] = gain.argmax(1), gain.max(1)
    return found


def moved(wishes: NDArray[np.void], semitones: int, steps: int) -> NDArray[np.void]:
    """Wishes with their pitches moved by `semitones` and their onsets by `steps`."""
    found = wishes.copy()
    found["pitch"] += semitones
    found["better"] += semitones
    found["onset"] += steps
    return found


def with_weights(network: Network, weights: Mapping[str, Tensor]) -> Network:
    """The network with these weights; raises BadInput where they are another's."""
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError:
        raise foreign_critic() from None
    return network


def foreign_critic() -> BadInput:
    """What is said of a critic that belongs to another model."""
    return BadInput("This critic belongs to another model than its config.json says; train the model again.")
