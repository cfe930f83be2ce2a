"""MusicXML both ways: our own files, music21's view of them, and what other programs write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.grid import fit_to_grid
from composer.music.melodies import sample_melodies
from composer.music.midi import resolve_overlaps, write_midi
from composer.music.musicxml import read_musicxml, write_musicxml
from composer.music.notation import parse_tune
from composer.music.reading import MAX_BYTES, read_score
from composer.music.score import Key, Meter, Notes, Score, Tempo, Track, make_notes


@st.composite
def polyphony(draw: st.DrawFn) -> Notes:
    """Notes on sixteenths, chords and overlaps of different pitches allowed."""
    row = st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(0, 127), st.integers(1, 127))
    rows = np.array(draw(st.lists(row, min_size=1, max_size=20)))
    return resolve_overlaps(make_notes(rows[:, 0] / 4, rows[:, 1] / 4, rows[:, 2], rows[:, 3]))


METERS = [
    (Meter(0.0, 4, 4),),
    (Meter(0.0, 3, 4), Meter(6.0, 4, 4)),
    (Meter(0.0, 6, 8),),
    (Meter(0.0, 5, 4),),
    (Meter(0.0, 7, 8), Meter(7.0, 2, 2)),
    (Meter(0.0, 12, 8),),
]


def assert_same_notes(got: Notes, expected: Notes) -> None:
    assert got["pitch"].tolist() == expected["pitch"].tolist()
    assert got["velocity"].tolist() == expected["velocity"].tolist()
    np.testing.assert_allclose(got["onset"], expected["onset"], atol=1e-9)
    np.testing.assert_allclose(got["duration"], expected["duration"], atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(st.lists(polyphony(), min_size=1, max_size=4), st.sampled_from(METERS), st.sampled_from([0.0, 0.5, 1.0]))
def test_notes_on_the_grid_survive_a_round_trip(parts: list[Notes], meters: tuple[Meter, ...], pickup: float) -> None:
    tracks = tuple(Track(f"Part {i}", notes, program=i) for i, notes in enumerate(parts))
    tempos = (Tempo(0.0, 96.0), Tempo(0.75, 66.5))
    score = Score(tracks, tempos, meters if not pickup else meters[:1], Key(2), pickup, "Title")
    back = read_musicxml(write_musicxml(score))
    for got, expected in zip(back.tracks, tracks, strict=True):
        assert_same_notes(got.notes, expected.notes)
        assert (got.name, got.program) == (expected.name, expected.program)
    assert (back.key, back.title, back.tempos) == (score.key, score.title, score.tempos)
    assert back.meters == tuple(m for m in score.meters if m.onset < score.end or not m.onset)
    assert back.pickup == pickup or score.end <= pickup


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0.001, 6), st.integers(0, 127)), min_size=1, max_size=20),
    st.sampled_from(METERS),
    st.sampled_from([0.0, 0.3]),
)
def test_any_timing_can_be_written(
    rows: list[tuple[float, float, int]], meters: tuple[Meter, ...], pickup: float
) -> None:
    notes = make_notes(*map(np.array, zip(*rows, strict=True)))
    back = read_musicxml(write_musicxml(Score((Track("a", notes),), meters=meters, pickup=pickup)))
    onsets = back.tracks[0].notes["onset"]
    assert set(back.tracks[0].notes["pitch"]) == set(notes["pitch"])
    assert np.all(np.abs(notes["onset"][:, None] - onsets).min(axis=1) < 0.17 + pickup / 2)  # half a triplet eighth


def bars_of(score: Score) -> list[ElementTree.Element]:
    return ElementTree.fromstring(write_musicxml(score)).findall("part/measure")


def test_pickup_bars_key_clefs_and_accidentals() -> None:
    score = parse_tune("key: G major\nmeter: 3/4\nD4 | G F4 F | F#:3")
    low = Track("Bass", make_notes(0, 7, 40))
    bars = bars_of(Score((*score.tracks, low), meters=score.meters, key=score.key, pickup=1.0))
    assert (bars[0].get("number"), bars[0].get("implicit"), bars[1].get("number")) == ("0", "yes", "1")
    accidentals = [[n.findtext("accidental") for n in bar.findall("note")] for bar in bars[:3]]
    assert accidentals == [[None], [None, "natural", None], [None]]
    assert bars[0].findtext("attributes/key/fifths") == "1"
    clefs = [bar.findtext("attributes/clef/sign") for bar in bars if bar.find("attributes/clef") is not None]
    assert clefs == ["G", "F"]


def test_drums_keep_their_sounds() -> None:
    drums = Track("Kit", make_notes([0, 0, 1], 0.5, [36, 42, 38], 99), is_drum=True)
    back = read_musicxml(write_musicxml(Score((Track("a", make_notes(0, 2, 60)), drums))))
    assert_same_notes(back.tracks[1].notes, drums.notes)
    assert back.tracks[1].is_drum and not back.tracks[0].is_drum


def test_music21_reads_the_same_four_parts() -> None:
    music21 = pytest.importorskip("music21")
    melody = sample_melodies()["Greensleeves"]
    line = melody.tracks[0].notes
    lower = [make_notes(line["onset"], line["duration"], line["pitch"] - 5 * i) for i in (1, 2)]
    bass = make_notes(np.arange(0, 46, 5) + 0.5, 4.75, 45)
    names = ("Soprano", "Alto", "Tenor", "Bass")
    parts = [line, *lower, bass]
    tracks = tuple(Track(name, notes) for name, notes in zip(names, parts, strict=True))
    score = Score(tracks, melody.tempos, melody.meters, melody.key, melody.pickup, melody.title)
    stream = music21.converter.parseData(write_musicxml(score).decode(), format="musicxml")
    assert [part.partName for part in stream.parts] == list(names)
    for part, track in zip(stream.parts, tracks, strict=True):
        notes = part.stripTies().flatten().notes
        assert [n.pitch.midi for n in notes] == track.notes["pitch"].tolist()
        np.testing.assert_allclose([float(n.offset) for n in notes], track.notes["onset"], atol=1e-6)
        np.testing.assert_allclose([float(n.quarterLength) for n in notes], track.notes["duration"], atol=1e-6)
        for bar in part.getElementsByClass("Measure")[1:-1]:
            assert bar.duration.quarterLength == bar.barDuration.quarterLength
    assert stream.flatten().getElementsByClass("MetronomeMark")[0].number == melody.tempos[0].bpm
    assert stream.parts[0].flatten().getElementsByClass("TimeSignature")[0].ratioString == "6/8"


def test_music21s_own_files_can_be_read() -> None:
    music21 = pytest.importorskip("music21")
    tune = music21.converter.parse("tinynotation: 3/4 c4 d8 f g16 a g f# trip{c8 d e} r4 c4 c2.~ c2.")
    score = read_musicxml(music21.musicxml.m21ToXml.GeneralObjectExporter(tune).parse())
    assert score.meters == (Meter(0.0, 3, 4),)
    notes = score.tracks[0].notes
    assert notes["pitch"].tolist() == [60, 62, 65, 67, 69, 67, 66, 60, 62, 64, 60, 60]
    np.testing.assert_allclose(notes["onset"][7:], [3, 3 + 1 / 3, 3 + 2 / 3, 5, 6])
    assert notes["duration"][-1] == 6


HEAD = (
    '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Tune</part-name></score-part></part-list>'
)


def xml(*bars: str, head: str = HEAD) -> bytes:
    body = "".join(f'<measure number="{i}">{bar}</measure>' for i, bar in enumerate(bars, 1))
    return f'<?xml version="1.0"?>{head}<part id="P1">{body}</part></score-partwise>'.encode()


def note(step: str = "C", octave: int = 4, duration: int = 4, extra: str = "", before: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{before}{pitch}<duration>{duration}</duration>{extra}</note>"


DIVISIONS = "<attributes><divisions>4</divisions></attributes>"


def rows(score: Score, index: int = 0) -> list[tuple[float, float, int]]:
    return [(float(n["onset"]), float(n["duration"]), int(n["pitch"])) for n in score.tracks[index].notes]


READ: dict[str, tuple[bytes, Callable[[Score], object], object]] = {
    "chords": (xml(DIVISIONS + note("E") + note("C", before="<chord/>")), rows, [(0, 1, 60), (0, 1, 64)]),
    "backup makes a second voice": (
        xml(DIVISIONS + note("E") + "<backup><duration>4</duration></backup>" + note("C", duration=8)),
        rows,
        [(0, 2, 60), (0, 1, 64)],
    ),
    "forward is silence": (xml(DIVISIONS + "<forward><duration>8</duration></forward>" + note()), rows, [(2, 1, 60)]),
    "ties over a bar line": (
        xml(
            DIVISIONS + note(duration=16, extra='<tie type="start"/>'),
            note(extra='<tie type="stop"/><tie type="start"/>') + note(extra='<tie type="stop"/>'),
        ),
        rows,
        [(0, 6, 60)],
    ),
    "a tie that leads nowhere": (
        xml(DIVISIONS + note(extra='<tie type="stop"/>') + note(extra='<tie type="start"/>')),
        rows,
        [(0, 1, 60), (1, 1, 60)],
    ),
    "grace and cue notes are left out": (
        xml(DIVISIONS + note("D", before="<grace/>") + note("E", before="<cue/>") + note()),
        rows,
        [(0, 1, 60)],
    ),
    "a transposing instrument sounds lower": (
        xml(
            "<attributes><divisions>4</divisions><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic>"
            "<octave-change>-1</octave-change></transpose></attributes>" + note()
        ),
        rows,
        [(0, 1, 46)],
    ),
    "two staves are two tracks": (
        xml(DIVISIONS + note("E", extra="<staff>1</staff>") + note("C", 3, extra="<staff>2</staff>")),
        lambda s: [(t.name, len(t.notes)) for t in s.tracks],
        [("Tune, staff 1", 1), ("Tune, staff 2", 1)],
    ),
    "a metronome mark without playback": (
        xml(
            DIVISIONS + "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
            "<per-minute>c. 60</per-minute></metronome></direction-type></direction>" + note()
        ),
        lambda s: s.tempos,
        (Tempo(0.0, 90.0),),
    ),
    "a short first bar is a pickup": (
        xml(DIVISIONS + note(), note(duration=16)),
        lambda s: (s.pickup, s.bar_lines().tolist()),
        (1.0, [1.0, 5.0]),
    ),
    "an empty bar has its full length": (xml(DIVISIONS, note()), rows, [(4, 1, 60)]),
    "a whole-bar rest": (
        xml(DIVISIONS + '<note><rest measure="yes"/><duration>16</duration></note>', note()),
        rows,
        [(4, 1, 60)],
    ),
    "a meter of 3+2": (
        xml(
            "<attributes><divisions>4</divisions><time><beats>3+2</beats><beat-type>8</beat-type></time></attributes>"
            + note()
        ),
        lambda s: s.meters,
        (Meter(0.0, 5, 8),),
    ),
    "a key without a mode is taken from the notes": (
        xml(
            "<attributes><divisions>4</divisions><key><fifths>0</fifths></key></attributes>"
            + "".join(map(note, "AAECBAEA"))
        ),
        lambda s: s.key,
        Key(9, "minor"),
    ),
    "sharps and flats": (
        xml(
            DIVISIONS
            + "<note><pitch><step>B</step><alter>-1</alter><octave>3</octave></pitch><duration>4</duration></note>"
        ),
        rows,
        [(0, 1, 58)],
    ),
    "UTF-16": (
        xml(DIVISIONS + note()).decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
        rows,
        [(0, 1, 60)],
    ),
    "the usual document type": (
        xml(DIVISIONS + note()).replace(
            b"?>",
            b'?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://x/y.dtd">',
            1,
        ),
        rows,
        [(0, 1, 60)],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_what_other_programs_write(case: str) -> None:
    data, look, expected = READ[case]
    assert look(read_score(data)) == expected


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


CONTAINER = b'<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
GOOD = xml(DIVISIONS + note())
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<score-partwise>&b;</score-partwise>"
)


def test_compressed_files_are_unpacked() -> None:
    data = packed({"META-INF/container.xml": CONTAINER, "a.xml": GOOD})
    assert rows(read_score(data)) == [(0, 1, 60)]


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "text": (b"hello", "neither"),
    "a web page": (b"<html><body>hi</body></html>", "isn't MusicXML"),
    "cut off": (GOOD[:-30], "damaged"),
    "entities": (BOMB, "entities"),
    "entities in UTF-16": (BOMB.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"), "entities"),
    "no notes": (xml(DIVISIONS), "no notes"),
    "no parts": (b"<score-partwise></score-partwise>", "no notes"),
    "sorted by bars": (b"<score-timewise></score-timewise>", "score-partwise"),
    "divisions of 0": (xml("<attributes><divisions>0</divisions></attributes>" + note()), "damaged"),
    "a duration in words": (GOOD.replace(b"<duration>4", b"<duration>four"), "damaged"),
    "an endless duration": (GOOD.replace(b"<duration>4", b"<duration>inf"), "damaged"),
    "a negative duration": (GOOD.replace(b"<duration>4", b"<duration>-4"), "damaged"),
    "a note of hours": (GOOD.replace(b"<duration>4", b"<duration>40000"), "never seems to end"),
    "a piece of days": (GOOD.replace(b"<duration>4", b"<duration>4e9"), "many hours"),
    "octave 40": (xml(DIVISIONS + note(octave=40)), "damaged"),
    "step H": (xml(DIVISIONS + note("H")), "damaged"),
    "a meter of 0": (
        xml("<attributes><time><beats>0</beats><beat-type>4</beat-type></time></attributes>" + note()),
        "damaged",
    ),
    "tempo 0": (xml(DIVISIONS + '<sound tempo="0"/>' + note()), "tempo"),
    "tempo 1e9": (xml(DIVISIONS + '<sound tempo="1e9"/>' + note()), "tempo"),
    "a zip of something else": (packed({"a.txt": b"hello"}), "compressed MusicXML"),
    "a container that names nothing": (packed({"META-INF/container.xml": b"<container/>"}), "compressed MusicXML"),
    "a broken zip": (packed({"META-INF/container.xml": CONTAINER, "a.xml": GOOD})[:60], "compressed MusicXML"),
    "a zip bomb": (packed({"META-INF/container.xml": CONTAINER, "a.xml": b" " * 50_000_000}), "20 MB"),
    "too large": (b"<" + b" " * MAX_BYTES, "10 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_rest_is_refused_with_one_sentence(case: str) -> None:
    data, words = REFUSED[case]
    with pytest.raises(BadInput, match=words) as refusal:
        read_score(data)
    assert str(refusal.value).count(". ") == 0 and "\n" not in str(refusal.value)


RICH = write_musicxml(parse_tune("key: D major\nmeter: 3/4\nD4 | F#:1.5 E:.5 D | C#:4/3 B:2/3 A | D:3"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(RICH) - 1), st.sampled_from(b"0159-<>/ aZ\x00\xff")), max_size=4))
def test_damaged_files_are_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(RICH)
    for place, value in changes:
        data[place] = value
    try:
        score = read_score(bytes(data))
    except BadInput:
        return
    write_musicxml(score)
    write_midi(score)


def test_every_shipped_melody_survives() -> None:
    for score in sample_melodies().values():
        back = read_score(write_musicxml(score))
        assert_same_notes(back.tracks[0].notes, score.tracks[0].notes)
        assert (back.meters, back.key, back.pickup, back.title) == (score.meters, score.key, score.pickup, score.title)
        np.testing.assert_array_equal(fit_to_grid(back, 0).voices.pitch, fit_to_grid(score, 0).voices.pitch)


def test_midi_goes_to_the_midi_reader() -> None:
    assert read_score(write_midi(parse_tune("C D E"))).note_count == 3
