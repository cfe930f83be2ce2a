"""Several files as one: zip archives of stems and of whatever belongs together."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable

from composer.music.audio import AudioFormat
from composer.music.stems import Stems, mixed_stems

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every file, so that the same music gives the same archive."""
_LONGEST_NAME = 60
_PACKED = (".wav", ".mid", ".musicxml", ".svg")
"""Endings of files that get smaller in an archive; the others are compressed as they are."""


def stems_zip(stems: Stems, parts: list[int], kind: AudioFormat) -> bytes:
    """An archive with a stereo file a part, all equally long, whose sum is the mix of these parts."""
    audio = mixed_stems(stems, parts)
    names = (f"{number} {file_name(stems.names[part])}.{kind.extension}" for number, part in enumerate(parts, 1))
    return zip_files((name, kind.encode(stem)) for name, stem in zip(names, audio, strict=True))


def zip_files(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of files, each a name (folders end in /) and its content; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return buffer.getvalue()


def file_name(title: str) -> str:
    """A title as a name that every system takes: small letters, digits and hyphens; "music" where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_LONGEST_NAME] or "music"
