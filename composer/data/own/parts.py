"""Which track of a file plays which part of a dataset: found from names, instruments and heights, and correctable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from composer.data.own.judging import FoundTrack, Judged
from composer.errors import BadInput
from composer.music.arranger.band import BAND_PARTS
from composer.music.instruments import instrument_name
from composer.music.pianoroll import DRUMS

LEFT_OUT = ""
"""In place of a part's name: the track is not learned from."""


@dataclass(frozen=True)
class Layout:
    """The parts of a dataset.

    A piece needs music in `needed` parts at least, the first among them. In an `ensemble` each track is one part and
    the highest comes first; otherwise tracks of one kind are put together.
    """

    name: str
    title: str
    parts: tuple[str, ...]
    needed: int
    ensemble: bool


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("choir", "Choir", ("Soprano", "Alto", "Tenor", "Bass"), 4, True),
        Layout("quartet", "String quartet", ("Violin 1", "Violin 2", "Viola", "Cello"), 4, True),
        Layout("band", "Band", BAND_PARTS, 3, False),
        Layout("melody", "Melody alone", ("Melody",), 1, False),
    )
}

TrackKind = tuple[str, str]
"""Tracks of one name and instrument in different files are of one kind, and are corrected together."""

_NAMES: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "choir": (
        ("Soprano", re.compile(r"\bsop|cantus|discant|treble", re.I)),
        ("Alto", re.compile(r"\balto?\b|\bcontralto", re.I)),
        ("Tenor", re.compile(r"\bten(or)?\b", re.I)),
        ("Bass", re.compile(r"\bbass?(us|o)?\b|\bbariton", re.I)),
    ),
    "quartet": (
        ("Violin 2", re.compile(r"\bv(io)?l(i?n)?(ino?|\.)?s?\s*[-.]?\s*(2|ii)\b|(2nd|second) violin", re.I)),
        ("Violin 1", re.compile(r"\bv(io)?l(i?n)?(ino?|\.)?s?\s*[-.]?\s*(1|i)\b|(1st|first) violin", re.I)),
        ("Viola", re.compile(r"\bviola|\bvla\b|bratsche", re.I)),
        ("Cello", re.compile(r"cello|\bvc\b|\bvlc\b", re.I)),
    ),
    "band": (
        ("Melody", re.compile(r"melod|vocal|voice|\blead\b|\bsing|\btune\b", re.I)),
        (DRUMS, re.compile(r"\bdrum|percussion", re.I)),
        ("Bass", re.compile(r"\b(e-?|electric )?bass\b", re.I)),
        ("Guitar", re.compile(r"guitar|\bgtr", re.I)),
        ("Strings", re.compile(r"string|violin|viola|cello|\bpad\b", re.I)),
        ("Piano", re.compile(r"piano|\bkeys\b|organ", re.I)),
    ),
    "melody": (("Melody", re.compile(r"melod|vocal|voice|\blead\b|\bsing|\btune\b", re.I)),),
}
_FAMILIES: tuple[tuple[range, str], ...] = (
    (range(24), "Piano"),
    (range(24, 32), "Guitar"),
    (range(32, 40), "Bass"),
    (range(40, 80), "Strings"),
    (range(80, 88), "Piano"),
    (range(88, 104), "Strings"),
    (range(104, 108), "Guitar"),
)
"""Which part of a band a General MIDI program plays where it isn't the melody; effects and percussive ones none."""
_STRINGS = (*range(40, 46), 48, 49)


def kind_of(track: FoundTrack) -> TrackKind:
    """The kind of a track: its name without surplus spaces, and its instrument."""
    return " ".join(track.name.split()).casefold(), instrument_name(track.program, track.is_drum)


def propose_layout(files: Sequence[Judged]) -> Layout:
    """The layout that most of the kept files look like; raises BadInput where none was kept.

    Four lines of strings are a quartet and four other lines a choir; drums or several tracks are a band, and one track
    or two a melody.
    """
    kept = [file for file in files if file.roll is not None]
    if not kept:
        raise BadInput("There is no music in these files that can be learned from; see what is said about each.")
    counts = Counter(_layout_name(file) for file in kept)
    return LAYOUTS[max(LAYOUTS, key=lambda name: counts[name])]


