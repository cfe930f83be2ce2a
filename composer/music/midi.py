"""MIDI files to Score and back. mido reads and writes the bytes; the rules about notes are here.

Rules for notes, each within one track, channel and pitch:
- a note ends at the next note-off or note-on of its pitch, so a new note-on ends the one that sounds;
- where a note-off and a note-on share an instant, the note-off belongs to the earlier note;
- a note that never ends lasts to its track's last event, but a quarter at least and four quarters at most;
- a note without length, or the double of another at the same instant, is left out.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import mido
import numpy as np
from mido.midifiles.meta import KeySignatureError
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.limits import check_changes, check_length, check_track_count, check_tracks, make_tempo
from composer.music.score import NOTE, Key, Meter, Notes, Score, Tempo, Track, from_start, make_notes, sort_notes

FILE = "MIDI file"
MAX_BYTES = 2_000_000

DRUM_CHANNEL = 9
MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
TICKS_PER_QUARTER = (480, 960, 1920, 3840, 7680, 15360)
"""Resolutions tried in turn when writing; each holds sixteenths and triplets exactly."""
_BROKEN = "This MIDI file is damaged and can't be read; please export or download it again."
_KEY_SIGNATURE = re.compile(rb"\xff\x59\x02..", re.DOTALL)
_EMPTY_TEXT = b"\xff\x01\x02  "


def read_midi(data: bytes) -> Score:
    """The Score in the bytes of a MIDI file of type 0, 1 or 2, with times in quarters = ticks / division.

    Each pair of track and channel that holds notes becomes one Track, so type 0 is split by channel; channel 10 is
    drums. The patterns of a type 2 file all start at 0, and its first track gives tempo and meter. With an SMPTE
    division a quarter lasts half a second. A short first bar that is written as a meter of its own becomes the pickup.
    Raises BadInput for everything that isn't a sound MIDI file with notes, or is beyond the limits of this module.
    """
    kind, division, chunks = _split_chunks(data)
    tracks = [_TrackEvents.read(chunk, division) for chunk in chunks]
    programs = {channel: program for t in reversed(tracks) for _, channel, program in reversed(t.programs)}
    parts = [part for i, track in enumerate(tracks) for part in track.parts(i, programs)]
    check_tracks(parts, FILE)
    conductors = tracks[:1] if kind == 2 else tracks
    check_changes(max(sum(len(t.tempos) for t in tracks), sum(len(t.meters) for t in tracks)), FILE)
    meters, pickup = _meters(e for t in conductors for e in t.meters)
    return Score(
        tracks=tuple(parts),
        tempos=from_start((e for t in conductors if not division.fixed for e in t.tempos), Tempo(0.0, 120.0)),
        meters=meters,
        key=next((key for t in conductors for key in t.keys), None),
        pickup=pickup,
        title=tracks[0].name if not len(tracks[0].notes) or len(tracks) == 1 else "",
    )


def write_midi(score: Score) -> bytes:
    """A type 1 MIDI file: one track for tempo, meter and key, then one for each Track, drums on channel 10.

    Times are exact where a division of at most 15360 ticks a quarter allows it (480 is tried first), else rounded to
    the nearest tick. Beyond fifteen melodic tracks channels are shared. A pickup is written as a short meter of its
    own, which read_midi understands. Overlapping notes of equal pitch are cut as `resolve_overlaps` does.
    """
    division = _choose_division(score)
    file = mido.MidiFile(type=1, ticks_per_beat=division)
    file.tracks.append(_conductor_track(score, division))
    melodic = 0
    for track in score.tracks:
        channel = DRUM_CHANNEL if track.is_drum else MELODIC_CHANNELS[melodic % len(MELODIC_CHANNELS)]
        melodic += not track.is_drum
        file.tracks.append(_note_track(track, channel, division))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def resolve_overlaps(notes: Notes) -> Notes:
    """The notes, shape (n,), with each cut where the next of its pitch begins; of doubles the last one stays."""
    order = np.lexsort((notes["onset"], notes["pitch"]))
    cut = notes[order].copy()
    same = cut["pitch"][1:] == cut["pitch"][:-1]
    room = np.where(same, np.diff(cut["onset"]), np.inf)
    cut["duration"][:-1] = np.minimum(cut["duration"][:-1], room)
    return sort_notes(cut[cut["duration"] > 0])


@dataclass(frozen=True)
class _Division:
    """How ticks become quarters; `fixed` where the file counts in film frames and tempo has no meaning."""

    ticks: float
    fixed: bool

    @classmethod
    def read(cls, field: int) -> _Division:
        """The division from the signed 16-bit header field: ticks a quarter, or minus frames a second and ticks."""
        frames, ticks = 256 - (field >> 8 & 0xFF), field & 0xFF
        fixed = field < 0
        per_quarter = {29: 29.97}.get(frames, frames) * ticks / 2 if fixed else field
        if per_quarter <= 0:
            raise BadInput(_BROKEN)
        return cls(float(per_quarter), fixed)


def _split_chunks(data: bytes) -> tuple[int, _Division, list[bytes]]:
    """The header's type and division, and the bytes of each MTrk chunk; chunks of other kinds are passed over."""
    if data[:4] != b"MThd":
        raise BadInput("This isn't a MIDI file; please choose a file that ends in .mid or .midi.")
    if len(data) > MAX_BYTES:
        raise BadInput(f"This MIDI file is larger than {MAX_BYTES // 1_000_000} MB; please choose a shorter piece.")
    if len(data) < 14:
        raise BadInput("This MIDI file is cut off; please export or download it again.")
    size, kind, _, division = struct.unpack(">Lhhh", data[4:14])
    chunks = [body for name, body in _walk_chunks(data, 8 + size) if name == b"MTrk"]
    if not chunks:
        raise BadInput("This MIDI file holds no tracks; please choose one with notes in it.")
    check_track_count(len(chunks), FILE)
    return kind, _Division.read(division), chunks


