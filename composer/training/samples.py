"""What a run lets a person hear: after each epoch, four bars of one piece that the model has never learned from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from composer.data.dataset import Dataset
from composer.errors import BadInput
from composer.music.instruments import default_programs
from composer.music.midi import read_midi, write_midi
from composer.music.pianoroll import DRUMS, FINE_STEPS, Music, Pianoroll
from composer.music.score import Meter, Score, Tempo, Track
from composer.music.voices import REST, STEPS_PER_QUARTER, Voices
from composer.paths import write_atomically
from composer.training.run import SAMPLES, Run

BARS = 4
SAMPLE_SEED = 1
"""The noise of every epoch's sample: two samples differ by what was learned between them and nothing else."""
_BPM = 90.0
_MOSTLY = 0.75


def heard_melody(pieces: Sequence[Voices]) -> Voices:
    """The melody (1, steps) that each epoch's sample is made around: BARS whole bars that sound most of the time.

    Where no piece has them it is the first BARS bars, or the longest piece as a whole. Raises ValueError for no pieces.
    """
    windows = [
        piece.window(start, BARS * piece.steps_per_bar).select([0])
        for piece in pieces
        for start in range(piece.pickup_steps, piece.steps - BARS * piece.steps_per_bar + 1, BARS * piece.steps_per_bar)
    ]
    sounding = (window for window in windows if np.mean(window.pitch != REST) >= _MOSTLY)
    longest = max(pieces, key=lambda piece: piece.steps).select([0])
    return next(sounding, windows[0] if windows else longest)


def write_sample(run: Run, epoch: int, music: Music, dataset: Dataset) -> None:
    """Keep what the model made after `epoch` as a MIDI file in the run's folder, its parts named as the dataset's."""
    write_atomically(_path(run, epoch), write_midi(_as_score(music, dataset)))


def sample_stamps(run: Run) -> dict[int, int]:
    """The epochs of which there is a sample, oldest first, each with when it was written, in nanoseconds.

    Samples beyond the last whole epoch don't count.
    """
    last = max((int(row["epoch"]) for row in run.metrics()), default=0)
    found = {int(path.stem[-4:]): path.stat().st_mtime_ns for path in (run.folder / SAMPLES).glob("epoch-[0-9]*.mid")}
    return {epoch: found[epoch] for epoch in sorted(found) if epoch <= last}


def read_sample(run: Run, epoch: int) -> Score:
    """What the model made after `epoch`; raises BadInput where that is not there any more or is damaged."""
    path = _path(run, epoch)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        raise BadInput(f"The sample of epoch {epoch} is gone; choose another epoch.") from None


def _path(run: Run, epoch: int) -> Path:
    return run.folder / SAMPLES / f"epoch-{epoch:04d}.mid"


@lru_cache(maxsize=2048)
def _read(path: Path, modified_ns: int) -> Score:
    return read_midi(path.read_bytes())


def _as_score(music: Music, dataset: Dataset) -> Score:
    if isinstance(music, Pianoroll):
        names, notes, quarter = dataset.part_names, [music.part(track) for track in range(music.tracks)], FINE_STEPS
    else:
        names, notes = dataset.voice_names, [music.notes(row) for row in range(len(music.pitch))]
        quarter = STEPS_PER_QUARTER
    parts = zip(names, notes, default_programs(names), strict=True)
    tracks = tuple(Track(name, part, program, name == DRUMS) for name, part, program in parts)
    meter, pickup = _meter(music.steps_per_bar / quarter), music.pickup_steps / quarter
    return Score(tracks, (Tempo(0.0, _BPM),), (meter,), pickup=pickup)


def _meter(quarters: float) -> Meter:
    """The meter whose bar has so many quarters, in the largest note values that fit."""
    denominator = next(size for size in (4, 8, 16) if (quarters * size / 4).is_integer() or size == 16)
    return Meter(0.0, round(quarters * denominator / 4), denominator)
