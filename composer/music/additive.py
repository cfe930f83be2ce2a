"""The synthesiser that needs nothing but numpy: harmonics with an envelope, drums from noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.music.instruments import instrument
from composer.music.stems import SAMPLE_RATE, Audio, Synthesiser, TimedPart

_TABLE = 2048
_CHUNK = 1 << 21
_DRUM_LENGTH_S = 0.9


@dataclass(frozen=True)
class Tone:
    """How a family of instruments sounds.

    `harmonics` are the amplitudes of the partials from the fundamental on. The envelope rises for `attack_s`, falls
    towards `sustain` (0..1) with the time constant `decay_s`, and fades for `release_s` after the note stops.
    `vibrato` is the depth of a 6 Hz wobble of the pitch, as a fraction.
    """

    harmonics: tuple[float, ...]
    attack_s: float
    decay_s: float
    sustain: float
    release_s: float
    vibrato: float = 0.0


TONES: dict[str, Tone] = {
    "keys": Tone((1, 0.5, 0.3, 0.2, 0.1, 0.08, 0.04), 0.004, 0.55, 0.05, 0.15),
    "plucked": Tone((1, 0.7, 0.5, 0.3, 0.25, 0.15, 0.1, 0.06), 0.003, 0.4, 0.0, 0.12),
    "bells": Tone((1, 0.02, 0.3, 0.02, 0.02, 0.12), 0.002, 0.5, 0.0, 0.35),
    "organ": Tone((1, 0.8, 0.35, 0.5, 0.05, 0.2, 0.02, 0.22), 0.02, 1.0, 1.0, 0.08),
    "strings": Tone((1, 0.6, 0.45, 0.35, 0.25, 0.2, 0.12, 0.1, 0.06), 0.06, 0.5, 0.85, 0.18, 0.0025),
    "voice": Tone((1, 0.5, 0.18, 0.22, 0.08, 0.03), 0.09, 0.5, 0.9, 0.22, 0.003),
    "brass": Tone((1, 0.85, 0.7, 0.5, 0.35, 0.22, 0.14, 0.08), 0.035, 0.3, 0.8, 0.08),
    "reed": Tone((1, 0.25, 0.75, 0.2, 0.45, 0.12, 0.2, 0.05), 0.025, 0.4, 0.9, 0.07, 0.001),
    "flute": Tone((1, 0.3, 0.1, 0.03), 0.04, 0.4, 0.9, 0.09, 0.0025),
}


class AdditiveSynthesiser(Synthesiser):
    """Plain tones for machines without FluidSynth; the same interface, no reverb."""

    name = "Simple tones"
    note = (
        "Simple tones are playing because FluidSynth is not installed; for real instruments install it "
        "(Linux: sudo apt install libfluidsynth3, macOS: brew install fluid-synth) and start again."
    )

    def render(self, part: TimedPart, frames: int) -> Audio:
        """Mono float32 of shape (frames,): every sample of every note is computed in a few large array steps."""
        out = np.zeros(frames)
        tone = TONES[instrument(part.program).family]
        lasts = np.full(len(part.pitch), _DRUM_LENGTH_S) if part.is_drum else part.duration_s + tone.release_s
        start = np.rint(part.onset_s * SAMPLE_RATE).astype(int)
        length = np.clip(np.rint(lasts * SAMPLE_RATE).astype(int), 0, np.maximum(frames - start, 0))
        for chosen in _chunks(length):
            note = np.repeat(chosen, length[chosen])  # (samples of these notes,)
            first = np.cumsum(length[chosen]) - length[chosen]
            offset = np.arange(len(note)) - np.repeat(first, length[chosen])
            wave = _drums(part, note, offset) if part.is_drum else _tones(part, tone, note, offset)
            out += np.bincount(start[note] + offset, wave * (part.velocity[note] / 127.0) ** 1.5, frames)[:frames]
        return (0.2 * out).astype(np.float32)


def _chunks(length: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Indices of consecutive notes, about _CHUNK samples together, so that memory stays bounded."""
    group = np.cumsum(length) // _CHUNK
    yield from np.split(np.arange(len(length)), np.flatnonzero(np.diff(group)) + 1)


