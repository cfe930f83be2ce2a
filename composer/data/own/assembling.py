"""From judged files, a layout and a person's corrections to the pieces of a dataset, with a word on every file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from composer.data.dataset import Piece
from composer.data.own.judging import Judged
from composer.data.own.parts import LEFT_OUT, Layout, TrackKind, assign
from composer.data.own.splitting import deal
from composer.music.pianoroll import Pianoroll, pianoroll_from_notes
from composer.music.score import NOTE

MIN_PIECES, MIN_BARS = 8, 64
"""Less than this can't be learned from: some pieces are kept aside to check what was learned."""


@dataclass(frozen=True)
class Verdict:
    """What became of a file: kept with so many `bars`, or refused; `reason` says why, or what was done to it."""

    name: str
    kept: bool
    bars: int
    reason: str


@dataclass(frozen=True)
class Assembly:
    """The pieces made from files, in a layout, and what became of each file."""

    layout: Layout
    pieces: tuple[Piece, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...]

    @property
    def missing(self) -> str:
        """What is missing before a model can learn from the pieces, as a sentence; "" where it is enough."""
        bars = sum(verdict.bars for verdict in self.verdicts)
        splits = {piece.split for piece in self.pieces}
        wanted = [
            _count(MIN_PIECES - len(self.pieces), "more piece") if len(self.pieces) < MIN_PIECES else "",
            _count(MIN_BARS - bars, "more bar") if bars < MIN_BARS else "",
            "pieces that differ more from each other" if len(splits) < 3 and len(self.pieces) >= MIN_PIECES else "",
        ]
        if not any(wanted):
            return ""
        have = f"{_count(len(self.pieces), 'piece')} with {_count(bars, 'bar')}"
        return f"This is too little to learn from: {have}; please add {' and '.join(filter(None, wanted))}."


def assemble(files: Sequence[Judged], layout: Layout, corrections: Mapping[TrackKind, str] | None = None) -> Assembly:
    """The pieces of a dataset with the parts of `layout`, dealt into splits, and a Verdict for each file.

    `corrections` are those of `assign`. A file without music in enough parts is refused, and so is one with the same
    notes as a file before it.
    """
    verdicts, rolls, kept, seen = [], [], [], dict[str, str]()
    for file in files:
        roll, reason = _in_parts(file, layout, corrections)
        if roll is not None:
            first = seen.setdefault(hashlib.sha256(roll.notes.tobytes()).hexdigest(), file.name)
            if first != file.name:
                roll, reason = None, f"It has the same notes as {first}."
        if roll is not None:
            rolls.append(roll)
            kept.append(file)
        verdicts.append(Verdict(file.name, roll is not None, file.bars if roll is not None else 0, reason))
    splits = deal(rolls, np.array([file.sketch for file in kept])) if kept else []
    names = _piece_names([file.name for file in kept])
    pieces = tuple(map(Piece, names, splits, rolls))
    return Assembly(layout, pieces, tuple(verdicts))


def _in_parts(
    file: Judged, layout: Layout, corrections: Mapping[TrackKind, str] | None
) -> tuple[Pianoroll | None, str]:
    """The file's music with a track a part, or None, and the remark or reason."""
    if file.roll is None:
        return None, file.refusal
    parts = assign(file, layout, corrections)
    playing = [part for part in layout.parts if part in parts]
    if layout.parts[0] not in playing:
        return None, f"None of its tracks is the {layout.parts[0]}."
    if len(playing) < layout.needed:
        needed = f"all {layout.needed}" if layout.needed == len(layout.parts) else f"at least {layout.needed}"
        return None, f"It has music for {len(playing)} of the {len(layout.parts)} parts, and {needed} are needed."
    return _merge(file.roll, parts, layout), file.remark


def _merge(roll: Pianoroll, parts: Sequence[str], layout: Layout) -> Pianoroll:
    """The roll with its tracks put together by part; of notes that share part, onset and pitch the longest stays."""
    played = {part: [np.empty(0, NOTE)] for part in layout.parts}
    for track, part in enumerate(parts):
        if part != LEFT_OUT:
            played[part].append(roll.part(track))
    notes = [np.concatenate(found) for found in played.values()]
    return pianoroll_from_notes(notes, roll.steps, roll.steps_per_bar, roll.pickup_steps)


def _piece_names(names: Sequence[str]) -> list[str]:
    """The files' names without their endings, each only once."""
    short = [str(PurePosixPath(name).with_suffix("")) for name in names]
    times = Counter(short)
    return [name if times[name] == 1 else full for name, full in zip(short, names, strict=True)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
