"""The drum kit: names for people, channel 10 in files, and a staff of its own in sheet music."""

from __future__ import annotations

import io

import mido
import music21
import numpy as np
import pytest

from composer.music.drums import DRUM_KIT, METAL, SKIN, drum
from composer.music.instruments import default_programs, instrument_name
from composer.music.midi import read_midi, write_midi
from composer.music.musicxml import read_musicxml
from composer.music.musicxml_writer import write_musicxml
from composer.music.score import Score, Track, make_notes

GROOVE = make_notes([0, 0, 0.5, 1, 1, 1.5], 0.25, [36, 42, 42, 38, 42, 46])
BAND = Score((Track("Piano", make_notes([0, 1], 1, [60, 64]), 0), Track("Drums", GROOVE, is_drum=True)))


def test_every_drum_of_general_midi_has_a_name_of_its_own() -> None:
    assert sorted(DRUM_KIT) == list(range(35, 82))
    assert len({each.name for each in DRUM_KIT.values()}) == len(DRUM_KIT)
    assert [drum(pitch).name for pitch in (36, 38, 42)] == ["Kick", "Snare", "Closed hi-hat"]
    assert (drum(38).kind, drum(49).kind) == (SKIN, METAL)
    assert drum(100).name == "Drum 100"


def test_a_midi_file_has_drums_on_channel_ten_without_a_program() -> None:
    file = mido.MidiFile(file=io.BytesIO(write_midi(BAND)))
    piano, drums = (
        {(message.type, message.channel) for message in track if not message.is_meta} for track in file.tracks[1:]
    )
    assert {channel for _, channel in drums} == {9} and {channel for _, channel in piano} == {0}
    assert "program_change" not in {kind for kind, _ in drums}
    back = read_midi(write_midi(BAND)).tracks[1]
    assert back.is_drum and np.array_equal(back.notes["pitch"], GROOVE["pitch"])


def test_drums_alone_stay_on_channel_ten() -> None:
    alone = Score(BAND.tracks[1:])
    assert [track.is_drum for track in read_midi(write_midi(alone)).tracks] == [True]
    assert [track.is_drum for track in read_musicxml(write_musicxml(alone)).tracks] == [True]


def test_sheet_music_names_the_drums_and_gives_each_its_place() -> None:
    text = write_musicxml(BAND).decode()
    for name in ("Kick", "Snare", "Closed hi-hat", "Open hi-hat"):
        assert f"<instrument-name>{name}</instrument-name>" in text
    assert "<midi-channel>10</midi-channel>" in text and "<sign>percussion</sign>" in text
    piano, drums = music21.converter.parse(text, format="musicxml").parts
    assert [note.nameWithOctave for note in piano.recurse().notes] == ["C4", "E4"]
    strokes = [each for note in drums.recurse().notes for each in getattr(note, "notes", [note])]
    assert all(isinstance(stroke, music21.note.Unpitched) for stroke in strokes)
    places = {(stroke.displayStep + str(stroke.displayOctave), stroke.notehead) for stroke in strokes}
    assert places == {("F4", "normal"), ("C5", "normal"), ("G5", "x")}


@pytest.mark.parametrize(
    ("names", "instruments"),
    [
        (("Soprano", "Alto", "Tenor", "Bass"), ["Oboe", "Clarinet", "French Horn", "Bassoon"]),
        (("Melody", "Strings", "Guitar", "Bass"), ["Flute", "String Ensemble", "Guitar", "Double Bass"]),
        (("Violin 1", "Violin 2", "Viola", "Cello"), ["Violin", "Violin", "Viola", "Cello"]),
        (("Kazoo",), ["Piano"]),
    ],
)
def test_parts_are_first_heard_on_what_their_names_say(names: tuple[str, ...], instruments: list[str]) -> None:
    assert [instrument_name(program) for program in default_programs(names)] == instruments
