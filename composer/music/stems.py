"""Sound as stems, one a part: what every synthesiser gives, and how stems become one stereo mix."""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.score import Score, Track

SAMPLE_RATE = 44100
"""Samples a second of all sound in this project."""

TAIL_S = 1.0
"""Seconds of sound kept after the last note stops, so that it can die away."""

LONGEST_S = 20 * 60.0
PEAK = 0.97
_STEM_PEAK = 0.9
_REVERB_S = 1.1
_WETNESS = 0.16
_WIDTH = 0.35

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class TimedPart:
    """One part's notes on the clock: `onset_s` and `duration_s` in seconds, `pitch`, `velocity`, each of shape (n,)."""

    onset_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]
    pitch: NDArray[np.int64]
    velocity: NDArray[np.int64]
    program: int = 0
    is_drum: bool = False

    @classmethod
    def of(cls, track: Track, score: Score) -> TimedPart:
        """`track`'s notes with their quarters turned into seconds by the tempo map of `score`."""
        notes = track.notes
        onset_s = score.seconds(notes["onset"])
        duration_s = score.seconds(notes["onset"] + notes["duration"]) - onset_s
        pitch, velocity = notes["pitch"].astype(int), notes["velocity"].astype(int)
        return cls(onset_s, duration_s, pitch, velocity, track.program, track.is_drum)

    def content(self, frames: int) -> str:
        """A name for the sound of this part over so many frames: equal parts have equal names, others haven't."""
        digest = hashlib.sha256(f"{self.program} {self.is_drum} {frames}".encode())
        for column in (self.onset_s, self.duration_s, self.pitch, self.velocity):
            digest.update(column.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Stems:
    """`audio` holds a mono float32 array of shape (frames,) for each part, all equally long; `names` are the parts'.

    `level` is what a mix multiplies all of them with, so that their plain sum peaks at 0.9. `contents` says of each
    what it was made from: stems of the same content sound the same.
    """

    names: tuple[str, ...]
    audio: tuple[Audio, ...]
    sample_rate: int = SAMPLE_RATE
    level: float = 1.0
    contents: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """Length of every stem in samples."""
        return len(self.audio[0]) if self.audio else 0

    @property
    def seconds(self) -> float:
        """Length of every stem in seconds, tail included."""
        return self.frames / self.sample_rate


class Synthesiser(ABC):
    """Turns notes into sound. Deterministic: the same part gives the same samples. Safe to share between threads."""

    name: str
    note: str = ""
    """A sentence for the person where the sound could be better, and how; empty otherwise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @abstractmethod
    def render(self, part: TimedPart, frames: int) -> Audio:
        """Mono float32 of shape (frames,) at SAMPLE_RATE, without reverb; its level is not normalised."""

    def render_stems(self, score: Score) -> Stems:
        """One stem a track, all of the score's length plus TAIL_S.

        Raises BadInput where the music lasts longer than 20 minutes.
        """
        seconds = float(score.seconds(score.end))
        if seconds > LONGEST_S:
            raise BadInput(f"This music lasts {seconds / 60:.0f} minutes; use at most {LONGEST_S / 60:.0f} minutes.")
        frames = round((seconds + TAIL_S) * SAMPLE_RATE)
        parts = [TimedPart.of(track, score) for track in score.tracks]
        with self._lock:
            audio = tuple(self.render(part, frames) for part in parts)
        return Stems(
            names=tuple(track.name for track in score.tracks),
            audio=audio,
            level=_level(audio),
            contents=tuple(part.content(frames) for part in parts),
        )


def _level(audio: Sequence[Audio]) -> float:
    """What makes the plain sum of stems peak at 0.9; 1 where they are silent."""
    peak = _peak(_sum(audio)) if audio else 0.0
    return _STEM_PEAK / peak if peak > 0 else 1.0


def _sum(audio: Sequence[Audio]) -> Audio:
    total = audio[0].copy()
    for each in audio[1:]:
        total += each
    return total


def pans(parts: int) -> list[float]:
    """Where each of `parts` stems stands, -1 (left) to 1 (right): a gentle fan, first part leftmost."""
    return [0.0] if parts == 1 else np.linspace(-_WIDTH, _WIDTH, parts).round(3).tolist()


def mix(stems: Stems, gains: Sequence[float] | None = None, reverb: bool = True) -> Audio:
    """A stereo mix of shape (frames, 2): each stem times its gain (1 by default), fanned out, in a small room.

    Equal-power panning. The mix is turned down where its peak would pass 0.97, never up, so it cannot clip.
    Raises ValueError where `gains` does not hold one number a stem.
    """
    gains = [1.0] * len(stems.audio) if gains is None else list(gains)
    if len(gains) != len(stems.audio):
        raise ValueError(f"{len(stems.audio)} stems need as many gains, not {len(gains)}")
    out = _in_the_room(stems, gains, reverb)
    out *= _limit(_peak(out))
    return out


def mixed_stems(stems: Stems, parts: Sequence[int]) -> Iterator[Audio]:
    """For each of the `parts` (numbers from 0) what it adds to their common mix, (frames, 2), placed and in the room.

    Their sum is the `mix` of these parts; only where a single one would clip in it are all of them turned down further.
    """
    gains = [[float(one == part) for one in range(len(stems.audio))] for part in parts]
    total = np.zeros((stems.frames, 2), np.float32)
    peak = 0.0
    for alone in gains:
        placed = _in_the_room(stems, alone, reverb=True)
        total += placed
        peak = max(peak, _peak(placed))
    limit = _limit(max(peak, _peak(total)))
    for alone in gains:
        yield _in_the_room(stems, alone, reverb=True) * limit


def _in_the_room(stems: Stems, gains: Sequence[float], reverb: bool) -> Audio:
    """Each stem times its gain, fanned out, in a small room, before the limit; (frames, 2)."""
    angle = (np.array(pans(len(gains))) + 1) * np.pi / 4
    weights = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.sqrt(2) * stems.level * np.array(gains)[:, None]
    out = np.zeros((stems.frames, 2), np.float32)
    for audio, weight in zip(stems.audio, weights.astype(np.float32), strict=True):
        if weight.any():
            out += audio[:, None] * weight
    if reverb and out.size:
        out += _WETNESS * _convolve(out, _room())
    return out


def _limit(peak: float) -> np.float32:
    """The gain that keeps a peak within PEAK, never more than 1."""
    return np.float32(min(1.0, PEAK / max(peak, 1e-9)))


def _peak(audio: Audio) -> float:
    return float(max(audio.max(initial=0.0), -audio.min(initial=0.0)))


def _room() -> Audio:
    """Impulse response (frames, 2) of unit energy: noise that dies away by 60 dB, high notes softened."""
    frames = int(_REVERB_S * SAMPLE_RATE)
    noise = np.random.default_rng(11).standard_normal((frames + 3, 2))
    soft = (noise[:-3] + noise[1:-2] + noise[2:-1] + noise[3:]) / 4
    room = soft * np.exp(-6.9 * np.arange(frames) / frames)[:, None]
    room[: int(0.012 * SAMPLE_RATE)] = 0
    response: Audio = (room / np.sqrt((room**2).sum(axis=0))).astype(np.float32)
    return response


def _convolve(audio: Audio, response: Audio) -> Audio:
    """`audio` (frames, 2) convolved with `response`, cut to its own length, by overlap-add of equal blocks."""
    size = 1 << 18
    step = size - len(response) + 1
    spectrum = np.fft.rfft(response, size, axis=0)
    wet: Audio = np.zeros((len(audio) + size, 2), np.float32)
    for start in range(0, len(audio), step):
        block = np.fft.rfft(audio[start : start + step], size, axis=0)
        wet[start : start + size] += np.fft.irfft(block * spectrum, size, axis=0)
    return wet[: len(audio)]
