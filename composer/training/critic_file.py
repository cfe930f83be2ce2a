"""The critic of a model: in a file of its own beside the model, or, for a run, in its checkpoint."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from composer.algorithms.base import Judge
from composer.algorithms.models import WEIGHTS, read_info
from composer.algorithms.registry import find_algorithm
from composer.errors import BadInput
from composer.paths import write_atomically
from composer.training.run import CHECKPOINT

CRITIC = "critic.safetensors"
_PREFIX = "critic."


def critic_weights(folder: Path) -> dict[str, Tensor] | None:
    """The weights of the critic of the model or run in `folder`; None where it came without one.

    A critic that never learned (an update ratio of 0) counts as none. Raises BadInput where its file is damaged.
    """
    if read_info(folder).settings.get("update_ratio") == 0:
        return None
    try:
        if (folder / CRITIC).exists():
            return load_file(folder / CRITIC)
        if not (folder / CHECKPOINT).exists():
            return None
        with safe_open(folder / CHECKPOINT, framework="pt") as file:
            names = [name for name in file.keys() if name.startswith(_PREFIX)]  # noqa: SIM118
            return {name.removeprefix(_PREFIX): file.get_tensor(name) for name in names} or None
    except (OSError, SafetensorError, ValueError):
        raise BadInput(f"The critic of “{folder.name}” is damaged; train the model again.") from None


def load_judge(folder: Path) -> Judge | None:
    """The critic of the model or run in `folder`, ready to judge; None where it came without one.

    Raises BadInput where it is damaged or belongs to another model.
    """
    weights = critic_weights(folder)
    if weights is None:
        return None
    info = read_info(folder)
    try:
        model = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError, ValueError):
        raise BadInput(f"The file {WEIGHTS} of “{folder.name}” is missing or damaged; choose another model.") from None
    return find_algorithm(info.algorithm).judge(info, weights, model)


def copy_critic(source: Path, target: Path) -> None:
    """Write the critic of the model or run in `source`, if it has one, as a file into the folder `target`."""
    weights = critic_weights(source)
    if weights is not None:
        write_atomically(target / CRITIC, save(weights))
