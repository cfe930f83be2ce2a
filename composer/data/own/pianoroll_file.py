"""Piano rolls in .npz files, as the pypianoroll library writes them and the Lakh Pianoroll Dataset comes, to Score.

Such a file is a zip of numpy arrays: for each track n the non-zero cells of its (time, 128) roll in SciPy's compressed
sparse columns (`pianoroll_n_csc_data`, `_indices`, `_indptr`, `_shape`), the `tempo` and `downbeat` of each time step,
and `info.json` with the resolution and each track's program, is_drum and name. Nothing in it is ever unpickled.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.limits import check_changes, check_length, check_track_count, check_tracks, make_tempo
from composer.music.score import DEFAULT_VELOCITY, Meter, Score, Tempo, Track, from_start, make_notes

FILE = ".npz file"
MAX_UNPACKED_BYTES = 50_000_000
_BROKEN = "This .npz file holds no piano roll that can be read; please export it again with pypianoroll."
_DATA = re.compile(r"(.*)_csc_data")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, TypeError, AttributeError)
Arrays = Mapping[str, NDArray[Any]]


def read_pianoroll_file(data: bytes) -> Score:
    """The Score in the bytes of a multitrack .npz file, times in quarters = time steps / resolution.

    Cells of one pitch that follow each other are one note, and a louder cell begins a new one. Tracks keep their
    program, drums and name. Raises BadInput for everything else, for pickled arrays, and beyond the module's limits.
    """
    try:
        arrays, info = _unpack(data)
        return _score(arrays, info)
    except BadInput:
        raise
    except (*_DAMAGE, NotImplementedError, RuntimeError, OverflowError) as error:
        raise BadInput(_BROKEN) from error


def _unpack(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays by name and the contents of info.json; raises BadInput or one of _DAMAGE."""
    arrays: dict[str, NDArray[Any]] = {}
    info: dict[str, Any] = {}
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_track_count(len(archive.infolist()) // 4, FILE)
        for member in archive.infolist():
            with archive.open(member) as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise BadInput(f"This {FILE} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB.")
            if member.filename == "info.json":
                info = dict(json.loads(content))
            elif member.filename.endswith(".npy"):
                arrays[member.filename.removesuffix(".npy")] = _array(content)
    return arrays, info


def _array(content: bytes) -> NDArray[Any]:
    """The array in the bytes of a .npy file, whose header must not promise more than there is."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject or int(np.prod(shape, dtype=np.float64)) * dtype.itemsize > len(content):
        raise ValueError("pickled or cut off")
    file.seek(0)
    return np.asarray(np.lib.format.read_array(file, allow_pickle=False))


def _score(arrays: Arrays, info: Mapping[str, Any]) -> Score:
    resolution = int(info.get("resolution", info.get("beat_resolution", 24)))
    if not 1 <= resolution <= 960:
        raise BadInput(_BROKEN)
    names = sorted((m[1] for m in map(_DATA.fullmatch, arrays) if m), key=lambda name: (len(name), name))
    tracks = tuple(_track(arrays, name, info, resolution) for name in names)
    check_tracks([track for track in tracks if len(track.notes)], FILE)
    check_length(max(track.end for track in tracks), FILE)
    meters, pickup = _meters(arrays.get("downbeat", np.zeros(0, bool)), resolution)
    return Score(
        tracks=tuple(track for track in tracks if len(track.notes)),
        tempos=from_start(_tempos(arrays.get("tempo", np.zeros(0)), resolution), Tempo(0.0, 120.0)),
        meters=meters,
        pickup=pickup,
        title=str(info.get("name") or "")[:60],
    )


def _track(arrays: Arrays, name: str, info: Mapping[str, Any], resolution: int) -> Track:
    about = dict(info.get(name.rpartition("_")[2], {}))
    step, pitch, level = _cells(arrays, name)
    held = np.append(False, (np.diff(pitch) == 0) & (np.diff(step) == 1) & (np.diff(level) <= 0))[: len(step)]
    first = np.flatnonzero(~held)
    length = np.diff(np.append(first, len(step)))
    velocity = np.where(level[first] > 1, np.clip(level[first], 1, 127), DEFAULT_VELOCITY)  # 1 is a roll of bits
    notes = make_notes(step[first] / resolution, length / resolution, pitch[first], velocity)
    program = min(max(int(about.get("program") or 0), 0), 127)
    title = " ".join(str(about.get("name") or "").split())[:60] or f"Track {name.rpartition('_')[2]}"
    return Track(title, notes, program, bool(about.get("is_drum")))


def _cells(arrays: Arrays, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Step, pitch and level of the cells that aren't 0, each (n,), by pitch and then step; raises ValueError."""
    data, rows, ends, shape = (arrays[f"{name}_csc_{part}"] for part in ("data", "indices", "indptr", "shape"))
    level, step, bounds = data.astype(float).ravel(), rows.astype(np.int64).ravel(), ends.astype(np.int64).ravel()
    sound = np.all(np.diff(bounds) >= 0) and bounds[0] == 0 and bounds[-1] == len(level) == len(step)
    if (
        not sound
        or len(bounds) != 129
        or int(shape[1]) != 128
        or step.min(initial=0) < 0
        or not np.isfinite(level).all()
    ):
        raise ValueError("not a roll of 128 pitches")
    pitch = np.repeat(np.arange(128), np.diff(bounds))
    order = np.lexsort((step, pitch))
    order = order[level[order] > 0]
    return step[order], pitch[order], level[order]


def _tempos(tempo: NDArray[Any], resolution: int) -> list[Tempo]:
    bpm = np.asarray(tempo, float).ravel()
    changes = np.flatnonzero(np.diff(bpm, prepend=np.nan) != 0)
    check_changes(len(changes), FILE)
    return [make_tempo(float(step) / resolution, float(bpm[step]), FILE) for step in changes]


def _meters(downbeat: NDArray[Any], resolution: int) -> tuple[tuple[Meter, ...], float]:
    """The meter that most bars have, in quarters or else eighths, and the pickup in quarters before the first."""
    lines = np.flatnonzero(np.asarray(downbeat).ravel())
    if len(lines) < 2:
        return (Meter(0.0, 4, 4),), 0.0
    sizes, counts = np.unique(np.diff(lines), return_counts=True)
    eighths = min(max(round(2 * float(sizes[counts.argmax()]) / resolution), 1), 64)
    meter = Meter(0.0, eighths, 8) if eighths % 2 else Meter(0.0, eighths // 2, 4)
    return (meter,), float(lines[0] / resolution % meter.bar_quarters)
