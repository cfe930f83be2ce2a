"""Models whose takes each begin from a seed and a noise of their own, and what follows from that for all of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from torch import Tensor

from composer.algorithms.base import Model
from composer.algorithms.gaussian import blend
from composer.errors import BadInput
from composer.music.pianoroll import Music, Pianoroll
from composer.music.region import Region
from composer.music.voices import Voices
from composer.settings import Settings

Take = TypeVar("Take", Voices, Pianoroll)
NOISE = 2
"""The stream of `mix` that a take's noise comes from."""
REWRITING = 3
"""The stream of `mix` that a rewriting's choices come from, so that they are never those of a take of that seed."""


class NoisyModel(Model, Generic[Take]):
    """A model that writes takes from seeds and noises; so the noises of two takes can be blended.

    All it can do is to write a region of a take anew: arranging is that, too, for a take that holds only the melody.
    """

    def generate(self, melody: Voices, settings: Settings, seed: int, noise_seed: int | None = None) -> list[Take]:
        """Takes of `melody` (1, steps), as many as the settings' `takes`; see Model.generate.

        With `noise_seed` the noise vectors come from that seed, while all other choices still come from `seed`.
        """
        return self.arrange([melody] * int(settings.as_dict()["takes"]), settings, seed, noise_seed)

    def arrange(
        self, melodies: Sequence[Voices], settings: Settings, seed: int, noise_seed: int | None = None
    ) -> list[Take]:
        """One take for each of `melodies` (1, steps), all at once; the k-th take uses the k-th seeds from `seed` on."""
        seeds = [mix(seed, take) for take in range(len(melodies))]
        noise_seeds = seeds if noise_seed is None else [mix(noise_seed, take) for take in range(len(melodies))]
        return self._arrange(melodies, settings, seeds, lambda extent: self._noise(noise_seeds, extent))

    def blend(self, melody: Voices, settings: Settings, seed: int, takes: tuple[int, int], weight: float) -> Take:
        """The first of two `takes` (numbers from 0) of `generate` with a mix of both takes' noise in place of its own.

        Of the mix, `weight` (0 to 1) is the second's, and it is as large as any noise (see gaussian.blend): where there
        are several kinds of noise, each is blended with its own kind. All other choices stay those of the first take,
        which therefore comes back, note for note, at a weight of 0.
        """
        seeds = [mix(seed, take) for take in takes]
        return self._arrange([melody], settings, seeds[:1], lambda extent: blend(self._noise(seeds, extent), weight))[0]

    def rewrite(self, take: Music, where: Region, settings: Settings, seed: int, noise_seed: int | None = None) -> Take:
        """See Model.rewrite; with `noise_seed` the noise is that of the first take of `generate` with it."""
        own = self._own(take)
        seeds = [mix(mix(seed, 0), REWRITING)]
        noise_seeds = seeds if noise_seed is None else [mix(noise_seed, 0)]
        region = where.within(own, len(_locked(settings)))
        return self._write([own], [region], settings, seeds, lambda extent: self._noise(noise_seeds, extent))[0]

    def _arrange(
        self, melodies: Sequence[Voices], settings: Settings, seeds: Sequence[int], noise_for: Callable[[int], Tensor]
    ) -> list[Take]:
        takes = [self._alone(melody) for melody in melodies]
        regions = [Region.all_but(_locked(settings), take) for take in takes]
        return self._write(takes, regions, settings, seeds, noise_for)

    @abstractmethod
    def _own(self, take: Music) -> Take:
        """The take itself; raises BadInput where it isn't of the kind and the parts that this model writes."""

    @abstractmethod
    def _alone(self, melody: Voices) -> Take:
        """The melody (1, steps) as the first part of a take whose other parts are silent."""

    @abstractmethod
    def _write(
        self,
        takes: Sequence[Take],
        regions: Sequence[Region],
        settings: Settings,
        seeds: Sequence[int],
        noise_for: Callable[[int], Tensor],
    ) -> list[Take]:
        """The takes with each its region written anew, by choices from its seed; all else stays note for note.

        `noise_for` gives the noise of an extent. Raises BadInput where nothing can be written.
        """

    @abstractmethod
    def _noise(self, seeds: Sequence[int], extent: int) -> Tensor:
        """Gaussian noise (B, ...), each row from its own seed, for music of this extent, in steps or in bars."""


def check_free(free: Tensor) -> None:
    """Raise BadInput where no cell is `free` to be written."""
    if not free.any():
        raise BadInput("All notes here began before the region and are held through it; begin it where they begin.")


def mix(seed: int, stream: int) -> int:
    """A seed of its own for each `stream` of one request (the multiplier is a large prime; seeds are 63 bits)."""
    return (seed * 6364136223846793005 + (stream + 1) * 1442695040888963407) % (1 << 63)


def _locked(settings: Settings) -> range:
    """The parts that are the person's own: the melody, unless the settings say that it is made up, too."""
    return range(int(settings.as_dict().get("follow", True)))
