"""MusicXML, plain and compressed, to Score and back."""

from __future__ import annotations

import io
import lzma
import math
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np

from composer.errors import BadInput
from composer.music.limits import check_changes, check_length, check_track_count, check_tracks, make_tempo
from composer.music.musicxml_writer import write_musicxml
from composer.music.score import DEFAULT_VELOCITY, NOTE, Key, Meter, Score, Tempo, Track, from_start, make_notes
from composer.music.theory import find_key

__all__ = ["read_musicxml", "write_musicxml"]

FILE = "MusicXML file"
MAX_UNPACKED_BYTES = 20_000_000
_BROKEN = "This MusicXML file is damaged and can't be read; please export it again."
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_BEAT_UNITS = {"whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5, "16th": 0.25}

Element = ElementTree.Element


def read_musicxml(data: bytes) -> Score:
    """The Score in the bytes of a MusicXML file, plain or compressed (.mxl); onsets are exact.

    Each staff of each part becomes a Track. Ties are joined, transposing instruments sound as they sound, grace and
    cue notes are left out, repeats are played once. Meters, tempos and key are the first part's, and a first bar
    shorter than its meter is the pickup.
    Raises BadInput for everything that isn't a sound score-partwise with notes, for zip bombs and for entities.
    """
    root = _parse_xml(_unzip(data) if data[:2] == b"PK" else data)
    if root.tag == "score-timewise":
        raise BadInput("This MusicXML file is sorted by bars; please export it as score-partwise, the usual kind.")
    if root.tag != "score-partwise":
        raise BadInput("This file isn't MusicXML; please choose a MIDI or MusicXML file.")
    elements = root.findall("part")
    check_track_count(len(elements), FILE)
    try:
        headers = {header.get("id", ""): _Header.read(header) for header in root.iterfind("part-list/score-part")}
        parts = [_Part(headers.get(element.get("id", ""), _Header())).read(element) for element in elements]
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise error if isinstance(error, BadInput) else BadInput(_BROKEN) from error
    tracks = tuple(track for part in parts for track in part.tracks())
    check_tracks(tracks, FILE)
    first = parts[0]
    tempos = [tempo for part in parts for tempo in part.tempos]
    check_changes(max(len(tempos), len(first.meters)), FILE)
    title = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    return Score(
        tracks=tracks,
        tempos=from_start(tempos, Tempo(0.0, 120.0)),
        meters=from_start(first.meters, Meter(0.0, 4, 4)),
        key=_choose_key(first.fifths, first.mode, tracks),
        pickup=first.pickup,
        title=" ".join(title.split())[:60],
    )


def _choose_key(fifths: int | None, mode: str, tracks: tuple[Track, ...]) -> Key | None:
    """The key of a signature; where no mode is said, major unless the notes lie in the relative minor."""
    if fifths is None:
        return None
    major, minor = Key(fifths * 7 % 12), Key((fifths * 7 + 9) % 12, "minor")
    found = find_key(np.concatenate([np.empty(0, NOTE), *(t.notes for t in tracks if not t.is_drum)]))
    return minor if mode == "minor" or (mode != "major" and found == minor) else major


def _parse_xml(data: bytes) -> Element:
    """The root element; raises BadInput for broken XML and for a document type that defines entities."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_entities
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, LookupError, AssertionError) as error:
        raise BadInput(_BROKEN) from error


def _refuse_entities(name: str, system_id: str | None, public_id: str | None, has_internal_subset: int) -> None:
    # An internal subset can define entities that grow without end; no MusicXML program writes one.
    if has_internal_subset:
        raise BadInput("This MusicXML file defines its own entities, which isn't safe; please export it again.")


def _unzip(data: bytes) -> bytes:
    """The score inside a compressed MusicXML file; raises BadInput."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            container = _parse_xml(_read_member(archive, "META-INF/container.xml"))
            paths = [element.get("full-path", "") for element in container.iter("rootfile")]
            return _read_member(archive, paths[0])
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, LookupError, EOFError, OSError) as error:
        raise BadInput("This isn't a compressed MusicXML file, or it is damaged; please export it again.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise BadInput("This compressed file can't be opened; please export it as plain MusicXML.") from error


def _read_member(archive: zipfile.ZipFile, path: str) -> bytes:
    with archive.open(path) as member:
        data = member.read(MAX_UNPACKED_BYTES + 1)
    if len(data) > MAX_UNPACKED_BYTES:
        raise BadInput(f"This file unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; please choose another.")
    return data


@dataclass(frozen=True)
class _Header:
    """What the part list says of a part; `drums` gives the MIDI pitch of each unpitched instrument."""

    name: str = ""
    program: int = 0
    is_drum: bool = False
    drums: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, element: Element) -> _Header:
        """The header in a score-part element; raises ValueError for numbers that aren't any."""
        instruments = element.findall("midi-instrument")
        unpitched = {i.get("id", ""): i.findtext("midi-unpitched") for i in instruments}
        return cls(
            name=" ".join((element.findtext("part-name") or "").split())[:60],
            program=min(max(_integer(element.findtext("midi-instrument/midi-program"), 1) - 1, 0), 127),
            is_drum=any(_integer(i.findtext("midi-channel"), 1) == 10 for i in instruments),
            drums={name: (int(text) - 1) % 128 for name, text in unpitched.items() if text},
        )


