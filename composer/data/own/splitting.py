"""Who learns from what: pieces dealt into train, valid and test, with near-duplicates kept together.

Two pieces are near-duplicates where their top lines share much: a line is taken as the set of its runs of RUN notes,
each run as intervals in semitones and times between onsets, so neither key nor place matters. Their Jaccard similarity
is estimated by MinHash (Broder 1997), and likely pairs are found by bands of hashes (locality-sensitive hashing,
Leskovec et al., Mining of Massive Datasets, ch. 3), so that thousands of pieces don't have to be compared in pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.music.pianoroll import LENGTH, ONSET, PITCH, Pianoroll

RUN = 5
"""Notes of a run: four intervals with their times."""
HASHES, BAND = 192, 3
"""Of pairs that share 40 %, 98 in 100 have a band of three equal hashes; of those that share 5 %, one in 100."""
SAME = 0.35
"""Pieces that share at least so much are one piece: a change of every tenth note leaves a little more, and of the
chorales (which often share a hymn) 1 pair in 10,000 comes near it."""
SHARES = {"valid": 0.1, "test": 0.1}
_LONGEST = 96
"""Times between onsets are told apart up to two bars."""
_random = np.random.default_rng(1997)
_FACTORS, _SHIFTS = _random.integers(1, 2**63, (2, HASHES), dtype=np.uint64)
_FACTORS |= np.uint64(1)
_POWERS = np.cumprod(np.full(2 * (RUN - 1), 0x9E3779B97F4A7C15, np.uint64))


def sketch(roll: Pianoroll) -> NDArray[np.uint32]:
    """The MinHash of the top line of a roll of pitched tracks, shape (HASHES,): equal places tell what is shared."""
    onset, pitch = _top_line(roll)
    moves = np.stack([np.diff(pitch) + 128, np.minimum(np.diff(onset), _LONGEST)], axis=1).astype(np.uint64)
    if len(moves) < RUN - 1:
        moves = np.pad(moves, ((0, RUN - 1 - len(moves)), (0, 0)))
    runs = np.lib.stride_tricks.sliding_window_view(moves, RUN - 1, axis=0).reshape(-1, 2 * (RUN - 1))
    grams = np.unique((runs * _POWERS).sum(axis=1, dtype=np.uint64))
    hashes = ((grams[:, None] * _FACTORS + _SHIFTS) >> np.uint64(32)).astype(np.uint32)
    return np.asarray(hashes.min(axis=0))


def _top_line(roll: Pianoroll) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Onset and pitch of the highest note of each instant, (n,) each, but those that a higher one still covers."""
    notes = roll.notes[np.lexsort((-roll.notes[:, PITCH], roll.notes[:, ONSET]))]
    notes = notes[np.diff(notes[:, ONSET], prepend=-1) > 0]
    # a note below the one before, while that one is not half over, accompanies it
    middle = notes[:, ONSET] + notes[:, LENGTH] / 2
    covered = np.append(False, (np.diff(notes[:, PITCH]) < 0) & (notes[1:, ONSET] < middle[:-1]))[: len(notes)]
    return notes[~covered, ONSET], notes[~covered, PITCH]


def similar_groups(sketches: NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each sketch, shape (pieces, HASHES), the number of the first piece it is a near-duplicate of, or its own.

    Likeness is passed on: where a is like b and b like c, all three are one group.
    """
    parent = np.arange(len(sketches))

    def root(piece: int) -> int:
        while parent[piece] != piece:
            parent[piece] = piece = parent[parent[piece]]
        return piece

    for a, b in _candidates(sketches):
        first, second = sorted((root(a), root(b)))
        if first != second and np.mean(sketches[a] == sketches[b]) >= SAME:
            parent[second] = first
    return np.array([root(piece) for piece in range(len(sketches))], np.int64)


def _candidates(sketches: NDArray[np.uint32]) -> set[tuple[int, int]]:
    """Pairs of pieces that share a band; of many that do, each with the first."""
    pairs: set[tuple[int, int]] = set()
    for start in range(0, HASHES, BAND):
        _, first, which = np.unique(sketches[:, start : start + BAND], axis=0, return_index=True, return_inverse=True)
        leader = first[which.ravel()]
        others = np.flatnonzero(leader != np.arange(len(sketches)))
        pairs.update(zip(leader[others].tolist(), others.tolist(), strict=True))
    return pairs


def deal(rolls: Sequence[Pianoroll], sketches: NDArray[np.uint32]) -> list[str]:
    """A split for each piece: 80 % "train", 10 % "valid", 10 % "test", one at least of each, groups kept together.

    Chance plays no part: groups are gone through in the order of a hash of their music, whatever the files are called
    and in whatever order they come. Fewer than three groups are all "train".
    """
    groups = similar_groups(sketches)
    order = _by_content(rolls, groups)
    splits = np.full(len(rolls), "train", dtype="<U5")
    if len(order) < 3:
        return [str(split) for split in splits]
    sizes = dict(zip(*(part.tolist() for part in np.unique(groups, return_counts=True)), strict=True))
    for left_after, (split, share) in zip((2, 1), SHARES.items(), strict=True):
        free = [group for group in order if splits[group] == "train"]
        chosen = _fill(free, sizes, max(round(share * len(rolls)), 1))[: max(len(free) - left_after, 0)]
        splits[np.isin(groups, chosen)] = split
    return [str(split) for split in splits]


def _fill(groups: Sequence[int], sizes: Mapping[int, int], room: int) -> list[int]:
    """Of the groups in order, those that fit into room for so many pieces; where none does, the smallest."""
    chosen: list[int] = []
    for group in groups:
        if sizes[group] <= room:
            chosen.append(group)
            room -= sizes[group]
    return chosen or sorted(groups, key=sizes.__getitem__)[:1]


def _by_content(rolls: Sequence[Pianoroll], groups: NDArray[np.int64]) -> list[int]:
    """The groups' numbers in the order of the least hash of a member's notes."""
    digests = [hashlib.sha256(roll.notes.tobytes()).hexdigest() for roll in rolls]
    least: dict[int, str] = {}
    for group, digest in zip(groups.tolist(), digests, strict=True):
        least[group] = min(digest, least.get(group, digest))
    return sorted(least, key=least.__getitem__)
