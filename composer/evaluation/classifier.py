"""Real or generated: how well a small classifier tells them apart on pieces it has not learned from.

The classifier is a logistic regression with an L2 penalty. It looks at one window of two bars at a time: the measures,
and the histograms that the similarity index is made of, as shares. The melody's own histograms are left out, since
real and generated windows have the same melody. An AUC of 0.5 means that the two can't be told apart, 1 that they
always can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.data.windows import tile
from composer.evaluation.intervals import Figure, resample
from composer.music.measures import WINDOW, measure, onsets
from composer.music.similarity import horizontal, vertical
from composer.music.voices import Voices

Floats = NDArray[np.float64]
FOLDS = 5
PENALTIES = (0.01, 0.03, 0.1, 0.3)
"""Strengths of the L2 penalty; the one is taken that does best on pieces held out of the training folds."""
_RARE = 8
"""A feature that differs from 0 in fewer training windows than this is left out."""
_STEPS = 150
_RESTARTS = 2
"""Ways of dealing the pieces into folds, over which each window's scores are averaged."""


@dataclass(frozen=True)
class _Windows:
    """Features (windows, features), whether each window is generated, and the number of its piece, both (windows,)."""

    features: Floats
    generated: NDArray[np.bool_]
    piece: NDArray[np.int64]

    def of(self, pieces: Sequence[int] | NDArray[np.int64]) -> _Windows:
        """The windows of some of the pieces."""
        chosen = np.isin(self.piece, pieces)
        return _Windows(self.features[chosen], self.generated[chosen], self.piece[chosen])


def real_or_generated(generated: Sequence[Voices], real: Sequence[Voices], seed: int = 0) -> Figure:
    """The AUC of telling windows of `generated` from windows of `real`; see `told_apart`."""
    return told_apart([_describe(piece) for piece in generated], [_describe(piece) for piece in real], seed)


def told_apart(generated: Sequence[Floats], real: Sequence[Floats], seed: int = 0) -> Figure:
    """The AUC of telling generated windows from real ones, with its 95 % interval over pieces.

    Each piece is an array (windows, features). The k-th generated piece belongs to the k-th real one (its melody): both
    are always in the same fold. Every window is judged by classifiers that saw neither. Raises ValueError where the two
    differ in number or are fewer than FOLDS.
    """
    if len(generated) != len(real) or len(real) < FOLDS:
        raise ValueError(f"{len(generated)} generated and {len(real)} real pieces: need as many, {FOLDS} at least")
    windows = _gather(generated, real)
    scores = np.mean([_judge(windows, len(real), seed + k) for k in range(_RESTARTS)], axis=0)
    value = auc(scores[windows.generated], scores[~windows.generated])
    low, high = _interval(windows, scores, len(real), seed)
    return Figure(value, low, high)


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that a score of `positive` (n,) is above one of `negative` (m,), ties counting half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / (2 * len(ordered)))


def features(window: Voices) -> Floats:
    """What the classifier sees of one window: measures, attacks, and histograms as shares; one row, NaN as 0."""
    lines = [histogram for voice in range(1, len(window.pitch)) for histogram in horizontal(window, voice).values()]
    shares = [histogram / max(histogram.sum(), 1) for histogram in (*lines, *vertical(window).values())]
    return np.asarray(np.nan_to_num(np.concatenate([list(measure(window).values()), onsets(window)[1:], *shares])))


def _describe(piece: Voices) -> Floats:
    """Features of all whole windows of a piece, (windows, features)."""
    windows = tile([piece], WINDOW, [piece.pickup_steps])
    return np.array([features(window) for window in windows if window.steps == WINDOW] or [features(windows[0])])


def _gather(generated: Sequence[Floats], real: Sequence[Floats]) -> _Windows:
    pieces = [*generated, *real]
    sizes = [len(piece) for piece in pieces]
    numbers = [*range(len(generated)), *range(len(real))]
    labels = np.arange(len(pieces)) < len(generated)
    return _Windows(np.concatenate(pieces), np.repeat(labels, sizes), np.repeat(numbers, sizes))


def _judge(windows: _Windows, pieces: int, seed: int) -> Floats:
    """Log odds of being generated for each window, (windows,), from classifiers that never saw its piece."""
    folds = np.array_split(np.random.default_rng(seed).permutation(pieces), FOLDS)
    scores = np.empty(len(windows.piece))
    for number, fold in enumerate(folds):
        rest = np.concatenate(folds[:number] + folds[number + 1 :])
        held_out = rest[: max(len(rest) // FOLDS, 1)]
        penalty = _best_penalty(windows.of(rest[len(held_out) :]), windows.of(held_out))
        classifier = _Classifier.fit(windows.of(rest), penalty)
        judged = np.isin(windows.piece, fold)
        scores[judged] = classifier.scores(windows.features[judged])
    return scores


def _best_penalty(train: _Windows, held_out: _Windows) -> float:
    def _quality(penalty: float) -> float:
        scores = _Classifier.fit(train, penalty).scores(held_out.features)
        return auc(scores[held_out.generated], scores[~held_out.generated])

    return max(PENALTIES, key=_quality)


@dataclass(frozen=True)
class _Classifier:
    """A logistic regression on standardised features."""

    columns: NDArray[np.int64]
    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    @classmethod
    def fit(cls, windows: _Windows, penalty: float) -> _Classifier:
        """The one that minimises mean cross-entropy + penalty * sum of squared weights / 2.

        Steps are Newton's with the greatest curvature that the loss can have in place of the real one, so that each
        step lowers it (Böhning and Lindsay 1988).
        """
        columns = np.flatnonzero((windows.features != 0).sum(axis=0) >= _RARE)
        mean, scale = windows.features[:, columns].mean(axis=0), windows.features[:, columns].std(axis=0) + 1e-6
        x = np.column_stack([(windows.features[:, columns] - mean) / scale, np.ones(len(windows.piece))])
        ridge = np.append(np.full(len(columns), penalty), 1e-9)  # none on the bias
        inverse = np.linalg.inv(x.T @ x / (4 * len(x)) + np.diag(ridge))
        weights = np.zeros(x.shape[1])
        for _ in range(_STEPS):
            surprise = 1 / (1 + np.exp(-x @ weights)) - windows.generated
            weights -= inverse @ (x.T @ surprise / len(x) + ridge * weights)
        return cls(columns, mean, scale, weights[:-1], float(weights[-1]))

    def scores(self, rows: Floats) -> Floats:
        """Log odds of being generated, (windows,), of features (windows, features)."""
        return np.asarray((rows[:, self.columns] - self.mean) / self.scale @ self.weights + self.bias)


def _interval(windows: _Windows, scores: Floats, pieces: int, seed: int) -> tuple[float, float]:
    """95 % of the AUCs found when the pieces are drawn anew with replacement, each with all its windows."""
    positive = [scores[windows.generated & (windows.piece == number)] for number in range(pieces)]
    negative = [scores[~windows.generated & (windows.piece == number)] for number in range(pieces)]
    values = [
        auc(np.concatenate([positive[k] for k in drawn]), np.concatenate([negative[k] for k in drawn]))
        for drawn in resample(pieces, seed)
    ]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))
