"""The datasets a model can learn from. A new one is a file beside this and a line in SOURCES."""

from __future__ import annotations

from composer.data.band import BAND
from composer.data.chorales import CHORALES
from composer.data.dataset import Source
from composer.data.folk import FOLK
from composer.data.own.shelf import own_sources
from composer.data.quartets import QUARTETS
from composer.errors import BadInput

SOURCES: dict[str, Source] = {source.name: source for source in (CHORALES, QUARTETS, FOLK, BAND)}
"""Those that come with the program."""


def sources() -> dict[str, Source]:
    """All datasets there are now by name: those that come with the program, then the person's own by title."""
    return SOURCES | {source.name: source for source in own_sources() if source.name not in SOURCES}


def find_source(name: str) -> Source:
    """The source with this name, or else with this title; raises BadInput naming those there are."""
    found = sources()
    by_title = {source.title.casefold(): source for source in found.values()}
    if name not in found and name.casefold() not in by_title:
        raise BadInput(f"There is no dataset called “{name}”; there are: {', '.join(found)}.")
    return found.get(name) or by_title[name.casefold()]
