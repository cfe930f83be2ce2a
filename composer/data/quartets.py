"""String quartets by Haydn, Mozart, Beethoven and Schumann, from the corpus inside the music21 package."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from composer.data.dataset import Piece, Progress, Source
from composer.data.parallel import read_all
from composer.music.musicxml import read_musicxml
from composer.music.pianoroll import FINE_STEPS, Pianoroll, pianoroll_from_notes
from composer.music.score import Notes

PARTS = ("Violin 1", "Violin 2", "Viola", "Cello")
_COMPOSERS = ("haydn", "mozart", "beethoven", "schumann_robert")
_HELD_OUT = {
    "haydn/opus1no1": "valid",
    "mozart/k156": "test",
    "beethoven/opus18no4": "valid",
    "beethoven/opus18no5": "test",
}
"""Works that are not learned from; all movements of one work are in one split."""
_BARS = 128
"""The most bars of a piece; longer stretches of one meter are cut into several."""
_FEWEST_BARS = 4
_CLOSE = 0.01
"""Quarters by which two lengths may differ and still be the same."""
_CONDITION = re.compile(r"copyright|©|\(c\)|rights|permission|licen[cs]e|commercial", re.IGNORECASE)
_STATEMENTS = ("rights", "credit-words", "miscellaneous-field", "source", "encoder", "encoding-description", "words")
"""Elements of MusicXML in which a file could state a condition."""


class Bar(NamedTuple):
    """A bar as it is written: where it begins, how long it lasts and how long its meter says, in quarters."""

    onset: float
    length: float
    full: float


class Stretch(NamedTuple):
    """Bars of one meter in a row, from `start` to `end` in quarters, of `bar` quarters each after a `pickup`."""

    start: float
    end: float
    bar: float
    pickup: float


def build(progress: Progress) -> list[Piece]:
    """All movements in four parts that state no condition, cut into pieces (about 15 s on a laptop)."""
    movements = read_all(_read_movement, _files(), progress, "movement")
    return [piece for pieces in movements for piece in pieces]


def _files() -> list[Path]:
    from music21 import common  # importing music21 takes long, and only building needs it

    corpus = common.getCorpusFilePath()
    return sorted(path for name in _COMPOSERS for path in (corpus / name).rglob("*.mxl"))


def _read_movement(path: Path) -> list[Piece]:
    documents = _documents(path)
    score = documents[0]
    if len(score.findall("part")) != len(PARTS) or any(map(states_condition, documents)):
        return []
    inside = path.with_suffix("").parts
    inside = inside[next(k for k, name in enumerate(inside) if name in _COMPOSERS) :]
    split = _HELD_OUT.get("/".join(inside[:2]), "train")
    written = [written_bars(part) for part in score.findall("part")]
    parts = [track.notes for track in read_musicxml(path.read_bytes()).tracks]
    bars, parts = aligned(written, parts)
    rolls = cut(parts, join_bars(bars))
    return [Piece(f"{'/'.join(inside)} ({number})", split, roll) for number, roll in enumerate(rolls, 1)]


def _documents(path: Path) -> list[Element]:
    """The MusicXML documents inside an .mxl file, the whole score first, then those of single parts."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith("xml") and not name.startswith("META-INF")]
        names.sort(key=lambda name: re.match(r"p\d", name) is not None)
        return [ElementTree.fromstring(archive.read(name)) for name in names]


def states_condition(document: Element) -> bool:
    """Whether a MusicXML document says anything of copyright, permission or a licence."""
    words = ("".join(element.itertext()) for tag in _STATEMENTS for element in document.iter(tag))
    return any(_CONDITION.search(text) for text in words)


def written_bars(part: Element) -> list[Bar]:
    """The bars of a part element, an empty one as long as its meter says."""
    bars, onset, divisions, full = [], 0.0, 1.0, 4.0
    for measure in part.iterfind("measure"):
        divisions = float(measure.findtext("attributes/divisions") or divisions)
        if (time := measure.find("attributes/time")) is not None:
            full = float(time.findtext("beats") or 4) * 4 / float(time.findtext("beat-type") or 4)
        moves = [
            float(element.findtext("duration") or 0) * (-1 if element.tag == "backup" else 1)
            for element in measure
            if element.tag in ("note", "backup", "forward") and element.find("chord") is None
        ]
        bars.append(Bar(onset, max(np.cumsum(moves), default=0.0) / divisions or full, full))
        onset += bars[-1].length
    return bars


