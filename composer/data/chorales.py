"""Bach's four-part chorales, from the corpus inside the music21 package, in the split that papers measure on."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from composer.data.dataset import Piece, Progress, Source
from composer.music.voices import REST, STEPS_PER_QUARTER, Voices

_SPLIT = json.loads(Path(__file__).with_name("chorales_split.json").read_text(encoding="utf-8"))
"""Which chorale is in which split: the standard 229/76/77 split of the JSB chorales, as names in the corpus."""


def build(progress: Progress) -> list[Piece]:
    """All pieces of the split, parsed from the corpus (about 35 s on a laptop), with `progress` after each."""
    names = [(name, split) for split, members in _SPLIT.items() for name in members]
    pieces = []
    for done, (name, split) in enumerate(names):
        progress(done / len(names), f"Reading chorale {done + 1} of {len(names)}")
        pieces.append(Piece(name, split, _read_chorale(name)))
    progress(1.0, f"Read {len(names)} chorales")
    return pieces


@cache
def _corpus_files() -> dict[str, Path]:
    from music21 import common  # importing music21 takes long, and only building needs it

    folder = common.getCorpusFilePath() / "bach"
    by_preference = sorted(folder.glob("bwv*"), key=lambda path: path.suffix == ".mxl")
    return {path.name.removesuffix(path.suffix): path for path in by_preference}


def _read_chorale(name: str) -> Voices:
    from music21 import converter

    reader = converter.Converter()
    reader.parseFileNoPickle(_corpus_files()[name])
    score: Any = reader.stream
    parts = score.parts
    first_bar = parts[0].getElementsByClass("Measure")[0]
    meter = parts[0].recurse().getElementsByClass("TimeSignature")[0]
    bar, length = (round(q * STEPS_PER_QUARTER) for q in (meter.barDuration.quarterLength, score.highestTime))
    pickup = round((bar / STEPS_PER_QUARTER - first_bar.paddingLeft) * STEPS_PER_QUARTER) % bar
    rows = [_fill(part, length) for part in parts]
    return Voices(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]), bar, pickup)


def _fill(part: Any, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Pitch and attack (steps,) of one part; of notes closer than a sixteenth, the one on the grid stays."""
    pitch, attack = np.full(steps, REST, np.int16), np.zeros(steps, bool)
    for note in part.flatten().notes:
        start = int(np.ceil(float(note.offset) * STEPS_PER_QUARTER - 1e-6))
        end = int(np.ceil(float(note.offset + note.quarterLength) * STEPS_PER_QUARTER - 1e-6))
        if start < end:
            pitch[start:end] = max(p.midi for p in note.pitches)
            attack[start] = attack[start] or note.tie is None or note.tie.type == "start"
    return pitch, attack


CHORALES = Source(
    name="chorales",
    title="Bach chorales",
    summary="Four-part hymns by Johann Sebastian Bach: a melody and three voices that answer it.",
    terms=(
        "The music is in the public domain (Bach died in 1750). The encodings come inside the music21 package, which "
        "distributes them with the permission of the encoders; these files state no further condition."
    ),
    version=1,
    part_names=("Soprano", "Alto", "Tenor", "Bass"),
    build=build,
)