def _walk_chunks(data: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= len(data):
        name, size = struct.unpack(">4sL", data[start : start + 8])
        body = data[start + 8 : start + 8 + size]
        if len(body) < size:
            raise BadInput("This MIDI file is cut off; please export or download it again.")
        yield name, body
        start += 8 + size


def _parse_chunk(body: bytes) -> mido.MidiTrack:
    """The messages of one MTrk chunk; a key signature that no key has is passed over. Raises BadInput."""
    # A number in a MIDI file has four bytes at most; mido reads longer ones in quadratic time.
    if re.search(rb"[\x80-\xff]{2048}", body):
        raise BadInput(_BROKEN)
    file = b"MThd" + struct.pack(">Lhhh", 6, 0, 1, 1) + b"MTrk" + struct.pack(">L", len(body)) + body
    try:
        return mido.MidiFile(file=io.BytesIO(file), clip=True).tracks[0]
    except KeySignatureError:
        return _parse_chunk(_KEY_SIGNATURE.sub(_EMPTY_TEXT, body))
    except (EOFError, OSError, ValueError, LookupError) as error:
        raise BadInput(_BROKEN) from error


_NOTE_EVENT = np.dtype([("tick", "f8"), ("channel", "i8"), ("pitch", "i8"), ("velocity", "i8")])


@dataclass(frozen=True)
class _TrackEvents:
    """What one track of the file says, with times in quarters."""

    name: str
    notes: NDArray[np.void]
    programs: list[tuple[float, int, int]]
    tempos: list[Tempo]
    meters: list[Meter]
    keys: list[Key]
    end: float

    @classmethod
    def read(cls, body: bytes, division: _Division) -> _TrackEvents:
        """The events in the bytes of a track; raises BadInput for broken bytes, absurd times and tempos."""
        messages = _parse_chunk(body)
        ticks = list(accumulate(m.time for m in messages))
        check_length(ticks[-1] // division.ticks if ticks else 0, FILE)
        timed = [(tick / division.ticks, message) for tick, message in zip(ticks, messages, strict=True)]
        by_type: dict[str, list[tuple[float, mido.Message]]] = {}
        for entry in timed:
            by_type.setdefault(entry[1].type, []).append(entry)
        notes = [e for e in timed if e[1].type in ("note_on", "note_off")]
        names = [_clean_name(m.name) for _, m in by_type.get("track_name", [])]
        return cls(
            name=next(filter(None, names), ""),
            notes=np.array([(t, m.channel, m.note, m.velocity * (m.type == "note_on")) for t, m in notes], _NOTE_EVENT),
            programs=[(t, m.channel, m.program) for t, m in by_type.get("program_change", [])],
            tempos=[make_tempo(t, 60e6 / max(m.tempo, 1), FILE) for t, m in by_type.get("set_tempo", [])],
            meters=[
                Meter(t, m.numerator, m.denominator)
                for t, m in by_type.get("time_signature", [])
                if 0 < m.numerator <= 64 and m.denominator <= 64
            ],
            keys=[_parse_key(m.key) for _, m in by_type.get("key_signature", [])],
            end=timed[-1][0] if timed else 0.0,
        )

    def parts(self, index: int, programs: dict[int, int]) -> list[Track]:
        """One Track for each channel with notes; `programs` serves channels that this track sets no program for."""
        channels = np.unique(self.notes["channel"][self.notes["velocity"] > 0]).tolist()
        base = self.name or f"Track {index + 1}"
        tracks = []
        for channel in channels:
            notes = _pair_notes(self.notes[self.notes["channel"] == channel], self.end)
            name = base if len(channels) == 1 else f"{base}, channel {channel + 1}"
            drums = channel == DRUM_CHANNEL
            program = 0 if drums else self._program(channel, notes, programs.get(channel, 0))
            tracks.append(Track(name, notes, program, drums))
        return [track for track in tracks if len(track.notes)]

    def _program(self, channel: int, notes: Notes, otherwise: int) -> int:
        """The program in force at the channel's first note, else the first one set here, else `otherwise`."""
        own = [(onset, program) for onset, where, program in self.programs if where == channel]
        first = notes["onset"].min(initial=np.inf)
        in_force = [program for onset, program in own if onset <= first]
        return in_force[-1] if in_force else own[0][1] if own else otherwise


def _pair_notes(events: NDArray[np.void], track_end: float) -> Notes:
    """Notes from the note events of one channel, shape (n,) in file order, by the rules at the head of this file."""
    is_on = events["velocity"] > 0
    order = np.lexsort((is_on, events["tick"], events["pitch"]))
    tick, pitch, is_on = events["tick"][order], events["pitch"][order], is_on[order]
    same = np.append(pitch[1:] == pitch[:-1], False)
    following = np.where(same, np.append(tick[1:], 0.0), np.inf)
    stuck_end = np.clip(track_end, tick + 1, tick + 4)
    end = np.where(np.isinf(following), stuck_end, following)
    sound = is_on & (end > tick) & ~_silent(order, tick, is_on, same)
    chosen = order[sound]
    return make_notes(tick[sound], (end - tick)[sound], pitch[sound], events["velocity"][chosen])


def _silent(
    order: NDArray[np.int64], tick: NDArray[np.float64], is_on: NDArray[np.bool_], same: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which note-ons are ended in their own instant: a note-off there follows in the file and ends no other note."""
    before_same = np.insert(same[:-1], 0, False)
    sounding_before = before_same & np.insert(is_on[:-1], 0, False)
    orphan = ~is_on & ~sounding_before
    previous_orphan = before_same & np.insert(orphan[:-1], 0, False)
    own_instant = np.append(False, (tick[1:] == tick[:-1]) & (order[:-1] > order[1:]))
    silent: NDArray[np.bool_] = is_on & previous_orphan & own_instant
    return silent


def _meters(events: Iterable[Meter]) -> tuple[tuple[Meter, ...], float]:
    """The meters from 0 on without repeats, and the pickup in quarters: a first meter that holds for one short bar."""
    meters: list[Meter] = []
    for meter in from_start(events, Meter(0.0, 4, 4)):
        if not meters or (meter.numerator, meter.denominator) != (meters[-1].numerator, meters[-1].denominator):
            meters.append(meter)
    if len(meters) > 1 and meters[1].onset == meters[0].bar_quarters < meters[1].bar_quarters:
        pickup = meters[1].onset
        return (Meter(0.0, meters[1].numerator, meters[1].denominator), *meters[2:]), pickup
    return tuple(meters), 0.0


def _parse_key(name: str) -> Key:
    """The Key of a name like "F#m", as mido gives it."""
    letter, accidental = name[0], name[1:].rstrip("m")
    tonic = "C D EF G A B".index(letter) + {"#": 1, "b": -1}.get(accidental, 0)
    return Key(tonic % 12, "minor" if name.endswith("m") else "major")


def _clean_name(text: str) -> str:
    """A name of at most 60 printable characters; bytes that are UTF-8 are read as such, others as Latin-1."""
    raw = text.encode("latin1")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin1")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:60]


def _choose_division(score: Score) -> int:
    """The first of TICKS_PER_QUARTER that holds every onset and end exactly, else the last."""
    notes = np.concatenate([np.empty(0, NOTE), *(track.notes for track in score.tracks)])
    times = np.concatenate([notes["onset"], notes["onset"] + notes["duration"]])
    exact = (d for d in TICKS_PER_QUARTER if np.all(np.abs(times * d - np.round(times * d)) < 1e-3))
    return next(exact, TICKS_PER_QUARTER[-1])


def _conductor_track(score: Score, division: int) -> mido.MidiTrack:
    """The track without notes: title, key, meters and tempos."""
    events = [(0, mido.MetaMessage("track_name", name=_encode_name(score.title)))] if score.title else []
    if score.key:
        events.append((0, mido.MetaMessage("key_signature", key=_key_name(score.key))))
    for meter in _written_meters(score):
        message = mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator)
        events.append((round(meter.onset * division), message))
    for tempo in score.tempos:
        microseconds = round(np.clip(60e6 / tempo.bpm, 1, 0xFFFFFF))
        events.append((round(tempo.onset * division), mido.MetaMessage("set_tempo", tempo=microseconds)))
    return _timed_track(sorted(events, key=lambda event: event[0]))


def _written_meters(score: Score) -> Iterator[Meter]:
    """The score's meters, with the pickup as a first short one where a fraction of a 64th can say it."""
    first, *others = score.meters
    fraction = Fraction(score.pickup / 4).limit_denominator(64)
    exact = abs(float(fraction) * 4 - score.pickup) < 1e-6 and fraction.denominator in (1, 2, 4, 8, 16, 32, 64)
    if score.pickup > 0 and exact:
        scale = max(4 // fraction.denominator, 1)
        yield Meter(0.0, fraction.numerator * scale, fraction.denominator * scale)
        first = Meter(score.pickup, first.numerator, first.denominator)
    yield first
    yield from others


def _note_track(track: Track, channel: int, division: int) -> mido.MidiTrack:
    """One track's name, program and notes."""
    events = [(0, mido.MetaMessage("track_name", name=_encode_name(track.name)))]
    if not track.is_drum:
        events.append((0, mido.Message("program_change", channel=channel, program=track.program)))
    notes = track.notes
    onset = np.round(notes["onset"] * division)
    end = np.maximum(np.round((notes["onset"] + notes["duration"]) * division), onset + 1)
    notes = resolve_overlaps(make_notes(onset, end - onset, notes["pitch"], notes["velocity"]))
    ticks = np.concatenate([notes["onset"], notes["onset"] + notes["duration"]]).astype(np.int64)
    velocity = np.concatenate([np.clip(notes["velocity"], 1, 127), np.zeros_like(notes["velocity"])])
    order = np.lexsort((velocity > 0, ticks))
    rows = zip(ticks[order].tolist(), np.tile(notes["pitch"], 2)[order].tolist(), velocity[order].tolist(), strict=True)
    kind = {True: "note_on", False: "note_off"}
    events += [(t, mido.Message(kind[v > 0], channel=channel, note=p, velocity=v)) for t, p, v in rows]
    return _timed_track(events)


def _timed_track(events: list[tuple[int, mido.Message | mido.MetaMessage]]) -> mido.MidiTrack:
    """A track of messages with times since the one before, from sorted pairs of tick and message."""
    ticks = [0] + [tick for tick, _ in events]
    return mido.MidiTrack(m.copy(time=tick - ticks[i]) for i, (tick, m) in enumerate(events))


def _encode_name(name: str) -> str:
    """The name as UTF-8 bytes in the Latin-1 text that mido writes."""
    return name.encode("utf-8").decode("latin1")


def _key_name(key: Key) -> str:
    """The key as mido names it, such as "Bb" or "F#m"."""
    major = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    minor = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")
    return (minor if key.mode == "minor" else major)[key.tonic % 12]
