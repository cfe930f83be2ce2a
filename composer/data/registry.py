"""The datasets a model can learn from. A new one is a file beside this and a line in SOURCES."""

from __future__ import annotations

from composer.data.chorales import CHORALES
from composer.data.dataset import Source
from composer.errors import BadInput

SOURCES: dict[str, Source] = {source.name: source for source in (CHORALES,)}


def find_source(name: str) -> Source:
    """The source called `name`; raises BadInput naming those there are."""
    if name not in SOURCES:
        raise BadInput(f"There is no dataset called “{name}”; there are: {', '.join(SOURCES)}.")
    return SOURCES[name]
