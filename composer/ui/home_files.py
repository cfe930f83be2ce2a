"""What can be taken home: every kind of file, how it is called and what writes it. A file is made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from composer.music.audio import AUDIO_FORMATS, flac_bytes, mp3_bytes, wav_bytes
from composer.music.bundles import file_name, stems_zip, zip_files
from composer.music.score import Score
from composer.music.sheet import can_engrave, sheet_pages
from composer.music.stems import Audio, Stems, mix
from composer.projects.project import EXTENSION, Project, pack_project
from composer.ui.engine import synthesiser

_SMALL = 0.6
"""How hard FLAC tries to be small in a file that is kept (0..1)."""


@dataclass(frozen=True)
class Taken:
    """What is taken home: the tracks `parts` (numbers from 0) of a score; `dark` is for pictures.

    `project` is all of it, with every take.
    """

    score: Score
    parts: Sequence[int]
    dark: bool = False
    project: Project | None = None

    @cached_property
    def chosen(self) -> Score:
        """The score of the chosen parts alone."""
        return replace(self.score, tracks=tuple(self.score.tracks[part] for part in self.parts))

    @cached_property
    def stems(self) -> Stems:
        """All parts as sound, also those that aren't chosen: what is chosen is as loud as on the page."""
        return synthesiser().render_stems(self.score)

    @cached_property
    def sound(self) -> Audio:
        """The mix (frames, 2) with all other parts silent: as long, as loud and as far left or right as on the page."""
        return mix(self.stems, [float(part in self.parts) for part in range(len(self.score.tracks))])


@dataclass(frozen=True)
class Kind:
    """A kind of file: its `label`, the end of its name, its type, a sentence on it, and the function that writes it."""

    label: str
    ending: str
    mime: str
    icon: str
    help: str
    write: Callable[[Taken], bytes]


def _midi(taken: Taken) -> bytes:
    from composer.music.midi import write_midi

    return write_midi(taken.chosen)


def _musicxml(taken: Taken) -> bytes:
    from composer.music.musicxml_writer import write_musicxml

    return write_musicxml(taken.chosen)


def _picture(taken: Taken) -> bytes:
    from composer.plots.picture import pianoroll_png

    return pianoroll_png(taken.chosen, taken.dark, taken.parts)


def _drawing(taken: Taken) -> bytes:
    from composer.plots.picture import pianoroll_svg

    return pianoroll_svg(taken.chosen, taken.dark, taken.parts)


def _moving(taken: Taken) -> bytes:
    from composer.plots.moving_roll import moving_roll_html

    return moving_roll_html(taken.chosen, mp3_bytes(taken.sound), taken.parts)


def _stems(kind: str) -> Callable[[Taken], bytes]:
    return lambda taken: stems_zip(taken.stems, list(taken.parts), AUDIO_FORMATS[kind])


def _sheet(taken: Taken) -> bytes:
    return zip_files(_numbered_pages(taken))


def _numbered_pages(taken: Taken) -> Iterator[tuple[str, bytes]]:
    for number, page in enumerate(sheet_pages(taken.chosen), 1):
        yield f"page-{number}.svg", page.encode()


MIDI = Kind("MIDI", ".mid", "audio/midi", ":material/piano:", "Notes for any music program or keyboard.", _midi)
SOUND = (
    Kind(
        "MP3", ".mp3", "audio/mpeg", ":material/headphones:", "Small, plays everywhere.", lambda t: mp3_bytes(t.sound)
    ),
    Kind(
        "WAV", ".wav", "audio/wav", ":material/graphic_eq:", "Without loss, for editing.", lambda t: wav_bytes(t.sound)
    ),
    Kind(
        "FLAC",
        ".flac",
        "audio/flac",
        ":material/compress:",
        "Without loss, half the size of WAV.",
        lambda t: flac_bytes(t.sound, compression=_SMALL),
    ),
    Kind(
        "Stems, WAV",
        "-stems-wav.zip",
        "application/zip",
        ":material/stacks:",
        "A sound file for each part, for a mixing desk: together they are the mix.",
        _stems("wav"),
    ),
    Kind(
        "Stems, FLAC",
        "-stems-flac.zip",
        "application/zip",
        ":material/stacks:",
        "The same, in half the size.",
        _stems("flac"),
    ),
)
MUSICXML = Kind(
    "MusicXML",
    ".musicxml",
    "application/vnd.recordare.musicxml+xml",
    ":material/lyrics:",
    "Notes for MuseScore, Sibelius, Dorico and others.",
    _musicxml,
)
SHEET = Kind(
    "Sheet music",
    "-sheet-music.zip",
    "application/zip",
    ":material/menu_book:",
    "Pages ready to print, one SVG drawing each.",
    _sheet,
)
PICTURE = (
    Kind("PNG", ".png", "image/png", ":material/image:", "The piano roll as a picture.", _picture),
    Kind("SVG", ".svg", "image/svg+xml", ":material/polyline:", "The piano roll, sharp at any size.", _drawing),
    Kind(
        "Moving roll",
        ".html",
        "text/html",
        ":material/animated_images:",
        "One page that plays the music with a playhead that moves along, in any browser, also offline.",
        _moving,
    ),
)


def score_kinds() -> tuple[Kind, ...]:
    """What can be taken home as notes on paper: without Verovio no sheet music."""
    return (MUSICXML, SHEET) if can_engrave() else (MUSICXML,)


def everything(taken: Taken) -> bytes:
    """All of it in one zip: every kind of file, each part as MIDI and as sound, the pages and the project."""
    return zip_files(_all_files(taken))


def _all_files(taken: Taken) -> Iterator[tuple[str, bytes]]:
    name = file_name(taken.score.title)
    for kind in (MIDI, *SOUND[:3], MUSICXML, *PICTURE):
        yield f"{name}{kind.ending}", kind.write(taken)
    for number, part in enumerate(taken.parts, 1):
        alone = Taken(taken.score, [part])
        yield f"parts/{number} {file_name(taken.score.tracks[part].name)}.mid", _midi(alone)
    yield f"{name}{SOUND[4].ending}", SOUND[4].write(taken)
    if can_engrave():
        yield from ((f"sheet music/{page}", drawing) for page, drawing in _numbered_pages(taken))
    if taken.project is not None:
        yield f"{name}.{EXTENSION}", pack_project(taken.project)
