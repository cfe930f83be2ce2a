"""Folk tunes of Ireland, Scotland and New England, from three printed collections inside the music21 package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from composer.data.dataset import SPLITS, Piece, Progress, Source
from composer.data.parallel import read_all
from composer.music.score import make_notes
from composer.music.voices import STEPS_PER_QUARTER, Voices, voices_from_notes

_COLLECTIONS = {"airdsAirs": "aird", "oneills1850": "oneill", "ryansMammoth": "ryan"}
_CHOSEN = 1600
"""Tunes that are read, spread evenly over the collections; about two thirds of them pass."""
_METERS = re.compile(r"(?m)^M:\s*(C\|?|4/4|2/4|2/2|3/4|6/8|9/8|12/8|3/8)\s*$")
_BARS = (8, 96)
_OFF_GRID = 0.04
"""Largest share of notes that may begin between sixteenths (triplets, mostly): they are moved to the nearest."""
_IN_STEP = 0.9
"""Least share of the full bars that must stand on one grid of bar lines."""
ALIKE = 16
"""Tunes with so many successive intervals in common (about two bars) are kept in one split."""
_SHARES = (0.8, 0.9)


class _Tune(NamedTuple):
    """A tune of a collection: its name here and its text in abc notation."""

    name: str
    text: str


def build(progress: Progress) -> list[Piece]:
    """The tunes that are one voice in one meter on a grid of sixteenths (about a minute on a laptop)."""
    tunes = _collect()
    chosen = [tunes[k] for k in np.linspace(0, len(tunes) - 1, min(_CHOSEN, len(tunes))).round().astype(int)]
    melodies = read_all(read_tune, [tune.text for tune in chosen], progress, "tune", at_once=20)
    found = {tune.name: melody for tune, melody in zip(chosen, melodies, strict=True) if melody is not None}
    splits = split_by_likeness(list(found.values()))
    return [Piece(name, split, melody) for (name, melody), split in zip(found.items(), splits, strict=True)]


def _collect() -> list[_Tune]:
    """All tunes in a known meter, in the order of their collections."""
    from music21 import common  # importing music21 takes long, and only building needs it

    tunes: dict[str, _Tune] = {}
    for folder, short in _COLLECTIONS.items():
        for path in sorted((common.getCorpusFilePath() / folder).glob("*.abc")):
            for text in re.split(r"(?m)^(?=X:)", path.read_text(encoding="utf-8", errors="replace"))[1:]:
                name = _name(short, path, text)
                if _METERS.search(text) and name not in tunes:
                    tunes[name] = _Tune(name, text)
    return list(tunes.values())


def _name(collection: str, path: Path, text: str) -> str:
    """Such as "oneill-0768 The Humors of Cappa"; in Ryan's, where every file is one tune, without a number."""
    number = re.match(r"X:\s*(\d+)", text)
    title = re.search(r"(?m)^T:\s*(.+?)[\s.,]*$", text)
    place = path.stem if collection == "aird" else ""
    count = f"{int(number[1]):04d}" if number and collection != "ryan" else path.stem
    return f"{collection}-{place}{'-' if place else ''}{count} {title[1] if title else ''}".strip()