@dataclass
class _Part:
    """A part as far as it is read; `now` is where the next note begins, in quarters."""

    header: _Header
    now: Fraction = Fraction(0)
    bar_start: Fraction = Fraction(0)
    reached: Fraction = Fraction(0)
    chord_onset: Fraction = Fraction(0)
    divisions: int = 1
    transpose: dict[str, int] = field(default_factory=dict)
    meters: list[Meter] = field(default_factory=list)
    tempos: list[Tempo] = field(default_factory=list)
    fifths: int | None = None
    mode: str = ""
    pickup: float = 0.0
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    ties: dict[tuple[str, int], _Row] = field(default_factory=dict)

    def read(self, part: Element) -> _Part:
        """Take in all bars; raises BadInput or ValueError for what makes no sense."""
        bars = part.findall("measure")
        for i, bar in enumerate(bars):
            self.bar_start = self.now = self.reached
            for element in bar:
                handler = _HANDLERS.get(element.tag)
                if handler:
                    handler(self, element)
            self._close_bar(i, len(bars))
            check_length(float(self.reached), FILE)
        return self

    def tracks(self) -> list[Track]:
        """One Track for each staff with notes, or one without notes."""
        name = self.header.name or "Part"
        staves = sorted(self.rows)
        names = [name if len(staves) == 1 else f"{name}, staff {staff}" for staff in staves]
        return [self._track(name, self.rows[staff]) for name, staff in zip(names, staves, strict=True)]

    def _track(self, name: str, rows: list[_Row]) -> Track:
        columns = [(float(r.onset), float(r.end - r.onset), r.pitch, r.velocity) for r in rows]
        onset, duration, pitch, velocity = zip(*columns, strict=True)
        notes = make_notes(onset, duration, pitch, velocity)
        return Track(name, notes, 0 if self.header.is_drum else self.header.program, self.header.is_drum)

    def _close_bar(self, index: int, count: int) -> None:
        """Move on to the next bar; a first one that is short is the pickup, and an empty one has its full length."""
        full = Fraction(self.meters[-1].bar_quarters if self.meters else 4.0)
        filled = self.reached - self.bar_start
        if not filled:
            self.reached = self.bar_start + full
        elif index == 0 and count > 1 and filled < full:
            self.pickup = float(filled)

    def _attributes(self, element: Element) -> None:
        self.divisions = _integer(element.findtext("divisions"), self.divisions)
        if self.divisions < 1:
            raise ValueError("divisions")
        if (key := element.findtext("key/fifths")) and self.fifths is None:
            self.fifths, self.mode = _integer(key, 0), (element.findtext("key/mode") or "").strip()
        beats, beat_type = element.findtext("time/beats"), element.findtext("time/beat-type")
        if beats and beat_type:
            self._meter(sum(int(n) for n in beats.split("+")), int(beat_type))
        for change in element.iterfind("transpose"):
            octaves = _integer(change.findtext("octave-change"), 0)
            self.transpose[change.get("number", "")] = _integer(change.findtext("chromatic"), 0) + 12 * octaves

    def _meter(self, beats: int, beat_type: int) -> None:
        if not 1 <= beats <= 64 or beat_type not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError("time")
        self.meters.append(Meter(float(self.bar_start), beats, beat_type))

    def _note(self, note: Element) -> None:
        """Take in a note or rest; a chord's further notes begin with its first."""
        if note.find("grace") is not None or note.find("cue") is not None:
            return
        duration = self._duration(note)
        if note.find("chord") is None:
            self.chord_onset = self.now
            self._move(duration)
        pitch = self._pitch(note)
        if pitch is not None and duration:
            self._sound(note, pitch, self.chord_onset, self.chord_onset + duration)

    def _sound(self, note: Element, pitch: int, onset: Fraction, end: Fraction) -> None:
        """Keep a note, or lengthen the one that is tied to it."""
        staff = note.findtext("staff") or "1"
        ties = {tie.get("type") for tie in note.iterfind("tie")}
        held = self.ties.pop((staff, pitch), None)
        if held and held.end == onset and "stop" in ties:
            held.end, row = end, held
        else:
            row = _Row(onset, end, pitch, _velocity(note.get("dynamics")))
            self.rows.setdefault(staff, []).append(row)
        if "start" in ties:
            self.ties[staff, pitch] = row

    def _pitch(self, note: Element) -> int | None:
        """The sounding MIDI pitch, or None for a rest; raises ValueError outside 0..127."""
        if note.find("unpitched") is not None:
            instrument = note.find("instrument")
            return self.header.drums.get("" if instrument is None else instrument.get("id", ""), 38)
        written = note.find("pitch")
        if written is None:
            return None
        semitone = _SEMITONES.get((written.findtext("step") or "").strip())
        if semitone is None:
            raise ValueError("step")
        staff = self.transpose.get(note.findtext("staff") or "1", self.transpose.get("", 0))
        alter = round(float(written.findtext("alter") or 0))
        pitch = 12 * (_integer(written.findtext("octave"), 4) + 1) + semitone + alter + staff
        if not 0 <= pitch <= 127:
            raise ValueError("pitch")
        return pitch

    def _direction(self, element: Element) -> None:
        """Take in a tempo, from what playback is told or else from the metronome mark."""
        sound = element if element.tag == "sound" else element.find("sound")
        text = None if sound is None else sound.get("tempo")
        bpm = float(text) if text else _metronome(element)
        if bpm is not None:
            onset = self.now + Fraction(_integer(element.findtext("offset"), 0), self.divisions)
            check_length(float(onset), FILE)
            self.tempos.append(make_tempo(max(float(onset), 0.0), bpm, FILE))

    def _backup(self, element: Element) -> None:
        self._move(-self._duration(element))

    def _forward(self, element: Element) -> None:
        self._move(self._duration(element))

    def _move(self, by: Fraction) -> None:
        self.now = max(self.now + by, self.bar_start)
        self.reached = max(self.reached, self.now)

    def _duration(self, element: Element) -> Fraction:
        duration = Fraction(float(element.findtext("duration") or 0)) / self.divisions
        if duration < 0:
            raise ValueError("duration")
        return duration


