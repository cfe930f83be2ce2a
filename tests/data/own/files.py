"""Files such as people bring, made up: songs of a band or a choir as MIDI, rolls as .npz, and zips of all kinds."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from composer.data.own.archive import Entry
from composer.data.own.judging import Judged, judge
from composer.music.midi import write_midi
from composer.music.score import Meter, Score, Tempo, Track, make_notes
from tests.fake_data import chorale

VOICES = ("Soprano", "Alto", "Tenor", "Bass")


def song(seed: int, bars: int = 12, bpm: float = 100.0, shift: int = 0) -> Score:
    """A tune on a flute over bass, guitar and drums, drawn from `seed`; `shift` moves all but the drums."""
    random = np.random.default_rng(seed)
    beats = np.arange(4 * bars)
    tune = np.cumsum(random.choice([-3, -2, -1, 1, 2, 4], 8 * bars)) % 19 + 65 + shift
    tracks = (
        Track("Flute", make_notes(np.arange(8 * bars) / 2, 0.5, tune), 73),
        Track("E-Bass", make_notes(beats, 1.0, random.integers(36, 46, 4 * bars) + shift), 33),
        Track("Strum", make_notes(np.repeat(beats, 3), 1.0, np.tile([52, 55, 60], 4 * bars) + shift), 25),
        Track("Kit", make_notes(beats, 0.25, 36), 0, True),
    )
    return Score(tracks, (Tempo(0.0, bpm),), (Meter(0.0, 4, 4),))


def hymn(seed: int, bars: int = 12, names: Sequence[str] = VOICES) -> Score:
    """Four voices in half notes, drawn from `seed`."""
    voices = chorale(seed, bars)
    return Score(tuple(Track(name, voices.notes(row), 52) for row, name in enumerate(names)))


def midi(seed: int, bars: int = 12, **changes: Any) -> bytes:
    """`song` as a MIDI file."""
    return write_midi(song(seed, bars, **changes))


def judged(score: Score, name: str = "song.mid") -> Judged:
    """A score as if it had been read from a file."""
    return judge(Entry(name, write_midi(score)))


def songs(count: int, bars: int = 12) -> list[Judged]:
    """`count` different songs, read."""
    return [judged(song(seed, bars), f"song-{seed:02d}.mid") for seed in range(count)]


def zipped(files: Mapping[str, bytes], **info: Any) -> bytes:
    """A zip of files; `info` sets attributes of every entry, such as external_attr."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            archive.writestr(entry, data)
    return out.getvalue()


def sparse(roll: np.ndarray) -> dict[str, np.ndarray]:
    """The four arrays of a compressed sparse column matrix."""
    pitch, step = np.nonzero(roll.T)
    ends = np.concatenate([[0], np.cumsum(np.bincount(pitch, minlength=roll.shape[1]))])
    values = {"data": roll[step, pitch], "indices": step.astype(np.int32), "indptr": ends.astype(np.int32)}
    return values | {"shape": np.array(roll.shape)}


def npz(rolls: Sequence[np.ndarray], info: Mapping[str, Any], **arrays: np.ndarray) -> bytes:
    """A multitrack file as pypianoroll writes it, of rolls (time, 128)."""
    for number, roll in enumerate(rolls):
        arrays |= {f"pianoroll_{number}_csc_{part}": array for part, array in sparse(roll).items()}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("info.json", json.dumps(info))
    return out.getvalue()
