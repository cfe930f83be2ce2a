"""Files as they come from the world: each awkward one is read by a stated rule or refused with a sentence."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.limits import MAX_NOTES, MAX_TRACKS
from composer.music.midi import read_midi, write_midi
from composer.music.score import Key, Meter, Score, Tempo, Track, make_notes
from tests.music.midi_bytes import (
    Event,
    chunk,
    file,
    header,
    key,
    meta,
    meter,
    name,
    off,
    on,
    program,
    scale,
    tempo,
    track,
    varlen,
)

Row = tuple[float, float, int]
"""Onset and duration in quarters, and pitch."""


def rows(score: Score, index: int = 0) -> list[Row]:
    """One track's notes as plain rows."""
    return [
        (round(float(n["onset"]), 9), round(float(n["duration"]), 9), int(n["pitch"]))
        for n in score.tracks[index].notes
    ]


def one(*events: Event, **options: int) -> bytes:
    """A file of one track."""
    return file(track(*events), **options)


ONE_NOTE: list[Row] = [(0.0, 1.0, 60)]

NOTES: dict[str, tuple[bytes, list[Row]]] = {
    "running status": (
        file(chunk(b"MTrk", bytes([0, 0x90, 60, 80, *varlen(480), 60, 0, 0, 62, 80, *varlen(480), 62, 0]))),
        [(0, 1, 60), (1, 1, 62)],
    ),
    "running status across a meta event": (
        file(chunk(b"MTrk", bytes([0, 0x90, 60, 80, 0, 0xFF, 1, 1, 65, *varlen(480), 60, 0]))),
        ONE_NOTE,
    ),
    "a new note-on ends the sounding one": (one(on(0, 60), on(480, 60), off(480, 60)), [(0, 1, 60), (1, 1, 60)]),
    "extra note-offs do nothing": (one(on(0, 60), off(480, 60), off(10, 60), off(10, 60)), ONE_NOTE),
    "a note-off before any note-on": (one(off(0, 60), on(0, 60), off(480, 60)), ONE_NOTE),
    "the next note-on stands before the note-off of the same instant": (
        one(on(0, 60), on(480, 60), off(0, 60), off(480, 60)),
        [(0, 1, 60), (1, 1, 60)],
    ),
    "a stuck note ends with its track": (one(on(0, 60), on(0, 64), off(960, 64)), [(0, 2, 60), (0, 2, 64)]),
    "a stuck note lasts four quarters at most": (
        one(on(0, 60), on(0, 64), off(480 * 20, 64)),
        [(0, 4, 60), (0, 20, 64)],
    ),
    "a stuck last note lasts a quarter": (one(*scale(60), on(0, 62)), [(0, 1, 60), (1, 1, 62)]),
    "a note without length is left out": (one(on(0, 70), off(0, 70), *scale(60)), ONE_NOTE),
    "a doubled note counts once": (one(on(0, 60), on(0, 60), off(480, 60), off(0, 60)), ONE_NOTE),
    "a note-on of velocity 0 is a note-off": (one(on(0, 60), on(480, 60, velocity=0)), ONE_NOTE),
    "no end-of-track event": (file(track(*scale(60), end=False)), ONE_NOTE),
    "events after the end-of-track event": (one(meta(0x2F, b""), *scale(60)), ONE_NOTE),
    "data bytes beyond 127 are clipped": (one((0, bytes([0x90, 60, 200])), off(480, 60)), ONE_NOTE),
    "system exclusive, controllers, pitch bend and pressure are passed over": (
        one(
            (0, b"\xf0\x03\x7e\x09\xf7"),
            (0, b"\xf7\x02\x01\x02"),
            (0, b"\xb0\x07\x64"),
            (0, b"\xe0\x00\x40"),
            (0, b"\xd0\x40"),
            *scale(60),
        ),
        ONE_NOTE,
    ),
    "unknown meta events": (one(meta(0x60, b"abc"), meta(0x7F, b"\x00\x01"), *scale(60)), ONE_NOTE),
    "chunks of other kinds between the tracks": (header() + chunk(b"XFIH", b"junk") + track(*scale(60)), ONE_NOTE),
    "a longer header": (chunk(b"MThd", bytes([0, 0, 0, 1, 1, 0xE0, 9, 9])) + track(*scale(60)), ONE_NOTE),
    "fewer tracks than the header says": (header(tracks=7) + track(*scale(60)), ONE_NOTE),
    "more tracks than the header says": (header(tracks=0) + track(*scale(60)), ONE_NOTE),
    "bytes after the last track": (one(*scale(60)) + b"\x00\x00", ONE_NOTE),
    "a note that sounds through a rest of 1,000 quarters": (one(on(480_000, 60), off(480, 60)), [(1000, 1, 60)]),
    "frames a second instead of a tempo": (
        one(tempo(250_000), on(0, 60), off(500, 60), division=(256 - 25) * 256 + 40 - 65_536),
        ONE_NOTE,
    ),
    "29.97 frames a second": (one(on(0, 60), off(2997, 60), division=(256 - 29) * 256 + 100 - 65_536), [(0, 2, 60)]),
    "a division of one tick": (one(*scale(60, ticks=1), division=1), ONE_NOTE),
    "the lowest and the highest pitch": (one(*scale(0, 127)), [(0, 1, 0), (1, 1, 127)]),
}


