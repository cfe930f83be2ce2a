"""Archives: stems that sum to the mix, names that every system takes, the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import soundfile

from composer.music.audio import AUDIO_FORMATS, wav_bytes
from composer.music.bundles import file_name, stems_zip, zip_files
from composer.music.stems import Stems, mix, mixed_stems


def stems(level: float = 0.3) -> Stems:
    random = np.random.default_rng(3)
    audio = tuple((random.uniform(-level, level, 30_000)).astype(np.float32) for _ in range(3))
    return Stems(("Melody", "Alto / 2nd", "Bass"), audio)


def sounds(archive: bytes) -> dict[str, np.ndarray]:
    files = zipfile.ZipFile(io.BytesIO(archive))
    return {name: soundfile.read(io.BytesIO(files.read(name)))[0] for name in files.namelist()}


@pytest.mark.parametrize("kind", ["wav", "flac"])
@pytest.mark.parametrize("parts", [[0, 1, 2], [0, 2], [1]])
@pytest.mark.parametrize("level", [0.3, 0.9])
def test_stems_are_equally_long_and_sum_to_the_mix(kind: str, parts: list[int], level: float) -> None:
    found = sounds(stems_zip(stems(level), parts, AUDIO_FORMATS[kind]))
    whole = mix(stems(level), [float(part in parts) for part in range(3)])
    expected, _ = soundfile.read(io.BytesIO(wav_bytes(whole)))
    assert {sound.shape for sound in found.values()} == {expected.shape}
    assert np.abs(sum(found.values()) - expected).max() <= len(parts) / 32768
    assert len(found) == len(parts)


def test_a_part_that_is_louder_than_the_mix_does_not_clip() -> None:
    loud = np.full(5_000, 0.9, np.float32)
    opposite = Stems(("Up", "Down"), (loud, -loud))
    found = list(mixed_stems(opposite, [0, 1]))
    assert max(float(np.abs(stem).max()) for stem in found) <= 0.97 + 1e-6


def test_stems_are_named_by_number_and_part() -> None:
    assert list(sounds(stems_zip(stems(), [0, 1], AUDIO_FORMATS["flac"]))) == ["1 melody.flac", "2 alto-2nd.flac"]


def test_an_archive_is_the_same_for_the_same_files() -> None:
    files = [("a/notes.mid", b"MThd" * 50), ("b.png", b"\x89PNG")]
    assert zip_files(files) == zip_files(files)
    archive = zipfile.ZipFile(io.BytesIO(zip_files(files)))
    assert [(name, archive.read(name)) for name in archive.namelist()] == files


@pytest.mark.parametrize(
    ("title", "name"), [("Für Elise!", "fur-elise"), ("../../etc", "etc"), ("", "music"), ("漢字", "music")]
)
def test_a_title_becomes_a_name_for_a_file(title: str, name: str) -> None:
    assert file_name(title) == name
