"""1 Choose: the music to learn from, the algorithm, its settings, and the button that starts a training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from composer.algorithms.base import Algorithm
from composer.algorithms.models import WEIGHTS
from composer.algorithms.registry import find_algorithm, learners
from composer.data.dataset import Source
from composer.data.registry import find_source, sources
from composer.errors import BadInput
from composer.jobs.estimate import ask_seconds, known_seconds
from composer.jobs.order import Order, order_for
from composer.jobs.process import is_alive
from composer.jobs.queue import submit
from composer.jobs.status import newest_active
from composer.settings import Settings
from composer.ui.engine import model_choices
from composer.ui.forms import settings_form
from composer.ui.house import reads_only, why_disabled
from composer.ui.training import dataset_if_built, duration, show

DATASET, ALGORITHM, START, SEED = "train.dataset", "train.algorithm", "train.start", "train.seed"
END = "train.end"
_LARGEST_SEED = 99_999


@dataclass(frozen=True)
class Choice:
    """What the card says now: all that a training needs."""

    source: Source
    algorithm: Algorithm
    settings: Settings
    start_from: Path | None

    def order(self) -> Order:
        """The training that is asked for; loads the dataset. Raises BadInput for a model that is gone."""
        seed, end = int(st.session_state[SEED]), bool(st.session_state[END])
        return order_for(self.algorithm.name, self.source.name, self.settings, seed, self.start_from, end)


def choice_card() -> Choice:
    """Draw the card; pressing Train builds the dataset where needed, starts the training and shows it."""
    with st.container(border=True, key="card_choose"):
        st.header("1 · Choose", anchor=False)
        source, algorithm = _pick_source(), _pick_algorithm()
        settings = settings_form(algorithm.TrainSettings, f"train.{algorithm.name}")
        choice = Choice(source, algorithm, settings, _pick_start(algorithm))
        _pick_end()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _pick_seed()
            pressed = _train_button()
        _draw_estimate(source, algorithm, settings)
        if pressed:
            _begin_training(choice)
    return choice


def _pick_source() -> Source:
    offered = sources()
    if st.session_state.get(DATASET) not in offered:  # it was deleted meanwhile
        st.session_state.pop(DATASET, None)
    name = st.selectbox(
        "Music to learn from",
        list(offered),
        key=DATASET,
        format_func=lambda name: offered[name].title,
        help="The dataset: pieces that the model tries to sound like.",
        persist_state="session",
    )
    source = find_source(name)
    st.caption(source.summary, help=f"Whose music is it? {source.terms}")
    return source


def _pick_algorithm() -> Algorithm:
    name = st.selectbox(
        "Algorithm",
        list(learners()),
        key=ALGORITHM,
        format_func=lambda name: find_algorithm(name).title,
        help="How the model learns and how it makes music.",
        persist_state="session",
    )
    algorithm = find_algorithm(name)
    st.caption(algorithm.summary)
    return algorithm


def _pick_start(algorithm: Algorithm) -> Path | None:
    """The weights to begin from, of a model of the same algorithm; None to begin from nothing."""
    models = {choice.id: choice for choice in model_choices() if choice.algorithm == algorithm.name}
    key = f"{START}.{algorithm.name}"
    if st.session_state.get(key) not in models:  # it was deleted, or has learned more, meanwhile
        st.session_state.pop(key, None)
    chosen = st.selectbox(
        "Begin from",
        [None, *models],
        key=key,
        format_func=lambda name: models[name].title if name else "Nothing",
        help="Nothing: it learns everything anew. A model: it goes on from there, which is quicker and needs less "
        "music (fine-tuning). The settings that shape the network must be that model's.",
        persist_state="session",
    )
    return models[chosen].folder / WEIGHTS if chosen else None


def _pick_end() -> None:
    st.checkbox(
        "Stop by itself when it has converged",
        value=True,
        key=END,
        help="It ends before all epochs are done where the similarity index has made no progress for a long time: 30 "
        "epochs, or half of all its epochs where that is more. “Continue” goes on nevertheless.",
        persist_state="session",
    )


def _pick_seed() -> None:
    st.number_input(
        "Seed",
        0,
        _LARGEST_SEED,
        step=1,
        key=SEED,
        help="Where chance begins: the same music, settings and seed give the same model again.",
        persist_state="session",
    )


def _train_button() -> bool:
    busy = newest_active() is not None
    label, icon = ("Add to the queue", "playlist_add") if busy else ("Train", "model_training")
    return st.button(
        label,
        type="primary",
        icon=f":material/{icon}:",
        width="stretch",
        key="train",
        disabled=reads_only(),
        help=why_disabled("It starts by itself when the training under way has ended." if busy else None),
    )


def _draw_estimate(source: Source, algorithm: Algorithm, settings: Settings) -> None:
    """How long the training will take; while that is being measured, the words come by themselves when it is known."""
    dataset = dataset_if_built(source.name)
    if dataset is None:
        st.caption(":material/schedule: The first training prepares the music, which takes about half a minute.")
        return
    find = known_seconds if newest_active() else ask_seconds  # beside a training, measuring would mislead
    seconds = find(algorithm, dataset, settings)
    if seconds is not None or find is known_seconds:
        st.caption(estimate_words(seconds, int(settings.as_dict()["epochs"])))
        return

    @st.fragment(run_every=1.0)
    def _wait() -> None:
        if ask_seconds(algorithm, dataset, settings) is not None:
            st.rerun()
        st.caption(":material/schedule: Measuring how fast this computer learns …")

    _wait()


def estimate_words(seconds: float | None, epochs: int) -> str:
    """What the page says of a training of `epochs` epochs of so many seconds each; "" for None and NaN: not known."""
    if seconds is None or math.isnan(seconds):
        return ""
    plural = "s" * (epochs != 1)
    words = f"{duration(seconds * epochs)} for {epochs} epoch{plural} on this computer"
    return f":material/schedule: {words[0].upper()}{words[1:]}."


def build_if_needed(source: Source) -> None:
    """Build the dataset with a progress bar where that was never done here; raises BadInput where it can't be."""
    if dataset_if_built(source.name) is not None:
        return
    bar = st.progress(0.0, "Preparing the music")

    def _progress(share: float, words: str) -> None:
        bar.progress(share, words)

    source.load(_progress)


def _begin_training(choice: Choice) -> None:
    try:
        build_if_needed(choice.source)
        order = choice.order()
        submit(order)
        if is_alive(order.run):
            show(order.run)
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()
