"""What a zip from anywhere must keep to before anything in it is read: no bombs, no climbing paths, no links."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from composer.errors import BadInput

MAX_RATIO = 200
"""How many times a file in a zip may grow: MIDI grows about 4 times, MusicXML about 20."""
SMALL_BYTES = 100_000
"""A file this small may grow by more: silence packs well, and can do no harm."""
BROKEN_ZIP = "This zip is damaged and can't be opened; please make or download it again."
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises for a damaged or strange zip, when it is opened or a file in it is read."""
_MAX_DIRECTORY_BYTES = 8_000_000
_END_OF_DIRECTORY, _END_BYTES, _MAX_COMMENT = b"PK\x05\x06", 22, 65_535
_ZIP64_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20


def check_directory(file: BinaryIO, most_entries: int, too_many: str) -> None:
    """Raise BadInput for a zip whose list of contents would fill the memory, before it is read.

    `too_many` is the sentence for a zip of more than twice `most_entries`; hidden files among them may count for
    nothing, so that the caller counts again.
    """
    size = size_of(file)
    start = max(size - _END_BYTES - _MAX_COMMENT, 0)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_END_OF_DIRECTORY)
    if place < 0 or len(tail) < place + _END_BYTES:
        raise BadInput(BROKEN_ZIP)
    count, directory = struct.unpack("<HL", tail[place + 10 : place + 16])
    file.seek(max(start + place - _LOCATOR_BYTES, 0))
    is_zip64 = file.read(4) == _ZIP64_LOCATOR  # written only for more than 65,535 entries or 4 GB
    if is_zip64 or count > 2 * most_entries or directory > _MAX_DIRECTORY_BYTES:
        raise BadInput(too_many)
    file.seek(0)


def refuse_member(info: zipfile.ZipInfo) -> str:
    """Why an entry isn't even opened; "" for one that looks harmless."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]:
        return "Its path leads out of the zip, which isn't safe."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "It is a link, and links are not followed."
    if info.flag_bits & 1:
        return "It is locked with a password; please unpack it yourself first."
    if info.file_size > max(MAX_RATIO * info.compress_size, SMALL_BYTES):
        return f"It grows to more than {MAX_RATIO} times its size when unpacked, which isn't safe."
    return ""


def size_of(file: BinaryIO) -> int:
    """The bytes of an open, seekable file, which is at its beginning then."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
