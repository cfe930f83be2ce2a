"""Sheet music: a score engraved by Verovio as pages of SVG."""

from __future__ import annotations

import threading
from importlib.resources import files
from importlib.util import find_spec

from composer.errors import BadInput
from composer.music.musicxml_writer import write_musicxml
from composer.music.score import Score

MISSING = "Sheet music needs the package verovio; install it with “pip install verovio” and start the studio again."
_LOCK = threading.Lock()
"""Verovio keeps state that all of its toolkits share."""
_OPTIONS = {
    # Tenths of a millimetre: A4, with staves of 5.4 mm; all that a page draws with lies inside its file.
    "pageWidth": 2100,
    "pageHeight": 2970,
    "scale": 50,
    "footer": "none",
    "svgViewBox": True,
    "smuflTextFont": "embedded",
    "xmlIdSeed": 1,
}


def can_engrave() -> bool:
    """Whether Verovio is installed."""
    return find_spec("verovio") is not None


def sheet_pages(score: Score) -> list[str]:
    """The score as sheet music: one SVG drawing an A4 page, black on no ground; the same score gives the same pages.

    Notes are quantised as in `write_musicxml`. Raises BadInput where Verovio isn't installed or can't be loaded.
    """
    try:
        import verovio
    except ImportError:
        raise BadInput(MISSING) from None
    with _LOCK:
        verovio.enableLog(verovio.LOG_OFF)
        toolkit = verovio.toolkit(False)
        # What the package sets at import holds in the importing thread alone.
        toolkit.setResourcePath(str(files("verovio") / "data"))
        toolkit.setOptions(_OPTIONS)
        if not toolkit.loadData(write_musicxml(score).decode()):
            raise BadInput("This music can't be written as sheet music; the MusicXML file holds its notes.")
        return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