def aligned(written: Sequence[Sequence[Bar]], parts: Sequence[Notes]) -> tuple[list[Bar], list[Notes]]:
    """The bars that most parts agree on, and the notes of each part moved so that its bars begin with those.

    Where a part's bar was typed too long or too short, all that follows in it would otherwise be out of time.
    """
    count = min(map(len, written))
    lengths = np.array([[bar.length for bar in bars[:count]] for bars in written])
    agreed = np.sort(lengths, axis=0)[len(written) // 2]
    starts = np.concatenate([[0.0], agreed.cumsum()])
    bars = [Bar(*row) for row in zip(starts, agreed, (bar.full for bar in written[0]), strict=False)]
    moved = []
    for own, notes in zip(np.pad(lengths.cumsum(axis=1), ((0, 0), (1, 0))), parts, strict=True):
        bar = np.searchsorted(own, notes["onset"] + 1e-6, side="right") - 1
        moved.append(notes[bar < count])
        moved[-1]["onset"] += (starts - own)[bar[bar < count]]
    return bars, moved


def join_bars(bars: Sequence[Bar]) -> list[Stretch]:
    """Bars in stretches of one meter. Two short bars that make a full one, as at a repeat, count as that.

    Another short bar begins a stretch, as its pickup; a bar that is too long is left out and ends one.
    """
    stretches: list[Stretch] = []
    for bar in _mended(bars):
        last = stretches[-1] if stretches else None
        whole = abs(bar.length - bar.full) < _CLOSE
        end = bar.onset + bar.length
        if whole and last and last.bar == bar.full and abs(last.end - bar.onset) < _CLOSE:
            stretches[-1] = last._replace(end=end)
        elif bar.length < bar.full + _CLOSE:
            stretches.append(Stretch(bar.onset, end, bar.full, 0.0 if whole else bar.length))
    return stretches


def _mended(bars: Sequence[Bar]) -> list[Bar]:
    mended: list[Bar] = []
    for bar in bars:
        before = mended[-1] if mended else None
        if before and before.full == bar.full and abs(before.length + bar.length - bar.full) < _CLOSE:
            mended[-1] = before._replace(length=bar.full)
        else:
            mended.append(bar)
    return mended


def cut(parts: Sequence[Notes], stretches: Sequence[Stretch]) -> list[Pianoroll]:
    """The music of each stretch, with a track a part, in pieces of at most 128 bars; those of under 4 are left out."""
    rolls = []
    for stretch in stretches:
        first_bar, bar = stretch.start + stretch.pickup, stretch.bar
        count = max(int((stretch.end - first_bar) / bar + _CLOSE), 0)
        pieces = -(-count // _BARS)
        edges = np.linspace(0, count, pieces + 1).round() if count >= _FEWEST_BARS else np.empty(0)
        for begin, until in pairwise(edges.tolist()):
            start = first_bar + begin * bar if begin else stretch.start
            rolls.append(_between(parts, start, first_bar + until * bar, bar, 0.0 if begin else stretch.pickup))
    return rolls


def _between(parts: Sequence[Notes], start: float, end: float, bar: float, pickup: float) -> Pianoroll:
    """The notes that begin from `start` to `end`, in quarters."""
    inside = [notes[(notes["onset"] >= start - _CLOSE) & (notes["onset"] < end - _CLOSE)].copy() for notes in parts]
    for notes in inside:
        notes["onset"] -= start
    return pianoroll_from_notes(inside, *(round(q * FINE_STEPS) for q in (end - start, bar, pickup)))


QUARTETS = Source(
    name="quartets",
    title="String quartets",
    summary="Movements for two violins, viola and cello by Haydn, Mozart, Beethoven and Robert Schumann.",
    terms=(
        "The music is in the public domain (the last of the four composers died in 1856). The encodings come inside "
        "the music21 package, which distributes them with the permission of the encoders and warns that some of its "
        "files have conditions of their own: so the rights, credits, sources and words of each were searched for a "
        "statement of copyright, permission or licence. None of those used here makes one; a file that did would be "
        "left out when the dataset is built."
    ),
    version=1,
    part_names=PARTS,
    build=build,
)
