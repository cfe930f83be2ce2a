"""What lives as long as the server: the synthesiser and the loaded models. torch is imported here late, on purpose.

A first page shows music before torch is there, so nothing that imports torch is imported at the top of this module.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from composer.errors import BadInput
from composer.music.remembering import LimitedCache, RememberingSynthesiser
from composer.music.synthesis import Synthesiser, open_synthesiser
from composer.music.voices import Voices
from composer.ui.player import PlayerData

if TYPE_CHECKING:
    from composer.algorithms.base import Algorithm, Model

PLAYERS_BYTES = 64 * 2**20


@dataclass(frozen=True)
class ModelChoice:
    """A model the studio can use. `id` stands for its weights' content, `name` is its folder's name."""

    id: str
    name: str
    title: str
    algorithm: str
    parts: tuple[str, ...]
    folder: Path

    def about(self) -> dict[str, Any]:
        """What a result remembers of the model it came from."""
        return {"model": self.title, "model_name": self.name, "algorithm": self.algorithm, "parts": list(self.parts)}


@st.cache_resource(show_spinner=False)
def synthesiser() -> Synthesiser:
    """The server's one synthesiser, which keeps the stems it played last."""
    return RememberingSynthesiser(open_synthesiser())


@st.cache_resource(show_spinner=False)
def players() -> LimitedCache[PlayerData]:
    """What players were sent last, by the content of what they show."""
    return LimitedCache(PLAYERS_BYTES, lambda data: data.size)


@st.cache_resource(show_spinner=False)
def epoch_rolls() -> LimitedCache[bytes]:
    """What “Hear it learn” was sent last, by the run, its epochs and the sound that was wished for."""
    return LimitedCache(PLAYERS_BYTES, len)


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Start loading torch and the first model in the background, once a server; the thread that does it."""
    thread = threading.Thread(target=_load_first, name="warm-up", daemon=True)
    thread.start()
    return thread


def model_choices() -> list[ModelChoice]:
    """Shipped models, those a person brought, then trainings with a model, newest first; unreadable ones left out."""
    from composer.algorithms.models import imported_models, shipped_models
    from composer.training.run import all_runs

    brought = imported_models().values()
    folders = [*shipped_models().values(), *brought, *(run.folder for run in all_runs() if run.has_model())]
    return [choice for folder in folders if (choice := model_choice(folder)) is not None]


def model_choice(folder: Path) -> ModelChoice | None:
    """The model in `folder`; None where there is none that can be read."""
    from composer.algorithms.models import WEIGHTS, read_info

    try:
        info = read_info(folder)
        weights = folder / WEIGHTS
        digest = _digest(str(weights), weights.stat().st_mtime_ns)
        title = f"{_whose_words(folder)}{_dataset_title(info.dataset)} · {_algorithm_title(info.algorithm)}"
        return ModelChoice(f"{folder.name}-{digest}", folder.name, title, info.algorithm, info.part_names, folder)
    except (BadInput, OSError):
        return None


def algorithm_of(choice: ModelChoice) -> Algorithm:
    """The algorithm a model belongs to; raises BadInput where there is none of that name."""
    from composer.algorithms.registry import find_algorithm

    return find_algorithm(choice.algorithm)


def model_of(choice: ModelChoice) -> Model:
    """The loaded model, shared by all sessions; raises BadInput where it can't be loaded."""
    return _load(choice.id, str(choice.folder))


def _load_first() -> None:
    """What a person may ask for next: the list of models, for which all runs are read, and the first of them."""
    choices = model_choices()
    if choices:
        generate_settings = algorithm_of(choices[0]).GenerateSettings()
        beat = Voices(np.full((1, 16), 72, np.int16), np.zeros((1, 16), bool))
        model_of(choices[0]).generate(beat, generate_settings, 0)


@st.cache_resource(max_entries=3, show_spinner=False)
def _load(model_id: str, folder: str) -> Model:
    from composer.algorithms.models import load_model

    return load_model(Path(folder))


@st.cache_resource(max_entries=1024, show_spinner=False)
def _digest(path: str, modified_ns: int) -> str:
    """12 hex digits of the content of a file that was last modified then."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _dataset_title(name: str) -> str:
    from composer.data.registry import sources

    source = sources().get(name)
    return source.title if source else name


def _algorithm_title(name: str) -> str:
    from composer.algorithms.registry import find_algorithm

    return find_algorithm(name).title


def _whose_words(folder: Path) -> str:
    """Says of a model that a person brought its name, and of a training its name and how far it is."""
    from composer.algorithms.models import imported_folder
    from composer.training.record import read_record
    from composer.training.run import Run, runs_folder

    if folder.parent == imported_folder():
        return f"Brought: {folder.name} · "
    if folder.parent != runs_folder():
        return ""
    record = read_record(Run(folder))
    name = f"“{record.labels.name}”" if record.labels.name else f"Yours {folder.name[-4:]}"
    return f"{name} ({record.epoch} epoch{'s' * (record.epoch != 1)}) · "
