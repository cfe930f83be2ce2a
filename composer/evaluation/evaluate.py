"""How good a model's music is: the melodies of the test pieces arranged whole, and measured beside the real thing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from composer.algorithms.base import Model
from composer.data.dataset import Dataset
from composer.evaluation.classifier import real_or_generated
from composer.evaluation.intervals import Figure, mean_figure, ratio_figure
from composer.music.measures import MEASURES, WINDOW, measure
from composer.music.pianoroll import Music, pitched_lines
from composer.music.similarity import similarity_index
from composer.music.voices import Voices
from composer.settings import Settings

Figures = dict[str, Figure]
Say = Callable[[str], None]

TITLES = {
    **{name: about.title for name, about in MEASURES.items()},
    "similarity": "Similarity index",
    "auc": "Real or generated (AUC)",
    "diversity_seed": "Cells that differ, whole seed changed",
    "diversity_noise": "Cells that differ, noise vector changed",
    "nll": "NLL at random orders (nats a pitch cell)",
}
"""What each figure is called; `onsets_<part>` are attacks in a window of 32 steps."""


@dataclass(frozen=True)
class Evaluation:
    """Figures by name: of the real pieces, and of the generated ones under each choice of settings."""

    pieces: int
    seed: int
    real: Figures
    generated: dict[str, Figures]

    def rows(self) -> list[tuple[str, ...]]:
        """A table's rows: the figure's title, real, then one column a choice of settings; "" where there is none."""
        columns = [self.real, *self.generated.values()]
        names = dict.fromkeys(name for column in columns for name in column)
        return [(title(name), *(str(column.get(name, "")) for column in columns)) for name in names]


def title(name: str) -> str:
    """What a figure is called in a table."""
    return f"Onsets, {name.removeprefix('onsets_')}" if name.startswith("onsets_") else TITLES.get(name, name)


def variants(settings: Settings) -> dict[str, Settings]:
    """`settings` as they are, and with parts of what makes the music good left out, where there are such fields.

    "plain" is one pass, one rehearsal, and no repair: the textbook's way.
    """
    known = settings.as_dict()
    changes: dict[str, dict[str, Any]] = {
        "default": {},
        "one rehearsal": {"rehearsals": 1},
        "repair off": {"repair": False},
        "surprise me": {"follow": False},
    }
    possible = {name: change for name, change in changes.items() if change.keys() <= known.keys()}
    if "passes" in known:
        plain = {"passes": 1, "rehearsals": 1, "repair": False}
        possible["plain"] = {name: value for name, value in plain.items() if name in known}
    return {name: type(settings).from_dict(known | change) for name, change in possible.items()}


def evaluate(
    model: Model, dataset: Dataset, choices: Mapping[str, Settings], seed: int = 0, say: Say = lambda words: None
) -> Evaluation:
    """Measure one take of every test piece's melody under each of `choices`; the same seed gives the same figures.

    The first choice is also asked for its diversity, and the model for its NLL, if it has `nll(pieces, seed)`. `say`
    hears what is being done. Intervals are over pieces.
    """
    real = dataset.split("test")
    floor = similarity_index(_spread(dataset.split("train"), len(real)), real)
    columns: dict[str, Figures] = {}
    for name, settings in choices.items():
        say(f"{name}: arranging {len(real)} melodies")
        takes = as_voices(arrange(model, real, settings, seed), dataset.part_names)
        say(f"{name}: measuring")
        columns[name] = quality(takes, dataset.voice_names)
        columns[name]["similarity"] = Figure(similarity_index(takes, real))
        columns[name]["auc"] = real_or_generated(takes, real, seed)
    first = next(iter(choices))
    say("comparing takes")
    columns[first] |= diversity(model, real, dataset.part_names, choices[first], seed)
    if hasattr(model, "nll"):
        columns[first]["nll"] = Figure(float(model.nll(real, seed)))
    return Evaluation(len(real), seed, quality(real, dataset.voice_names) | {"similarity": Figure(floor)}, columns)


def arrange(
    model: Model, pieces: Sequence[Voices], settings: Settings, seed: int, noise_seed: int | None = None
) -> list[Music]:
    """One take of each piece's first voice; the k-th piece from the k-th seed from `seed` on."""
    single = type(settings).from_dict(settings.as_dict() | {"takes": 1})
    takes: list[Music] = []
    for number, piece in enumerate(pieces):
        noise = {} if noise_seed is None else {"noise_seed": noise_seed + number}
        takes += model.generate(piece.select([0]), single, seed + number, **noise)
    return takes


def quality(pieces: Sequence[Voices], part_names: Sequence[str]) -> Figures:
    """Every measure's mean over pieces and `onsets_<part>` over all steps, with intervals over pieces."""
    rows = [measure(piece) for piece in pieces]
    figures = {name: mean_figure([row[name] for row in rows]) for name in MEASURES}
    windows = [piece.steps / WINDOW for piece in pieces]
    attacks = np.array([piece.attack.sum(axis=1) for piece in pieces])
    lower = enumerate(part_names[1:], start=1)
    return figures | {f"onsets_{part}": ratio_figure(attacks[:, voice].tolist(), windows) for voice, part in lower}


def diversity(model: Model, pieces: Sequence[Voices], names: Sequence[str], settings: Settings, seed: int) -> Figures:
    """Share of the added voices' cells whose pitch differs between two takes of each piece.

    `diversity_seed` with the whole seed changed; `diversity_noise` with the noise vector alone changed, for models
    whose `generate` takes a `noise_seed`.
    """
    other = seed + len(pieces)
    before = as_voices(arrange(model, pieces, settings, seed), names)
    found = {"diversity_seed": _difference(before, as_voices(arrange(model, pieces, settings, other), names))}
    if "noise_seed" in inspect.signature(model.generate).parameters:
        same, changed = (
            as_voices(arrange(model, pieces, settings, seed, noise_seed), names) for noise_seed in (seed, other)
        )
        found["diversity_noise"] = _difference(same, changed)
    return found


def as_voices(takes: Sequence[Music], names: Sequence[str]) -> list[Voices]:
    """Takes as measures see them: of rolls with tracks of these `names`, the top line of each but the drums."""
    return [pitched_lines(take, names) for take in takes]


def _difference(before: Sequence[Voices], after: Sequence[Voices]) -> Figure:
    pairs = list(zip(before, after, strict=True))
    differ = [int((one.pitch[1:] != other.pitch[1:]).sum()) for one, other in pairs]
    return ratio_figure(differ, [one.pitch[1:].size for one, _ in pairs])


def _spread(pieces: Sequence[Voices], count: int) -> list[Voices]:
    """`count` of the pieces, spread evenly over them; all where there are no more."""
    return [pieces[k] for k in np.linspace(0, len(pieces) - 1, min(count, len(pieces))).round().astype(int)]
