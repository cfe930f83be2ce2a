"""Opens what a person brings, a file, a folder or a zip, without trusting it: nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from composer.data.zips import BROKEN_ZIP, UNREADABLE, check_directory, refuse_member, size_of
from composer.errors import BadInput
from composer.music.reading import MAX_BYTES

MUSIC_SUFFIXES = (".mid", ".midi", ".kar", ".musicxml", ".xml", ".mxl", ".npz")
MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 1_000_000_000
"""All that is read from one collection, unpacked."""
_TOO_MANY = f"There are more than {MAX_ENTRIES:,} files in it; please bring them in several parts."
_BROKEN_ENTRY = "It is damaged inside the zip and can't be unpacked."


@dataclass(frozen=True)
class Entry:
    """One file that was found: its name and its bytes, or in `refusal` the sentence that says why it isn't read.

    `share` (0..1) is how much of the collection has been gone through with it.
    """

    name: str
    data: bytes = b""
    refusal: str = ""
    share: float = 1.0


def open_path(path: Path) -> Iterator[Entry]:
    """The files of a folder (with those below it), of a zip, or a single file, one after another, sorted by name.

    What can't be used comes as an Entry with its refusal, and the rest goes on; at most one file's bytes are held at a
    time. Hidden files are passed over. Raises BadInput where there is nothing at `path`, or more than MAX_ENTRIES.
    """
    if path.is_dir():
        yield from _limited(_open_folder(path))
    elif path.is_file():
        with path.open("rb") as file:
            yield from open_files([(path.name, file)])
    else:
        raise BadInput(f"There is nothing at {path}; please check the path.")


def open_files(files: Sequence[tuple[str, BinaryIO]]) -> Iterator[Entry]:
    """The same for open files, each with its name; zips among them are looked into. The files must be seekable."""
    yield from _limited(_open_each(files))


def _limited(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The entries, until MAX_TOTAL_BYTES have been read; those after that are refused unread."""
    total = 0
    with closing(entries):  # type: ignore[type-var]  # generators, all of them
        for entry in entries:
            total += len(entry.data)
            if total > MAX_TOTAL_BYTES and not entry.refusal:
                gigabytes = MAX_TOTAL_BYTES / 1e9
                yield Entry(entry.name, refusal=f"More than {gigabytes:g} GB came before it.", share=entry.share)
            else:
                yield entry


def _open_each(files: Sequence[tuple[str, BinaryIO]]) -> Iterator[Entry]:
    for number, (name, file) in enumerate(files):
        done, part = number / len(files), 1 / len(files)
        if PurePosixPath(name).suffix.lower() == ".zip":
            for entry in _open_zip(name, file):
                yield Entry(entry.name, entry.data, entry.refusal, done + part * entry.share)
        else:
            yield _read(name, file, size_of(file), done + part)


def _read(name: str, file: BinaryIO, size: int, share: float) -> Entry:
    """A file's Entry; a file that isn't music, or is too large, isn't read at all."""
    refusal = _refuse_name(name) or _refuse_size(size)
    data = b"" if refusal else file.read(MAX_BYTES + 1)
    refusal = refusal or _refuse_size(len(data))  # a zip may lie about sizes
    return Entry(name, b"" if refusal else data, refusal, share)


def _refuse_name(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".zip":
        return "A zip inside another is not opened; please unpack it first."
    return "" if suffix in MUSIC_SUFFIXES else "It is not a MIDI, MusicXML or .npz file."


def _refuse_size(size: int) -> str:
    return f"It is larger than {MAX_BYTES // 1_000_000} MB." if size > MAX_BYTES else ""


def _open_folder(folder: Path) -> Iterator[Entry]:
    paths = _walk(folder)
    for number, path in enumerate(paths):
        name, share = path.relative_to(folder).as_posix(), (number + 1) / len(paths)
        try:
            if path.is_symlink() or not path.is_file():
                yield Entry(name, refusal="It is a link, and links are not followed.", share=share)
                continue
            with path.open("rb") as file:
                yield _read(name, file, path.stat().st_size, share)
        except OSError as error:
            yield Entry(name, refusal=f"It can't be read ({error.strerror}).", share=share)


def _walk(folder: Path) -> list[Path]:
    """All files below a folder, sorted; links are listed but not followed."""
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(root, name).is_symlink()]
        found += [Path(root, name) for name in [*names, *links] if not name.startswith(".")]
        if len(found) > MAX_ENTRIES:
            raise BadInput(_TOO_MANY)
    return sorted(found)


def _open_zip(name: str, file: BinaryIO) -> Iterator[Entry]:
    """The files in a zip; where the zip itself can't be used, one Entry that says so."""
    try:
        check_directory(file, MAX_ENTRIES, _TOO_MANY)
        with zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            if len(members) > MAX_ENTRIES:
                raise BadInput(_TOO_MANY)
            for number, info in enumerate(sorted(members, key=lambda info: info.filename)):
                yield _open_member(archive, info, (number + 1) / len(members))
    except BadInput as error:
        yield Entry(name, refusal=str(error))
    except UNREADABLE:
        yield Entry(name, refusal=BROKEN_ZIP)


def _is_hidden(name: str) -> bool:
    """Whether a program put it there by itself, such as .DS_Store and the twins that macOS adds."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and ("__MACOSX" in parts or (parts[-1].startswith(".") and parts[-1] != ".."))


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, share: float) -> Entry:
    refusal = refuse_member(info)
    if refusal:
        return Entry(info.filename, refusal=refusal, share=share)
    try:
        with archive.open(info) as member:
            return _read(info.filename, member, info.file_size, share)  # type: ignore[arg-type]  # only read
    except UNREADABLE:
        return Entry(info.filename, refusal=_BROKEN_ENTRY, share=share)