@pytest.mark.parametrize("case", NOTES)
def test_notes_are_read_by_rule(case: str) -> None:
    data, expected = NOTES[case]
    assert rows(read_midi(data)) == expected


def parts(score: Score) -> list[tuple[str, int, bool, int]]:
    """Name, program, drums or not, and number of notes of each track."""
    return [(t.name, t.program, t.is_drum, len(t.notes)) for t in score.tracks]


READ: dict[str, tuple[bytes, Callable[[Score], object], object]] = {
    "type 0 is split by channel": (
        one(name(b"Song"), program(40), program(32, 1), on(0, 60), on(0, 40, channel=1), on(0, 36, channel=9), kind=0),
        lambda s: (s.title, parts(s)),
        (
            "Song",
            [("Song, channel 1", 40, False, 1), ("Song, channel 2", 32, False, 1), ("Song, channel 10", 0, True, 1)],
        ),
    ),
    "type 1 with a conductor track": (
        file(track(name(b"Title"), tempo(600_000), meter(3, 2)), track(name(b"Flute"), program(73), *scale(72))),
        lambda s: (s.title, s.tempos, s.meters, parts(s)),
        ("Title", (Tempo(0.0, 100.0),), (Meter(0.0, 3, 4),), [("Flute", 73, False, 1)]),
    ),
    "type 2: each pattern a track from 0, the first one's tempo": (
        file(track(tempo(600_000), *scale(60)), track(tempo(300_000), *scale(62)), kind=2),
        lambda s: (s.tempos, [rows(s, i) for i in range(2)]),
        ((Tempo(0.0, 100.0),), [[(0.0, 1.0, 60)], [(0.0, 1.0, 62)]]),
    ),
    "the program in force at the first note": (
        one(program(1), program(2), on(480, 60), off(480, 60), program(3)),
        lambda s: s.tracks[0].program,
        2,
    ),
    "a program set in another track": (
        file(track(program(19)), track(*scale(60))),
        lambda s: s.tracks[0].program,
        19,
    ),
    "two tracks on one channel stay apart": (
        file(track(on(0, 60), off(960, 60)), track(on(480, 60), off(960, 60))),
        lambda s: [rows(s, i) for i in range(2)],
        [[(0.0, 2.0, 60)], [(1.0, 2.0, 60)]],
    ),
    "tempo and meter change": (
        one(tempo(500_000), meter(4, 2), *scale(60, 62, 64, 65), tempo(250_000), meter(7, 3), *scale(67)),
        lambda s: (s.tempos, s.meters),
        ((Tempo(0.0, 120.0), Tempo(4.0, 240.0)), (Meter(0.0, 4, 4), Meter(4.0, 7, 8))),
    ),
    "the first tempo comes late": (
        one(tempo(250_000, delta=480), *scale(60)),
        lambda s: s.tempos,
        (Tempo(0.0, 120.0), Tempo(1.0, 240.0)),
    ),
    "two tempos in one instant: the last": (
        one(tempo(250_000), tempo(600_000), *scale(60)),
        lambda s: s.tempos,
        (Tempo(0.0, 100.0),),
    ),
    "the same meter again and again": (
        one(meter(3, 2), meter(3, 2, delta=1440), *scale(60)),
        lambda s: s.meters,
        (Meter(0.0, 3, 4),),
    ),
    "a meter that counts nothing": (
        one(meter(0, 2), meter(3, 200), *scale(60)),
        lambda s: s.meters,
        (Meter(0.0, 4, 4),),
    ),
    "a short first bar is a pickup": (
        one(meter(1, 2), meter(3, 2, delta=480), *scale(60)),
        lambda s: (s.meters, s.pickup),
        ((Meter(0.0, 3, 4),), 1.0),
    ),
    "a key": (one(key(-3, 1), *scale(60)), lambda s: s.key, Key(0, "minor")),
    "a key that doesn't exist": (one(key(-90), *scale(60)), lambda s: (s.key, rows(s)), (None, ONE_NOTE)),
    "a name in UTF-8": (one(name("Flöte".encode()), *scale(60)), lambda s: s.tracks[0].name, "Flöte"),
    "a name in Latin-1": (one(name("Flöte".encode("latin1")), *scale(60)), lambda s: s.tracks[0].name, "Flöte"),
    "a name with control characters": (
        one(name(b"a\x00\x1b[2J\nb"), *scale(60)),
        lambda s: s.tracks[0].name,
        "a [2J b",
    ),
    "a name of 10,000 letters": (one(name(b"x" * 10_000), *scale(60)), lambda s: len(s.tracks[0].name), 60),
    "tracks without notes are left out": (
        file(track(), track(*scale(60)), track(name(b"lyrics"))),
        parts,
        [("Track 2", 0, False, 1)],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_everything_else_is_read_by_rule(case: str) -> None:
    data, look, expected = READ[case]
    assert look(read_midi(data)) == expected


GOOD = one(*scale(60, 62, 64))
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "isn't a MIDI file"),
    "text": (b"hello, this is a song", "isn't a MIDI file"),
    "a picture named song.mid": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "isn't a MIDI file"),
    "5 MB of garbage": (random.Random(1).randbytes(5_000_000), "isn't a MIDI file"),
    "5 MB of garbage after a header": (header() + random.Random(1).randbytes(5_000_000), "larger than 2 MB"),
    "2 MB of garbage in a track": (header() + chunk(b"MTrk", random.Random(2).randbytes(1_900_000)), "damaged"),
    "a number of a megabyte": (header() + chunk(b"MTrk", b"\xff" * 1_900_000), "damaged"),
    "a header alone": (header(), "no tracks"),
    "half a header": (header()[:9], "cut off"),
    "cut off in a track": (GOOD[:-7], "cut off"),
    "cut off in a chunk's header": (GOOD[:18], "no tracks"),
    "a track that says it has 4 GB": (header() + chunk(b"MTrk", b"\x00", size=0xFFFFFFFF), "cut off"),
    "an event cut off at the track's end": (header() + chunk(b"MTrk", b"\x00\x90\x3c"), "damaged"),
    "running status with nothing before": (header() + chunk(b"MTrk", b"\x00\x3c\x40"), "damaged"),
    "a tempo of two bytes": (one(meta(0x51, b"\x07\xa1"), *scale(60)), "damaged"),
    "a division of 0": (file(track(*scale(60)), division=0), "damaged"),
    "0 ticks a frame": (file(track(*scale(60)), division=(256 - 25) * 256 - 65_536), "damaged"),
    "no notes": (one(tempo(500_000)), "no notes"),
    "only notes without length": (one(on(0, 60), off(0, 60)), "no notes"),
    "tempo 0": (one(tempo(0), *scale(60)), "tempo"),
    "60,000,000 quarters a minute": (one(tempo(1), *scale(60)), "tempo"),
    "3.6 quarters a minute": (one(tempo(0xFFFFFF), *scale(60)), "tempo"),
    "10,001 tempos": (one(*[tempo(500_000, delta=1)] * 10_001, *scale(60)), "10,001 times"),
    "thousands of tracks": (file(*[track(*scale(60))] * 3000), f"at most {MAX_TRACKS}"),
    "a note of hours": (one(on(0, 60), off(480 * 15_000, 60)), "never seems to end"),
    "a piece of days": (one(on(0x0FFFFFFF, 60), off(480, 60)), "many hours"),
    "a time of 300 digits": (header() + chunk(b"MTrk", b"\xff" * 140 + b"\x00\x90\x3c\x40"), "."),
    "too many notes": (one(*scale(*[60, 62] * (MAX_NOTES // 2 + 1), ticks=1)), "100,002 notes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_rest_is_refused_with_one_sentence(case: str) -> None:
    data, words = REFUSED[case]
    start = time.perf_counter()
    with pytest.raises(BadInput, match=words) as refusal:
        read_midi(data)
    assert str(refusal.value).count(". ") == 0 and "\n" not in str(refusal.value)
    assert time.perf_counter() - start < 8


def test_percussion_alone_can_be_read() -> None:
    score = read_midi(one(*scale(36, 38, channel=9)))
    assert parts(score) == [("Track 1", 0, True, 2)]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", header(), header() + chunk(b"MTrk", b"", size=200)]))
def test_any_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    with suppress(BadInput):
        read_midi(start + noise)


RICH = write_midi(
    Score(
        (Track("Tune", make_notes(range(12), 1, range(60, 72)), 3), Track("D", make_notes(0, 1, 36), is_drum=True)),
        tempos=(Tempo(0.0, 90.0), Tempo(3.0, 100.0)),
        meters=(Meter(0.0, 3, 4),),
        key=Key(2),
        pickup=1.0,
        title="Rich",
    )
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(RICH) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(RICH)))
def test_damaged_files_are_read_or_refused_and_then_written(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(RICH)
    for place, value in changes:
        data[place] = value
    for damaged in (bytes(data), bytes(data[:cut])):
        try:
            score = read_midi(damaged)
        except BadInput:
            continue
        assert score.note_count > 0
        read_midi(write_midi(score))