def _tones(part: TimedPart, tone: Tone, note: NDArray[np.int64], offset: NDArray[np.int64]) -> NDArray[np.float32]:
    """The samples (n,) of pitched notes: `note` says whose each is, `offset` its place after the note's start."""
    seconds = offset / SAMPLE_RATE
    hertz = 440.0 * 2.0 ** ((part.pitch - 69) / 12)
    cycles = hertz[note] * (seconds + tone.vibrato * _wobble()[offset % SAMPLE_RATE])
    sample = (cycles * _TABLE).astype(np.int64) & (_TABLE - 1)
    wave: NDArray[np.float32] = _wavetables(tone.harmonics)[part.pitch[note], sample]
    wave *= _envelope(tone, seconds.astype(np.float32), part.duration_s.astype(np.float32)[note])
    return wave


@lru_cache(maxsize=1)
def _wobble() -> NDArray[np.float64]:
    """One second of a vibrato of six turns, in seconds by which the phase is early, for a depth of 1."""
    turn = 2 * np.pi * 6
    return np.sin(turn * np.arange(SAMPLE_RATE) / SAMPLE_RATE) / turn


def _envelope(tone: Tone, seconds: NDArray[np.float32], duration_s: NDArray[np.float32]) -> NDArray[np.float32]:
    """Loudness 0..1 of shape (n,) at `seconds` after a note's start that is held for `duration_s`."""
    held = tone.sustain + (1 - tone.sustain) * np.exp(-seconds / tone.decay_s)
    released = np.clip(1 - (seconds - duration_s) / tone.release_s, 0, 1) ** 2
    envelope: NDArray[np.float32] = held * np.minimum(seconds / tone.attack_s, 1) * released
    return envelope


@lru_cache(maxsize=len(TONES))
def _wavetables(harmonics: tuple[float, ...]) -> NDArray[np.float32]:
    """One cycle for each MIDI pitch, shape (128, _TABLE), of about equal power, without partials past 18 kHz."""
    order = np.arange(1, len(harmonics) + 1)
    frequency = 440.0 * 2.0 ** ((np.arange(128)[:, None] - 69) / 12) * order
    amplitude = np.where(frequency < 18000, np.array(harmonics), 0.0)
    amplitude /= np.sqrt((amplitude**2).sum(axis=1, keepdims=True))
    phase = 2 * np.pi * order[:, None] * np.arange(_TABLE) / _TABLE
    return (amplitude @ np.sin(phase)).astype(np.float32)


# Columns: how much noise, how bright it is (0..1), pitch of the drum head in Hz, time constant in seconds.
_KIT = {35: (0.1, 0, 52, 0.14), 36: (0.1, 0, 58, 0.13), 38: (0.8, 0.4, 185, 0.10), 40: (0.8, 0.5, 210, 0.09)}
_KIT |= {41: (0.1, 0, 90, 0.18), 43: (0.1, 0, 110, 0.17), 45: (0.1, 0, 135, 0.16), 47: (0.1, 0, 160, 0.15)}
_KIT |= {37: (0.7, 0.8, 700, 0.03), 39: (1, 0.5, 0, 0.06), 42: (1, 1, 0, 0.03), 44: (1, 1, 0, 0.04)}
_KIT |= {46: (1, 1, 0, 0.18), 49: (1, 0.9, 0, 0.35), 51: (0.8, 1, 0, 0.25), 57: (1, 0.9, 0, 0.35)}
_OTHER_DRUM = (0.5, 0.7, 400, 0.06)


@lru_cache(maxsize=1)
def _kit() -> NDArray[np.float64]:
    """The rows of _KIT for every MIDI pitch, shape (128, 4)."""
    return np.array([_KIT.get(pitch, _OTHER_DRUM) for pitch in range(128)], float)


def _drums(part: TimedPart, note: NDArray[np.int64], offset: NDArray[np.int64]) -> NDArray[np.float64]:
    """The samples (n,) of drum strokes: a falling sine for the head and noise for snares and metal."""
    noise, bright, head_hz, decay_s = _kit()[part.pitch[note]].T
    seconds = offset / SAMPLE_RATE
    hiss = np.random.default_rng(7).standard_normal(int(_DRUM_LENGTH_S * SAMPLE_RATE) + 2)
    dull, sharp = (hiss[1:] + hiss[:-1])[offset], np.diff(hiss)[offset]
    cycles = head_hz * (seconds + 0.03 * (1 - np.exp(-seconds / 0.03)))
    head = np.where(head_hz > 0, np.sin(2 * np.pi * cycles), 0.0)
    body: NDArray[np.float64] = noise * ((1 - bright) * dull + bright * sharp) * 0.5 + (1 - noise) * 1.6 * head
    body *= np.exp(-seconds / decay_s)
    return body
