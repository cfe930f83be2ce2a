"""Score to MusicXML."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np

from composer.music.beaming import Beams, beams
from composer.music.drums import METAL, drum
from composer.music.engraving import UNITS, VALUES, Bar, Symbol, engrave, score_bars
from composer.music.score import Key, Score, Track
from composer.music.theory import key_fifths, spell

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 '
    'Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_BASS_CLEF_BELOW = 59
"""A part whose middle pitch lies under B3 is written in the bass clef."""

Element = ElementTree.Element


def write_musicxml(score: Score) -> bytes:
    """A MusicXML 4.0 file (score-partwise, UTF-8): one part a track, with bars, ties, clefs, key, meters and tempos.

    Notes off the grid of sixteenths and triplet eighths (swing, human timing) are quantised for notation, as `engrave`
    says; the exact times belong into a MIDI file. Overlapping notes of a track are written as tied chords.
    """
    root = Element("score-partwise", version="4.0")
    _add(_add(root, "work"), "work-title", score.title or "Untitled")
    _add(_add(_add(root, "identification"), "encoding"), "software", "Composer Studio")
    part_list = _add(root, "part-list")
    bars = score_bars(score)
    for number, track in enumerate(score.tracks, 1):
        _list_part(part_list, number, track)
    for number, track in enumerate(score.tracks, 1):
        _write_part(_add(root, "part", id=f"P{number}"), number, track, score, bars)
    ElementTree.indent(root)
    return (_HEAD + ElementTree.tostring(root, encoding="unicode") + "\n").encode("utf-8")


def _add(parent: Element, tag: str, text: object = None, **attributes: str) -> Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        element.text = "".join(c for c in str(text) if c.isprintable())
    return element


def _list_part(part_list: Element, number: int, track: Track) -> None:
    """The part's name and instruments; each drum is an instrument of its own."""
    part = _add(part_list, "score-part", id=f"P{number}")
    _add(part, "part-name", track.name or f"Part {number}")
    names = {f"P{number}-I1": track.name or "Instrument"}
    if track.is_drum:
        names = {_drum_id(number, p): drum(p).name for p in np.unique(track.notes["pitch"]).tolist()}
    for name in names:
        _add(_add(part, "score-instrument", id=name), "instrument-name", names[name])
    for name in names:
        midi = _add(part, "midi-instrument", id=name)
        _add(midi, "midi-channel", 10 if track.is_drum else 1 + (number - 1) % 9)
        _add(midi, "midi-program", 1 if track.is_drum else track.program + 1)
        if track.is_drum:
            _add(midi, "midi-unpitched", int(name.rsplit("I", 1)[1]))


def _drum_id(number: int, pitch: int) -> str:
    return f"P{number}-I{pitch + 1}"


def _write_part(part: Element, number: int, track: Track, score: Score, bars: list[Bar]) -> None:
    fifths = key_fifths(score.key) if score.key else 0
    tempos = _tempos_by_bar(score, bars)
    for i, (bar, symbols) in enumerate(zip(bars, engrave(track.notes, bars), strict=True)):
        pickup = {"implicit": "yes"} if bar.index == 0 else {}
        measure = _add(part, "measure", number=str(bar.index), **pickup)
        before = bars[i - 1].meter if i else None
        _write_attributes(measure, bar, track, score.key, first=before is None, new_meter=before != bar.meter)
        if number == 1:
            _write_tempos(measure, tempos[bar.start], bar)
        accidentals = {(letter, octave): _signature(letter, fifths) for letter in "CDEFGAB" for octave in range(-2, 11)}
        for symbol, joined in zip(symbols, beams(symbols, bar), strict=True):
            _write_symbol(measure, symbol, bar, number if track.is_drum else 0, fifths, accidentals, joined)
    if len(part):
        _add(_add(part[-1], "barline", location="right"), "bar-style", "light-heavy")


def _signature(letter: str, fifths: int) -> int:
    """The alteration of a letter by a key signature of `fifths` sharps."""
    return (fifths + 6 - "FCGDAEB".index(letter)) // 7


def _write_attributes(measure: Element, bar: Bar, track: Track, key: Key | None, first: bool, new_meter: bool) -> None:
    if not first and not new_meter:
        return
    attributes = _add(measure, "attributes")
    if first:
        _add(attributes, "divisions", UNITS)
        signature = _add(attributes, "key")
        _add(signature, "fifths", key_fifths(key) if key else 0)
        if key:
            _add(signature, "mode", key.mode)
    time = _add(attributes, "time")
    _add(time, "beats", bar.meter.numerator)
    _add(time, "beat-type", bar.meter.denominator)
    if first:
        _write_clef(_add(attributes, "clef"), track)


def _write_clef(clef: Element, track: Track) -> None:
    low = len(track.notes) and float(np.median(track.notes["pitch"])) < _BASS_CLEF_BELOW
    sign, line = ("percussion", 2) if track.is_drum else ("F", 4) if low else ("G", 2)
    _add(clef, "sign", sign)
    _add(clef, "line", line)


