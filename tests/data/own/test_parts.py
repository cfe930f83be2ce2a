"""Tracks find their parts by name, instrument and height; what a person corrects is followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.data.own.assembling import assemble
from composer.data.own.judging import FoundTrack, Judged
from composer.data.own.parts import LAYOUTS, LEFT_OUT, assign, kinds, propose_layout
from composer.errors import BadInput
from composer.music.pianoroll import Pianoroll
from composer.music.score import Score, Track, make_notes
from tests.data.own.files import hymn, judged, song, songs

BAND, CHOIR, QUARTET, MELODY = (LAYOUTS[name] for name in ("band", "choir", "quartet", "melody"))


def tracks(*described: tuple[str, int, float] | tuple[str, int, float, bool], melody: int = 0) -> Judged:
    """A file whose tracks have these names, programs and heights, drums being said."""
    found = tuple(FoundTrack(row[0], row[1], len(row) > 3, 100, row[2]) for row in described)
    return Judged("a.mid", tracks=found, melody=melody, roll=Pianoroll(np.empty((0, 4)), len(found), 48))


@pytest.mark.parametrize(
    ("file", "layout"),
    [
        (judged(song(1)), "band"),
        (judged(hymn(1)), "choir"),
        (judged(hymn(1, names=("Violin I", "Violin II", "Viola", "Violoncello"))), "quartet"),
        (tracks(("", 40, 80), ("", 40, 70), ("", 41, 60), ("", 42, 50)), "quartet"),
        (tracks(("Lead", 73, 70)), "melody"),
        (tracks(("Right", 0, 70), ("Left", 0, 50)), "melody"),
        (tracks(("a", 0, 70), ("b", 24, 50), ("c", 33, 40)), "band"),
    ],
)
def test_layout_follows_what_most_files_have(file: Judged, layout: str) -> None:
    assert propose_layout([file, Judged("bad.mid", "Bad.")]).name == layout
    others = [judged(song(seed)) for seed in range(2)]
    assert propose_layout([file, *others]).name == "band"


def test_no_kept_file_means_no_layout() -> None:
    with pytest.raises(BadInput, match="no music in these files"):
        propose_layout([Judged("a.mid", "Bad.")])


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("Bass", "Tenor", "Alto", "Soprano"), ("Bass", "Tenor", "Alto", "Soprano")),
        (("x", "x", "x", "x"), ("Bass", "Tenor", "Alto", "Soprano")),
        (("x", "Tenore", "Sopran", "x"), ("Bass", "Tenor", "Soprano", "Alto")),
    ],
)
def test_a_choir_is_known_by_names_and_else_by_height(names: tuple[str, ...], parts: tuple[str, ...]) -> None:
    file = tracks(*zip(names, (52,) * 4, (45, 55, 65, 75), strict=True))
    assert assign(file, CHOIR) == parts


@pytest.mark.parametrize(
    "names",
    [
        ("Violin 1", "Violin 2", "Viola", "Cello"),
        ("Violin I", "Violin II", "Viola", "Violoncello"),
        ("1st Violin", "2nd violin", "VIOLA", "'Cello"),
        ("Violino I", "Violino II", "Viola", "Vc"),
        ("Vln. 1", "Vln. 2", "Vla", "Vlc"),
    ],
)
def test_a_quartet_is_known_by_the_names_people_write(names: tuple[str, ...]) -> None:
    file = tracks(*zip(names, (0,) * 4, (60,) * 4, strict=True))
    assert assign(file, QUARTET) == QUARTET.parts


def test_a_surplus_voice_is_left_out() -> None:
    file = tracks(("Soprano", 52, 75), ("Alto", 52, 65), ("Tenor", 52, 55), ("Bass", 52, 45), ("Organ", 19, 60))
    assert assign(file, CHOIR) == (*CHOIR.parts, LEFT_OUT)


def test_a_band_is_known_by_its_instruments() -> None:
    file = tracks(
        ("Kit", 0, 40, True), ("", 33, 40), ("", 27, 60), ("", 4, 60), ("", 48, 70), ("Vocals", 0, 70), ("", 120, 60)
    )
    assert assign(file, BAND) == ("Drums", "Bass", "Guitar", "Piano", "Strings", "Melody", LEFT_OUT)


def test_without_a_name_the_likeliest_melody_is_the_melody() -> None:
    assert assign(tracks(("", 0, 60), ("", 0, 70), melody=1), BAND) == ("Piano", "Melody")
    assert assign(judged(song(1)), MELODY) == ("Melody", LEFT_OUT, LEFT_OUT, LEFT_OUT)


def test_corrections_are_followed_and_the_rest_fits_round_them() -> None:
    file = tracks(("a", 52, 75), ("b", 52, 65), ("c", 52, 55), ("d", 52, 45))
    assert assign(file, CHOIR, {("a", "Choir"): "Bass"}) == ("Bass", "Soprano", "Alto", "Tenor")
    assert assign(file, CHOIR, {("a", "Choir"): LEFT_OUT}) == (LEFT_OUT, "Soprano", "Alto", "Tenor")
    assert assign(file, CHOIR, {("a", "Choir"): "Banjo"}) == CHOIR.parts


def test_kinds_count_where_tracks_go() -> None:
    rows = kinds([*songs(3), Judged("bad.mid", "Bad.")], BAND)
    assert {row.kind[0]: (row.files, row.parts) for row in rows} == {
        "flute": (3, (("Melody", 3),)),
        "kit": (3, (("Drums", 3),)),
        "e-bass": (3, (("Bass", 3),)),
        "strum": (3, (("Guitar", 3),)),
    }


class TestAssembly:
    def test_every_note_lands_in_its_part(self) -> None:
        assembly = assemble(songs(10), BAND)
        roll = assembly.pieces[3].music
        for part, track in {"Melody": 0, "Bass": 1, "Guitar": 2, "Drums": 3}.items():
            there, notes = roll.part(BAND.parts.index(part)), song(3).tracks[track].notes
            assert np.array_equal(there["onset"], notes["onset"]) and np.array_equal(there["pitch"], notes["pitch"])
        assert not assembly.missing and assembly.pieces[3].name == "song-03"

    def test_tracks_of_one_part_are_put_together_without_doubles(self) -> None:
        notes = make_notes([0, 1, 2, 3], 1.0, 60)
        longer = make_notes([0, 8, 15], 2.0, 60)
        score = Score(
            (Track("Lead", notes, 73), Track("Piano", notes, 0), Track("Organ", longer, 19), *song(1).tracks[3:])
        )
        [piece] = assemble([judged(score)], BAND).pieces
        piano = piece.music.part(BAND.parts.index("Piano"))
        assert piano["onset"].tolist() == [0, 1, 2, 3, 8, 15] and piano["duration"].tolist() == [1, 1, 1, 1, 2, 2]

    def test_too_few_parts_are_refused(self) -> None:
        two = judged(Score(song(1).tracks[:2]))
        [verdict] = assemble([two], BAND).verdicts
        assert not verdict.kept and "2 of the 6 parts, and at least 3 are needed" in verdict.reason
        [verdict] = assemble([two], CHOIR).verdicts
        assert "all 4 are needed" in verdict.reason
        [verdict] = assemble(
            [judged(song(1))], BAND, {("flute", "Flute"): LEFT_OUT, ("e-bass", "Bass 2"): "Bass"}
        ).verdicts
        assert verdict.kept or "Melody" in verdict.reason

    def test_the_same_notes_are_kept_once(self) -> None:
        twin = replace(songs(1)[0], name="copy.mid")
        verdicts = assemble([*songs(2), twin], BAND).verdicts
        assert [verdict.kept for verdict in verdicts] == [True, True, False]
        assert verdicts[2].reason == "It has the same notes as song-00.mid."

    def test_what_is_missing_is_said(self) -> None:
        assert "1 piece with 12 bars; please add 7 more pieces and 52 more bars." in assemble(songs(1), BAND).missing
        assert "please add 8 more bars." in assemble(songs(8, bars=7), BAND).missing
        same = [judged(song(1, shift=shift), f"{shift}.mid") for shift in range(8)]
        assert "pieces that differ more" in assemble(same, BAND).missing
        assert not assemble(songs(8), BAND).missing
