"""CARD.md of a model: what it learned from, how, and how well, in words that travel with it."""

from __future__ import annotations

from pathlib import Path

from composer.algorithms.models import CARD, read_info
from composer.algorithms.registry import find_algorithm
from composer.data.registry import sources
from composer.training.run import Run

_FIGURES = {
    "similarity": "similarity index to held-out music (0 is the same)",
    "chord_rate": "chord rate",
    "generator": "generator loss",
    "critic": "critic loss",
}


def model_card(folder: Path, name: str = "") -> str:
    """The card that lies in `folder`, else one made from its config and, for a run, its last figures.

    `name` is what the model is called, its folder's name where nothing is given. Raises BadInput where config.json is
    missing or damaged.
    """
    if (folder / CARD).is_file():
        return (folder / CARD).read_text(encoding="utf-8", errors="replace")
    info = read_info(folder)
    algorithm = find_algorithm(info.algorithm)
    source = sources().get(info.dataset)
    labels = {about.name: about.label for about in algorithm.TrainSettings.fields()}
    settings = [f"{labels.get(key, key)} {value}" for key, value in info.settings.items()]
    rows = Run(folder).metrics()
    figures = [f"{words} {rows[-1][key]:.3f}" for key, words in _FIGURES.items() if rows and key in rows[-1]]
    lines = [
        f"# {name or folder.name}",
        "",
        f"{algorithm.title}: {algorithm.summary}",
        "",
        f"- **Learned from**: {source.title if source else info.dataset} (content {info.fingerprint}).",
        f"- **Terms of the data**: {source.terms if source else 'not known here; ask whoever made this model.'}",
        f"- **Parts**: {', '.join(info.part_names)}.",
        f"- **Settings**: {'; '.join(settings) or 'none'}; seed {info.seed}.",
        f"- **Trained for**: {rows[-1]['epoch']} epochs." if rows else "- **Trained for**: not noted here.",
        f"- **Figures after the last epoch**: {'; '.join(figures) or 'not noted here'}.",
    ]
    return "\n".join(lines) + "\n"
