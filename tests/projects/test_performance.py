"""Melodies and takes as they are heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.notation import parse_tune
from composer.music.score import Score, Tempo, Track, make_notes
from composer.projects.melody import Melody
from composer.projects.performance import first_programs, part_names, perform
from composer.projects.request import Request
from composer.projects.results import Result

TUNE = replace(parse_tune("title: Walk\nG4 | B A G C5 | B:4"), tempos=(Tempo(0.0, 100.0), Tempo(4.0, 50.0)))
PARTS = ["Soprano", "Alto", "Bass"]


def arranged(score: Score) -> Result:
    melody = Melody(score).grid.voices
    pitch = np.concatenate([np.where(melody.pitch < 0, -1, melody.pitch - drop) for drop in (0, 5, 12)])
    take = replace(melody, pitch=pitch, attack=np.tile(melody.attack, (3, 1)))
    return Result(Request(score, "m", {}, 0), (take,), {"parts": PARTS})


def test_the_melody_is_the_persons_own_and_the_parts_have_their_instruments() -> None:
    score = perform(arranged(TUNE), 0, (73, 71, 70), 100)
    assert [track.name for track in score.tracks] == ["Melody", "Alto", "Bass"] == list(part_names(arranged(TUNE)))
    assert [track.program for track in score.tracks] == [73, 71, 70]
    assert score.title == "Walk"
    assert np.array_equal(score.tracks[0].notes, TUNE.tracks[0].notes)
    assert np.array_equal(score.tracks[2].notes["pitch"], TUNE.tracks[0].notes["pitch"] - 12)


def test_another_tempo_keeps_the_notes_and_the_later_changes() -> None:
    slow, fast = (perform(arranged(TUNE), 0, (0, 0, 0), bpm) for bpm in (100, 200))
    assert [tempo.bpm for tempo in fast.tempos] == [200, 100]
    assert float(slow.seconds(slow.end)) == pytest.approx(2 * float(fast.seconds(fast.end)))
    assert np.array_equal(slow.tracks[1].notes, fast.tracks[1].notes)


def test_a_melody_with_an_instrument_keeps_it() -> None:
    flute = replace(TUNE, tracks=(replace(TUNE.tracks[0], program=73),))
    assert first_programs(arranged(flute))[0] == 73
    assert first_programs(arranged(TUNE))[0] == 68
    assert len(first_programs(arranged(TUNE))) == 3


def test_caption_and_key_of_a_melody() -> None:
    melody = Melody(parse_tune("key: G major\nmeter: 3/4\nD4 | G:2 B | A:3 | G:2"), name="Grace")
    assert melody.caption() == "3 bars · 3/4 · 100 bpm · G major · 5 notes"
    assert str(Melody(parse_tune("C4 D E F G A B C5:2")).key) == "C major"


def test_an_arrangement_depends_on_the_chosen_track_alone() -> None:
    other = Track("Bass", make_notes([0, 1], 1, [40, 41]), 32)
    two = replace(TUNE, tracks=(other, *TUNE.tracks))
    assert Melody.proposed(two, "file").track == 1
    assert Melody(two, 1, "x").id == Melody(TUNE, 0, "x").id != Melody(two, 0, "x").id


def test_percussion_is_no_melody() -> None:
    with pytest.raises(BadInput, match="percussion"):
        Melody.proposed(Score((Track("Drums", make_notes([0], 1, [38]), is_drum=True),)), "drums")
