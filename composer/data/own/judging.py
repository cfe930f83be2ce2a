"""Reads one file that a person brought and judges it: its music on the grid, or the sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer.data.own.archive import Entry
from composer.data.own.gridding import MAX_BARS, to_grid
from composer.data.own.pianoroll_file import read_pianoroll_file
from composer.data.own.splitting import sketch
from composer.errors import BadInput
from composer.music.grid import propose_melody
from composer.music.pianoroll import Pianoroll
from composer.music.reading import read_score
from composer.music.score import Score

MIN_BARS = 4
BPM_RANGE = (20.0, 400.0)
"""Mean tempos outside of this don't say where the beats are."""
_DAMAGE = (ArithmeticError, LookupError, ValueError, TypeError, RecursionError, MemoryError)


@dataclass(frozen=True)
class FoundTrack:
    """What is known of a track of a file, to find its part: `height` is its median MIDI pitch, `notes` their number."""

    name: str
    program: int
    is_drum: bool
    notes: int
    height: float


@dataclass(frozen=True)
class Judged:
    """A file's music, or in `refusal` the sentence that says why it isn't used.

    `roll` has a track for each of `tracks`, of which number `melody` is the likeliest melody. `sketch` tells
    near-duplicates (see `splitting`). `remark` says what was done to the music.
    """

    name: str
    refusal: str = ""
    remark: str = ""
    tracks: tuple[FoundTrack, ...] = ()
    melody: int = 0
    roll: Pianoroll | None = field(default=None, repr=False)
    sketch: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32), repr=False)

    @property
    def bars(self) -> int:
        """Whole bars of the roll; 0 for a file that was refused."""
        return 0 if self.roll is None else (self.roll.steps - self.roll.pickup_steps) // self.roll.steps_per_bar


def judge(entry: Entry) -> Judged:
    """The music of a file, or why it can't be learned from; raises nothing, whatever is in the file."""
    if entry.refusal:
        return Judged(entry.name, entry.refusal)
    try:
        is_roll = entry.name.lower().endswith(".npz")
        score = read_pianoroll_file(entry.data) if is_roll else read_score(entry.data)
        return _judge_score(entry.name, score)
    except BadInput as error:
        return Judged(entry.name, str(error))
    except _DAMAGE:
        return Judged(entry.name, "It is damaged in a way that can't be read; please export it again.")


def _judge_score(name: str, score: Score) -> Judged:
    """Raises BadInput for music that can't be learned from."""
    melody = propose_melody(score)
    _check_tempo(score)
    roll, is_cut = to_grid(score)
    tracks = tuple(
        FoundTrack(t.name, t.program, t.is_drum, len(t.notes), float(np.median(t.notes["pitch"]))) for t in score.tracks
    )
    pitched = [number for number, track in enumerate(tracks) if not track.is_drum]
    remark = f"Cut after {MAX_BARS} bars." if is_cut else ""
    found = Judged(name, "", remark, tracks, melody, roll, sketch(roll.select(pitched)))
    if found.bars < MIN_BARS:
        raise BadInput(f"It is too short: {_bars(found.bars)}, and {MIN_BARS} at least are needed.")
    return found


def _check_tempo(score: Score) -> None:
    seconds = float(score.seconds(score.end))
    bpm = 60 * score.end / max(seconds, 1e-9)
    low, high = BPM_RANGE
    if not low <= bpm <= high:
        raise BadInput(
            f"Its tempo, {bpm:.0f} beats a minute, makes no sense, so its beats can't be found; please set it between "
            f"{low:.0f} and {high:.0f}."
        )


def _bars(count: int) -> str:
    return f"{count} bar{'s' * (count != 1)}"
