"""The datasets that a person made, as they lie on disk: one file each, found again as a Source."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from safetensors import safe_open

from composer.data.dataset import UNREADABLE, Progress, Source
from composer.errors import BadInput
from composer.paths import home

TERMS = "These are your own files: you know whose music it is and whether it may be learned from."


def own_folder() -> Path:
    """Where a person's datasets are kept."""
    return home() / "datasets" / "own"


def own_sources() -> list[Source]:
    """A Source for each of the person's datasets, by title; files that hold none are passed over."""
    paths = [path for path in own_folder().glob("*.safetensors") if path.is_file()]
    found = [_source(path, path.stat().st_mtime_ns) for path in paths]
    return sorted((source for source in found if source is not None), key=lambda source: source.title.casefold())


def read_about(path: Path) -> dict[str, Any]:
    """What `library.save` wrote about a dataset: title, layout, parts, pieces and bars; raises one of UNREADABLE."""
    with safe_open(path, framework="numpy") as file:
        return dict(json.loads((file.metadata() or {})["about"]))


@lru_cache(maxsize=256)
def _source(path: Path, modified_ns: int) -> Source | None:
    try:
        about = read_about(path)
        summary = f"Your own music: {about['pieces']:,} pieces, {about['bars']:,} bars."
        parts = tuple(str(name) for name in about["parts"])
        return Source(path.stem, str(about["title"]), summary, TERMS, 1, parts, _refuse, path)
    except UNREADABLE:
        return None


def _refuse(progress: Progress) -> NoReturn:
    """In place of a build: what can't be read can't be made again either."""
    raise BadInput("This dataset of yours is damaged or gone; please delete it and add your files again.")
