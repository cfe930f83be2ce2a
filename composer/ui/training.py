"""What the Train page knows: which run it shows, the loaded datasets, and how long things take, in words."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from composer.algorithms.registry import ALGORITHMS
from composer.data.dataset import Dataset
from composer.data.registry import find_source, sources
from composer.jobs.again import continue_to
from composer.jobs.local import stop
from composer.jobs.status import newest_active
from composer.training.run import Run, all_runs, runs_folder
from composer.ui import telling

RUN = "train.run"
ERROR = "train.error"
MORE = "more"
_MINUTE, _HOUR = 60, 3600


def begin() -> Run | None:
    """The run to show: the one in the address, else one that is training, else this session's, else the newest.

    Its name is put into the address, so that a reload or another tab finds it again. None where there is no run.
    """
    found = _wished() or newest_active() or _existing(st.session_state.get(RUN)) or next(iter(all_runs()), None)
    if found is not None:
        show(found)
    return found


def show(run: Run) -> None:
    """Make `run` the one that is shown, here and in the address."""
    st.session_state[RUN] = run.id
    st.query_params["run"] = run.id


def forget(run: Run) -> None:
    """Take a deleted run off the page and out of the address."""
    if st.session_state.get(RUN) == run.id:
        del st.session_state[RUN]
    st.query_params.pop("run", None)


def stop_run(run: Run) -> None:
    """Ask the training of `run` to stop (a button's callback); what goes wrong is told on the page."""
    attempt(stop, run)


def continue_run(run: Run, done: int) -> None:
    """Go on with `run`, which has `done` epochs, for as many as the box MORE holds by then (a button's callback)."""
    attempt(continue_to, run, done + int(st.session_state[MORE]))
    show(run)


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Do what a button stands for; where that can't be done the sentence that says why is told on the page."""
    telling.attempt(lambda: action(*arguments), ERROR)


def dataset_if_built(name: str) -> Dataset | None:
    """The dataset called `name`, kept for all sessions; None where it was never built on this machine."""
    path = find_source(name).path
    return _load(name, path.stat().st_mtime_ns) if path.exists() else None


def title_of(run: Run) -> str:
    """What a run is called: "U-Net GAN · Bach chorales · 1f3a", from its name alone, so from its first moment on."""
    algorithm = next((found for name, found in ALGORITHMS.items() if run.id.startswith(f"{name}-")), None)
    if algorithm is None:
        return run.id
    dataset = run.id.removeprefix(f"{algorithm.name}-").rpartition("-")[0]
    source = sources().get(dataset)
    return f"{algorithm.title} · {source.title if source else dataset} · {run.id[-4:]}"


def algorithm_title(name: str) -> str:
    """What the algorithm of this name is called; its name where this version of the program doesn't know it."""
    return ALGORITHMS[name].title if name in ALGORITHMS else name


def duration(seconds: float) -> str:
    """A length of time as people say it: "about 4 minutes", "less than a minute"."""
    if seconds < _MINUTE * 0.75:
        return "less than a minute"
    if seconds < _HOUR * 0.95:
        return f"about {_count(round(seconds / _MINUTE), 'minute')}"
    hours = round(seconds / _HOUR * 2) / 2
    return f"about {_count(int(hours) if hours.is_integer() else hours, 'hour')}"


def size(count: int) -> str:
    """A number of bytes as people say it: "12 MB"."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count //= 1000
    return f"{count:.0f} GB"


def _count(number: float, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _wished() -> Run | None:
    return _existing(st.query_params.get("run"))


def _existing(run_id: str | None) -> Run | None:
    """The run called `run_id`, also where its training has only just been started and wrote nothing yet."""
    folders = {folder.name: folder for folder in runs_folder().glob("*") if folder.is_dir()}
    return Run(folders[run_id]) if run_id in folders else None


@st.cache_resource(max_entries=3, show_spinner=False)
def _load(name: str, modified_ns: int) -> Dataset:
    return find_source(name).load()
