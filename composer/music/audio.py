"""Sound as files: WAV, FLAC and MP3 from arrays."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import lameenc
import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from composer.music.stems import SAMPLE_RATE

_MP3_KBPS = 192


def wav_bytes(audio: ArrayLike, sample_rate: int = SAMPLE_RATE) -> bytes:
    """A 16-bit WAV file of `audio`, shape (frames,) or (frames, channels), within -1..1; ValueError otherwise."""
    return _write(audio, sample_rate, "WAV")


def flac_bytes(audio: ArrayLike, sample_rate: int = SAMPLE_RATE, compression: float = 0.0) -> bytes:
    """A 16-bit FLAC file of `audio`, shape (frames,) or (frames, channels), within -1..1; ValueError otherwise.

    `compression` 0..1 trades time for size; the samples that come back are those of the WAV file, exactly.
    """
    return _write(audio, sample_rate, "FLAC", compression_level=compression)


def mp3_bytes(audio: ArrayLike, sample_rate: int = SAMPLE_RATE) -> bytes:
    """An MP3 file at 192 kbit/s of `audio`, shape (frames,) or (frames, channels), within -1..1; ValueError otherwise.

    As with every MP3, decoders add a few hundredths of a second of silence in front.
    """
    samples = _as_int16(audio)
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(_MP3_KBPS)
    encoder.set_in_sample_rate(sample_rate)
    encoder.set_channels(1 if samples.ndim == 1 else samples.shape[1])
    encoder.set_quality(5)
    encoder.silence()
    return bytes(encoder.encode(samples.tobytes()) + encoder.flush())


@dataclass(frozen=True)
class AudioFormat:
    """A kind of sound file: `label`, file `extension` without a dot, `mime` type, and the function that writes it."""

    label: str
    extension: str
    mime: str
    encode: Callable[[ArrayLike], bytes]


AUDIO_FORMATS: dict[str, AudioFormat] = {
    "wav": AudioFormat("WAV", "wav", "audio/wav", wav_bytes),
    "flac": AudioFormat("FLAC", "flac", "audio/flac", flac_bytes),
    "mp3": AudioFormat("MP3", "mp3", "audio/mpeg", mp3_bytes),
}


def _write(audio: ArrayLike, sample_rate: int, kind: str, **options: float) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, _as_int16(audio), sample_rate, format=kind, subtype="PCM_16", **options)
    return buffer.getvalue()


def _as_int16(audio: ArrayLike) -> NDArray[np.int16]:
    """`audio` as 16-bit samples of the same shape; ValueError for a wrong shape, NaN, or a peak past 1."""
    samples = np.asarray(audio, np.float32)
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] not in (1, 2)):
        raise ValueError(f"audio must have the shape (frames,) or (frames, 1 or 2), not {samples.shape}")
    peak = float(np.abs(samples).max(initial=0.0))
    if not peak <= 1.0:  # also true for NaN
        raise ValueError(f"audio must stay within -1..1, but its peak is {peak}")
    return np.rint(samples * 32767).astype(np.int16)