def _layout_name(file: Judged) -> str:
    pitched = [track for track in file.tracks if not track.is_drum]
    has_drums = len(pitched) < len(file.tracks)
    if len(pitched) == 4 and not has_drums:
        named = sum(_named(track, "quartet") is not None for track in pitched)
        strings = sum(track.program in _STRINGS for track in pitched)
        return "quartet" if max(named, strings) >= 3 else "choir"
    return "band" if has_drums or len(pitched) >= 3 else "melody"


def assign(file: Judged, layout: Layout, corrections: Mapping[TrackKind, str] | None = None) -> tuple[str, ...]:
    """The part that each track of a kept file plays, or LEFT_OUT.

    `corrections` say for kinds of tracks which part they play (or LEFT_OUT) and are followed; the others are found
    from their names, then their instruments, and in an ensemble by their height.
    """
    told = [(corrections or {}).get(kind_of(track)) for track in file.tracks]
    fixed = {number: part for number, part in enumerate(told) if part is not None and part in (*layout.parts, LEFT_OUT)}
    find = _ensemble if layout.ensemble else _family
    found = find(file, layout, fixed)
    return tuple(found.get(number, LEFT_OUT) for number in range(len(file.tracks)))


def _ensemble(file: Judged, layout: Layout, fixed: Mapping[int, str]) -> dict[int, str]:
    """One track a part: by name first, the parts left over by height, from the track with the most notes on."""
    found = dict(fixed)
    pitched = [number for number, track in enumerate(file.tracks) if not track.is_drum and number not in fixed]
    for number in pitched:
        part = _named(file.tracks[number], layout.name)
        if part is not None and part not in found.values():
            found[number] = part
    open_parts = [part for part in layout.parts if part not in found.values()]
    rest = [number for number in pitched if number not in found]
    busiest = sorted(rest, key=lambda number: -file.tracks[number].notes)[: len(open_parts)]
    by_height = sorted(busiest, key=lambda number: -file.tracks[number].height)
    return found | dict(zip(by_height, open_parts, strict=False))


def _family(file: Judged, layout: Layout, fixed: Mapping[int, str]) -> dict[int, str]:
    """Each track by its name or else its instrument; the likeliest melody is the melody where no name says so."""
    found = dict(fixed)
    for number, track in enumerate(file.tracks):
        part = _named(track, layout.name)
        if number not in found and part is not None and (part == DRUMS) == track.is_drum:
            found[number] = part
    if layout.parts[0] not in found.values() and file.melody not in fixed:
        found[file.melody] = layout.parts[0]
    for number, track in enumerate(file.tracks):
        part = DRUMS if track.is_drum else _by_instrument(track.program)
        if number not in found and part in layout.parts:
            found[number] = part
    return found


def _named(track: FoundTrack, layout: str) -> str | None:
    return next((part for part, pattern in _NAMES[layout] if pattern.search(track.name)), None)


def _by_instrument(program: int) -> str:
    return next((part for programs, part in _FAMILIES if program in programs), LEFT_OUT)


@dataclass(frozen=True)
class KindRow:
    """A kind of tracks as people correct it: `parts` counts where its tracks are put by themselves, most first."""

    kind: TrackKind
    files: int
    notes: int
    parts: tuple[tuple[str, int], ...]


def kinds(files: Sequence[Judged], layout: Layout) -> list[KindRow]:
    """The kinds of tracks in the kept files with the parts found for them, the commonest first."""
    rows: dict[TrackKind, list[tuple[str, int, str]]] = {}
    for file in files:
        if file.roll is not None:
            for track, part in zip(file.tracks, assign(file, layout), strict=True):
                rows.setdefault(kind_of(track), []).append((file.name, track.notes, part))
    found = [_row(kind, tracks) for kind, tracks in rows.items()]
    return sorted(found, key=lambda row: (-row.files, -row.notes, row.kind))


def _row(kind: TrackKind, tracks: Sequence[tuple[str, int, str]]) -> KindRow:
    names, notes, parts = zip(*tracks, strict=True)
    return KindRow(kind, len(set(names)), sum(notes), tuple(Counter(parts).most_common()))
