"""Keeping, renaming and deleting the datasets that a person made."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from composer.data.dataset import UNREADABLE, Source, read_pieces, write_pieces
from composer.data.own.assembling import Assembly
from composer.data.own.shelf import own_folder
from composer.data.registry import find_source, sources
from composer.errors import BadInput

LONGEST_TITLE = 60


def save(title: str, assembly: Assembly) -> Source:
    """Keep the pieces of `assembly` as a dataset called `title` and return its Source.

    Raises BadInput for a title that is empty, too long or taken, for too little music, and where the disk is full.
    """
    title = check_title(title)
    if assembly.missing:
        raise BadInput(assembly.missing)
    name = slug(title)
    about = {
        "title": title,
        "layout": assembly.layout.name,
        "parts": list(assembly.layout.parts),
        "pieces": len(assembly.pieces),
        "bars": sum(verdict.bars for verdict in assembly.verdicts),
    }
    write_pieces(_path(name), assembly.pieces, about)
    return find_source(name)


def rename(source: Source, title: str) -> Source:
    """Call a person's dataset otherwise; its `name`, by which trainings know it, stays. Raises BadInput as `save`."""
    path = _own_path(source)
    title = check_title(title, source)
    try:
        pieces, about = read_pieces(path)
    except UNREADABLE:
        raise BadInput(f"“{source.title}” is damaged; please delete it and add your files again.") from None
    write_pieces(path, pieces, about | {"title": title})
    return replace(source, title=title)


def delete(source: Source) -> None:
    """Remove a person's dataset for good; raises BadInput for a built-in one. Models that learned from it stay."""
    _own_path(source).unlink(missing_ok=True)


def check_title(title: str, present: Source | None = None) -> str:
    """The title without surplus spaces; raises BadInput where it is empty, too long, or another dataset's.

    `present` is the dataset that is to be called so; its own title is free.
    """
    title = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    if not title:
        raise BadInput("The dataset needs a name; please type one.")
    if len(title) > LONGEST_TITLE:
        raise BadInput(f"This name is too long; please keep it to {LONGEST_TITLE} letters.")
    others = [source for source in sources().values() if present is None or source.name != present.name]
    if any(slug(title) in (source.name, slug(source.title)) for source in others):
        raise BadInput(f"There is already a dataset called “{title}”; please choose another name.")
    return title


def slug(title: str) -> str:
    """A short name for files and the command line: "My Jazz!" is "my-jazz"; of other alphabets, a hash."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    letters = sum(c.isalnum() for c in title)
    if len(re.sub("-", "", words)) * 2 >= letters and words:
        return words
    return f"own-{hashlib.sha256(title.casefold().encode()).hexdigest()[:8]}"


def _path(name: str) -> Path:
    return own_folder() / f"{name}.safetensors"


def _own_path(source: Source) -> Path:
    if source.file is None:
        raise BadInput(f"“{source.title}” comes with the studio, so it can't be changed or deleted.")
    return source.file
