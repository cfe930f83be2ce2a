"""When a training has learned what it can: a rule over the similarity index, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from composer.training.run import Run

PATIENCE = 30
"""The fewest epochs without progress after which a training has converged ..."""
PATIENT_SHARE = 0.5
"""... or this share of all its epochs, where that is more: a long training learns slowly and is given more time."""
SMOOTHED = 3
"""The index goes up and down by some 3 % from epoch to epoch: it is averaged over the patience divided by this."""
PROGRESS = 0.005
"""A best value that is lower by less than this share of it is no progress."""


def converged(similarity: Sequence[float]) -> str | None:
    """Why a training with this similarity index after each of its epochs may stop, in a sentence; None to go on.

    It may where the averaged index has made no progress for as long as the patience lasts: its lowest value in that
    time is not lower, by PROGRESS of it, than its lowest value before.
    """
    patience = max(PATIENCE, round(PATIENT_SHARE * len(similarity)))
    width = patience // SMOOTHED
    if len(similarity) < patience + width:
        return None
    smooth = sliding_window_view(np.asarray(similarity, float), width).mean(axis=1)
    within = patience - width + 1
    before, lately = smooth[:-within].min(), smooth[-within:].min()
    if lately < before * (1 - PROGRESS):
        return None
    return f"For {patience} epochs the similarity index has not fallen below {before:.3f} any more."


def stop_words(run: Run) -> str:
    """Why `run` ended before its epochs were done, in two sentences; "" where it did not, or has gone on since."""
    stopped, rows = run.converged, run.metrics()
    if stopped is None or not rows or rows[-1]["epoch"] != stopped["epoch"]:
        return ""
    return f"It has learned what it can and stopped by itself after {stopped['epoch']} epochs. {stopped['why']}"
