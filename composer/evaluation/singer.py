"""A made-up singer: notes become a voice with vowels, vibrato, glides, syllables, mistuning and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.score import Score
from composer.music.stems import Audio

RATE = 22_050
NOISE_DB = 20.0
"""How far the noise lies below the voice."""

Floats = NDArray[np.float64]

_HARMONICS = 40
_EVERY = 128
"""Samples from one look at the throat to the next."""
_TAIL_S = 0.3
_TREMOLO_DB = 2.0


@dataclass(frozen=True)
class Voice:
    """A kind of voice: the MIDI pitch at the `centre` of its range, and for each vowel the formants in Hz."""

    name: str
    centre: int
    vowels: tuple[tuple[float, float, float], ...]


VOICES = (
    Voice("Man", 53, ((730, 1090, 2440), (530, 1840, 2480), (570, 840, 2410))),
    Voice("Woman", 66, ((850, 1220, 2810), (610, 2330, 2990), (590, 920, 2710))),
    Voice("Child", 70, ((1030, 1370, 3170), (690, 2610, 3570), (560, 1160, 3310))),
)
"""Vowels as in “father”, “bed” and “law” (average formants of Peterson & Barney 1952)."""


@dataclass(frozen=True)
class Performance:
    """What is really sung, each of shape (n,): `onset` and `end` in seconds and the MIDI `pitch` that is meant."""

    onset: Floats
    end: Floats
    pitch: NDArray[np.int64]


def sing(score: Score, voice: Voice, random: np.random.Generator) -> tuple[Audio, Performance]:
    """The first track of a score as sung: mono sound at RATE, shape (frames,), and the notes that are in it.

    The melody is moved to the middle of the voice. The singer is up to 40 cents off throughout and some 12 cents on
    each note, 15 ms early or late, and makes half of the notes legato, with a glide; the others begin with a soft or a
    hard consonant, repeated notes always do. Every note has a vibrato of 5 to 6 Hz that grows to 30 to 50 cents;
    the loudness swings along by up to _TREMOLO_DB. White noise lies NOISE_DB below the voice.
    """
    meant, gaps = _perform(score, voice, random)
    frames = int((meant.end[-1] + _TAIL_S) * RATE)
    time = np.arange(frames) / RATE
    number = np.clip(np.searchsorted(meant.onset, time, side="right") - 1, 0, None)
    swing = np.sin(2 * np.pi * random.uniform(5, 6) * time)
    vibrato = _vibrato_depth(meant, time, number, random) * swing
    pitch = _glides(meant, time, number, random) + random.uniform(-0.4, 0.4) + vibrato
    loud = _envelope(meant, gaps, frames, random) * 10 ** (random.uniform(0, _TREMOLO_DB) * swing / 20)
    sound = _voice(pitch, _formants(voice, meant, time, random)) * loud
    noise = random.standard_normal(frames)
    power = np.mean(np.square(sound[loud > 0.3]))
    sound += noise * np.sqrt(power * 10 ** (-NOISE_DB / 10))
    return np.asarray(0.5 * sound / np.abs(sound).max(), np.float32), meant


def _perform(score: Score, voice: Voice, random: np.random.Generator) -> tuple[Performance, Floats]:
    """What is sung, and for each note the seconds of consonant before it (0 where it is legato, below 0 a soft one)."""
    notes = score.tracks[0].notes
    onset = score.seconds(notes["onset"]) + random.normal(0, 0.015, len(notes)) + 0.2
    end = score.seconds(notes["onset"] + notes["duration"]) + 0.2
    key = round(voice.centre - float(np.mean(notes["pitch"]))) + random.integers(-2, 3)
    pitch = notes["pitch"].astype(np.int64) + key
    onset = np.maximum.accumulate(onset)
    kind = random.choice(3, len(notes), p=(0.5, 0.25, 0.25))
    repeated = np.diff(pitch, prepend=-1) == 0
    kind = np.where(repeated & (kind == 0), random.choice([1, 2], len(notes)), kind)
    gaps = np.where(kind == 0, 0.0, np.where(kind == 1, -1.0, 1.0)) * random.uniform(0.05, 0.09, len(notes))
    longest = 0.4 * np.diff(onset, prepend=onset[0] - 1)
    gaps = np.clip(gaps, -longest, longest)
    follows = np.append(onset[1:] - np.maximum(gaps[1:], 0.0), np.inf)
    return Performance(onset, np.minimum(end, follows), pitch), gaps


def _glides(meant: Performance, time: Floats, number: NDArray, random: np.random.Generator) -> Floats:
    """The pitch at each moment, from each note to the next within 40 to 100 ms about the onset."""
    own = meant.pitch + random.normal(0, 0.12, len(meant.pitch))
    pitch = np.asarray(own[number], float)
    for onset, before, after, length in zip(
        meant.onset[1:], own[:-1], own[1:], random.uniform(0.04, 0.1, len(own) - 1), strict=True
    ):
        first, last = np.searchsorted(time, [onset - length / 2, onset + length / 2])
        way = np.linspace(0, 1, last - first)
        pitch[first:last] = before + (after - before) * (1 - np.cos(np.pi * way)) / 2
    return pitch


def _vibrato_depth(meant: Performance, time: Floats, number: NDArray, random: np.random.Generator) -> Floats:
    """Semitones up and down; it grows over the first third of a second of each note."""
    since = np.clip(time - meant.onset[number], 0, None)
    return np.asarray(random.uniform(0.3, 0.5, len(meant.onset))[number] * np.minimum(since / 0.35, 1))


def _envelope(meant: Performance, gaps: Floats, frames: int, random: np.random.Generator) -> Floats:
    """How loud the voice is at each moment: notes of their own strength, dips and gaps between them."""
    level = np.zeros(frames)
    strength = 10 ** (random.uniform(-4, 0, len(gaps)) / 20)
    for onset, end, strong in zip(meant.onset, meant.end, strength, strict=True):
        level[int(onset * RATE) : int(end * RATE)] = strong
    for onset, gap in zip(meant.onset, gaps, strict=True):
        if gap < 0:
            level[max(int((onset + gap) * RATE), 0) : int(onset * RATE)] *= 10 ** (random.uniform(-18, -10) / 20)
    smooth = np.hanning(int(0.03 * RATE))
    return np.convolve(level, smooth / smooth.sum(), mode="same")


def _formants(voice: Voice, meant: Performance, time: Floats, random: np.random.Generator) -> Floats:
    """The three formants in Hz at each moment, (3, frames): a vowel to each note, with 40 ms from one to the next."""
    vowels = np.array(voice.vowels)[random.integers(len(voice.vowels), size=len(meant.onset))]
    edges = np.column_stack([meant.onset - 0.02, meant.onset + 0.02]).ravel()
    held = np.repeat(vowels, 2, axis=0)
    before = np.vstack([held[:1], held[:-1]])  # at the first edge of a note its forerunner's vowel still sounds
    knots = np.where(np.arange(len(held))[:, None] % 2 == 0, before, held)
    return np.stack([np.interp(time, np.maximum.accumulate(edges), knots[:, k]) for k in range(3)])


def _voice(pitch: Floats, formants: Floats) -> Floats:
    """Harmonics of a pitch (MIDI numbers, (frames,)), as strong as the throat lets them through."""
    hz = 440 * 2 ** ((pitch - 69) / 12)
    turn = np.exp(2j * np.pi * np.cumsum(hz) / RATE)
    looks, time = np.arange(0, len(hz), _EVERY), np.arange(len(hz))
    sound, turned = np.zeros(len(hz)), np.ones(len(hz), complex)
    for harmonic in range(1, _HARMONICS + 1):
        turned *= turn
        height = harmonic * hz[looks]
        through = np.zeros(len(looks))
        for formant, width, gain in zip(formants[:, looks], (90, 110, 170), (1.0, 0.6, 0.25), strict=True):
            through += gain / np.sqrt(1 + np.square((height - formant) / width))
        audible = np.clip((0.45 * RATE - height) / 500, 0, 1)
        sound += np.interp(time, looks, audible * through / harmonic) * turned.imag
    return sound