def _tempos_by_bar(score: Score, bars: list[Bar]) -> dict[int, list[tuple[int, float]]]:
    """For the start of each bar the tempos that begin in it: position in units from there, and quarters a minute."""
    starts = np.array([bar.start for bar in bars])
    found: dict[int, list[tuple[int, float]]] = {bar.start: [] for bar in bars}
    for tempo in score.tempos:
        place = round(tempo.onset * UNITS)
        start = int(starts[np.searchsorted(starts, place, side="right") - 1])
        found[start].append((place - start, tempo.bpm))
    return found


def _write_tempos(measure: Element, tempos: list[tuple[int, float]], bar: Bar) -> None:
    """The tempos of a bar, each at its place in it; those after the end of the music are left out."""
    for offset, bpm in tempos:
        if offset < bar.length:
            direction = _add(measure, "direction", placement="above")
            mark = _add(_add(direction, "direction-type"), "metronome")
            _add(mark, "beat-unit", "quarter")
            _add(mark, "per-minute", f"{bpm:g}")
            _add(direction, "offset", offset)
            _add(direction, "sound", tempo=f"{bpm:.9g}")


def _write_symbol(
    measure: Element,
    symbol: Symbol,
    bar: Bar,
    drum_part: int,
    fifths: int,
    accidentals: dict[tuple[str, int], int],
    joined: Beams,
) -> None:
    """A rest, or one note element for each sound of a note or chord; `drum_part` is the part's number for drums."""
    if not symbol.sounds:
        note = _add(measure, "note")
        whole_bar = bar.is_full and symbol.length == bar.length
        _add(note, "rest", **({"measure": "yes"} if whole_bar else {}))
        _write_value(note, symbol, bar, show=not whole_bar)
    for i, (pitch, velocity, tied_from, tied_on) in enumerate(symbol.sounds):
        note = _add(measure, "note", dynamics=f"{velocity / 0.9:.2f}")
        if i:
            _add(note, "chord")
        ties = ["stop"] * tied_from + ["start"] * tied_on
        first: Beams | None = None if i else joined
        if drum_part:
            kind = drum(pitch)
            _write_place(_add(note, "unpitched"), "display-", kind.staff[0], int(kind.staff[1:]))
            _write_value(note, symbol, bar, ties, _drum_id(drum_part, pitch), cross=kind.kind == METAL, joined=first)
            continue
        letter, alter, octave = spell(pitch, fifths)
        _write_place(_add(note, "pitch"), "", letter, octave, alter)
        shown = accidentals[letter, octave] != alter and not tied_from
        accidentals[letter, octave] = alter
        _write_value(note, symbol, bar, ties, accidental=_ACCIDENTALS[alter] if shown else "", joined=first)


def _write_place(place: Element, prefix: str, letter: str, octave: int, alter: int = 0) -> None:
    _add(place, f"{prefix}step", letter)
    if alter:
        _add(place, "alter", alter)
    _add(place, f"{prefix}octave", octave)


def _write_value(
    note: Element,
    symbol: Symbol,
    bar: Bar,
    ties: Sequence[str] = (),
    drum: str = "",
    accidental: str = "",
    cross: bool = False,
    show: bool = True,
    joined: Beams | None = (),
) -> None:
    """All that follows a note's pitch, in the order that the format asks for; `show` is False for a whole-bar rest.

    A `cross` is the note head of cymbals. `joined` are the beams, None for the further notes of a chord, which have
    neither beams nor a triplet's bracket.
    """
    _add(note, "duration", symbol.length)
    for tie in ties:
        _add(note, "tie", type=tie)
    if drum:
        _add(note, "instrument", id=drum)
    if not show:
        return
    name, dots, triplet = VALUES[symbol.length]
    _add(note, "type", name)
    for _ in range(dots):
        _add(note, "dot")
    if accidental:
        _add(note, "accidental", accidental)
    if triplet:
        ratio = _add(note, "time-modification")
        _add(ratio, "actual-notes", 3)
        _add(ratio, "normal-notes", 2)
    if cross:
        _add(note, "notehead", "x")
    for number, beam in enumerate(joined or (), 1):
        _add(note, "beam", beam, number=str(number))
    brackets = _brackets(symbol, bar) if triplet and joined is not None else []
    if ties or brackets:
        notations = _add(note, "notations")
        for tie in ties:
            _add(notations, "tied", type=tie)
        for bracket in brackets:
            _add(notations, "tuplet", type=bracket)


def _brackets(symbol: Symbol, bar: Bar) -> list[str]:
    """Whether a triplet's bracket starts or stops at this symbol: with its beat."""
    start = symbol.start - bar.start
    return ["start"] * (start % UNITS == 0) + ["stop"] * ((start + symbol.length) % UNITS == 0)