def read_tune(text: str) -> Voices | None:
    """The tune of a text in abc notation as one voice, repeats played once; None where it doesn't suit.

    It suits if it can be read, has one part without chords in one meter, between 8 and 96 bars that stand where the
    meter has them, and nearly all notes on sixteenths. Grace notes are left out.
    """
    from music21 import converter
    from music21.exceptions21 import Music21Exception

    try:
        score: Any = converter.parse(text, format="abc", forceSource=True)
    except (Music21Exception, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return None  # these files are typed by hand, and the reader stumbles over what it doesn't expect
    meters = {meter.ratioString for meter in score.recurse().getElementsByClass("TimeSignature")}
    notes = [n for n in score.flatten().notes if not n.duration.isGrace and "Harmony" not in n.classes]
    if len(score.parts) != 1 or len(meters) != 1 or not notes or any(note.isChord for note in notes):
        return None
    bar = float(next(score.recurse().getElementsByClass("TimeSignature")).barDuration.quarterLength)
    pickup = _find_pickup(score.parts[0], bar)
    rows = np.array(
        [(n.offset, n.quarterLength, n.pitch.midi, n.tie is not None and n.tie.type != "start") for n in notes]
    )
    return None if pickup is None else fit_tune(rows.astype(float), float(score.highestTime), bar, pickup)


def _find_pickup(part: Any, bar: float) -> float | None:
    """Quarters before the first full bar, that most full bars agree on; None where they don't."""
    measures = part.getElementsByClass("Measure")
    starts = np.array([float(m.offset) for m in measures if abs(float(m.duration.quarterLength) - bar) < 1e-6])
    places, counts = np.unique((starts % bar).round(3), return_counts=True)
    return float(places[counts.argmax()]) if len(starts) and counts.max() >= _IN_STEP * len(starts) else None


def fit_tune(rows: np.ndarray, end: float, bar: float, pickup: float) -> Voices | None:
    """Rows (onset, duration, pitch, tied to the note before), shape (n, 4), in quarters, as a voice on sixteenths.

    None where too many notes lie off the grid or the tune is too short or too long.
    """
    steps_per_bar, steps = round(bar * STEPS_PER_QUARTER), round(end * STEPS_PER_QUARTER)
    onset = rows[:, 0] * STEPS_PER_QUARTER
    off_grid = np.abs(onset - onset.round()) > 1e-3
    tied = rows[:, 3] > 0
    if off_grid.mean() > _OFF_GRID or not _BARS[0] * steps_per_bar <= steps <= _BARS[1] * steps_per_bar:
        return None
    notes = make_notes(rows[:, 0], rows[:, 1], rows[:, 2])
    voices = voices_from_notes([notes], steps, steps_per_bar, round(pickup * STEPS_PER_QUARTER))
    attack = voices.attack.copy()
    attack[0, np.minimum(onset[tied].round().astype(int), steps - 1)] = False  # Voices keeps it where pitches differ
    return Voices(voices.pitch, attack, steps_per_bar, voices.pickup_steps)


def split_by_likeness(melodies: Sequence[Voices]) -> list[str]:
    """A split for each melody (1, steps), about 80 % train, 10 % valid, 10 % test; tunes that are alike share theirs.

    Tunes are alike that have ALIKE successive intervals in common, in whatever key and rhythm, or that are like a
    third tune.
    """
    group = np.arange(len(melodies))
    first_with: dict[bytes, int] = {}
    for number, melody in enumerate(melodies):
        intervals = np.diff(melody.notes(0)["pitch"].astype(np.int8))
        windows = np.lib.stride_tricks.sliding_window_view(intervals, min(ALIKE, max(len(intervals), 1)))
        others = {first_with.setdefault(window.tobytes(), number) for window in windows}
        same = np.isin(group, group[list(others | {number})])
        group[same] = group[same].min()
    random = np.random.default_rng(0)
    drawn = random.random(len(melodies))[group]
    return [SPLITS[k] for k in np.searchsorted(_SHARES, drawn, side="right")]


FOLK = Source(
    name="folk",
    title="Folk tunes",
    summary="Reels, jigs, hornpipes and airs as they are played in Ireland, Scotland and New England: one melody each.",
    terms=(
        "The tunes are in the public domain: they were printed in Aird's Airs (Glasgow, from 1778 on), Ryan's "
        "Mammoth Collection (Boston, 1883) and O'Neill's Music of Ireland (Chicago, 1903). The typed texts come inside "
        "the music21 package, which distributes them with the permission of their transcribers, who are named in them; "
        "none of the files states a further condition."
    ),
    version=1,
    part_names=("Melody",),
    build=build,
)
