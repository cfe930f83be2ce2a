"""A recording as samples: what a microphone or a sound file brings, as mono sound for the pitch tracker."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.singing.packages import late
from composer.music.stems import Audio

RATE = 16_000
"""Samples a second of the sound that is listened to: enough for every voice, and what the tracker was trained on."""

LONGEST_S = 5 * 60.0
_RATES = (4_000, 384_000)
_BLOCK_S = 10
_UNREADABLE = (
    "This isn't a sound that the studio can read: bring a WAV, FLAC, OGG or MP3 file. "
    "(A phone's .m4a or .aac can be saved as MP3 or WAV in most sound programs.)"
)


def read_sound(data: bytes) -> Audio:
    """The sound of a file's bytes, mono float32 of shape (frames,) at RATE, its channels averaged.

    WAV, FLAC, OGG and MP3 are told by their content. Raises BadInput for an empty file, for what is no sound, and,
    before anything is decoded, for a sound longer than LONGEST_S.
    """
    if not data:
        raise BadInput("This sound is empty; please record it again or choose another file.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file)
            return _decode(file)
    except (soundfile.SoundFileError, RuntimeError):
        raise BadInput(_UNREADABLE) from None


def _check(file: soundfile.SoundFile) -> None:
    if not _RATES[0] <= file.samplerate <= _RATES[1]:
        raise BadInput(_UNREADABLE)
    if file.frames > LONGEST_S * file.samplerate:
        minutes = file.frames / file.samplerate / 60
        raise BadInput(
            f"This recording lasts {minutes:.0f} minutes; please bring at most {LONGEST_S / 60:.0f} minutes. "
            "Cut it in a sound program, or sing the melody alone."
        )


def _decode(file: soundfile.SoundFile) -> Audio:
    """All samples, averaged and resampled block by block: many channels at a high rate don't fill the memory."""
    resampler = late("soxr").ResampleStream(file.samplerate, RATE, 1, dtype="float32")
    limit = int(LONGEST_S * file.samplerate)  # what a header promises need not be what comes
    blocks, read = [], 0
    while read < limit and len(block := file.read(_BLOCK_S * file.samplerate, dtype="float32", always_2d=True)):
        read += len(block)
        blocks.append(resampler.resample_chunk(_mono(block)))
    blocks.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(blocks)


def _mono(block: NDArray[np.float32]) -> Audio:
    return np.asarray(np.nan_to_num(block, posinf=0.0, neginf=0.0).mean(axis=1), np.float32)
