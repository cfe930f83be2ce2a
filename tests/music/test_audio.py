"""Sound files: what goes in comes out, and broken sound is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from composer.music.audio import AUDIO_FORMATS, flac_bytes, mp3_bytes, wav_bytes
from composer.music.stems import SAMPLE_RATE


def tone(channels: int = 1) -> np.ndarray:
    wave = 0.6 * np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    return wave.astype(np.float32) if channels == 1 else np.stack([wave, 0.3 * wave], axis=1).astype(np.float32)


@pytest.mark.parametrize("encode", [wav_bytes, flac_bytes])
@pytest.mark.parametrize("channels", [1, 2])
def test_lossless_files_hold_the_samples(encode, channels: int) -> None:
    audio = tone(channels)
    back, rate = soundfile.read(io.BytesIO(encode(audio)), dtype="float32")
    assert rate == SAMPLE_RATE
    np.testing.assert_allclose(back, audio, atol=1.5 / 32768)


@pytest.mark.parametrize("channels", [1, 2])
def test_mp3_sounds_like_the_original(channels: int) -> None:
    back, rate = soundfile.read(io.BytesIO(mp3_bytes(tone(channels))), dtype="float32", always_2d=True)
    assert rate == SAMPLE_RATE and back.shape[1] == channels
    middle = back[SAMPLE_RATE // 4 : SAMPLE_RATE // 2, 0]
    assert np.abs(middle).max() == pytest.approx(0.6, abs=0.05)
    hz = np.argmax(np.abs(np.fft.rfft(middle))) * SAMPLE_RATE / len(middle)
    assert hz == pytest.approx(440, abs=5)


@pytest.mark.parametrize("name", list(AUDIO_FORMATS))
def test_full_scale_does_not_wrap_round(name: str) -> None:
    data = AUDIO_FORMATS[name].encode(np.full(4096, 1.0, np.float32))
    assert soundfile.read(io.BytesIO(data))[0][2000:3000].min() > 0.8


@pytest.mark.parametrize("name", list(AUDIO_FORMATS))
@pytest.mark.parametrize("bad", [np.array([0.0, np.nan]), np.array([0.0, 1.5]), np.zeros((2, 3, 4)), np.zeros((4, 5))])
def test_broken_sound_is_refused(name: str, bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="audio must"):
        AUDIO_FORMATS[name].encode(bad)


def test_the_same_sound_gives_the_same_file() -> None:
    assert mp3_bytes(tone(2)) == mp3_bytes(tone(2))
    assert flac_bytes(tone()) == flac_bytes(tone())