_HANDLERS = {
    "attributes": _Part._attributes,
    "note": _Part._note,
    "backup": _Part._backup,
    "forward": _Part._forward,
    "direction": _Part._direction,
    "sound": _Part._direction,
}


@dataclass
class _Row:
    """A note that may still be lengthened by a tie; times in quarters."""

    onset: Fraction
    end: Fraction
    pitch: int
    velocity: int


def _metronome(direction: Element) -> float | None:
    """Quarters a minute from a metronome mark such as "dotted quarter = 60", or None without one."""
    mark = direction.find("direction-type/metronome")
    number = re.search(r"\d+(\.\d+)?", mark.findtext("per-minute") or "") if mark is not None else None
    if mark is None or not number:
        return None
    unit = _BEAT_UNITS.get(mark.findtext("beat-unit") or "quarter", 1.0)
    return float(number[0]) * unit * (1.5 if mark.find("beat-unit-dot") is not None else 1.0)


def _velocity(dynamics: str | None) -> int:
    """MIDI velocity from a percentage of 90, as MusicXML counts it."""
    loudness = float(dynamics) * 0.9 if dynamics else DEFAULT_VELOCITY
    return min(max(round(loudness), 1), 127) if math.isfinite(loudness) else DEFAULT_VELOCITY


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.strip() else otherwise
