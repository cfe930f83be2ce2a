"""Projects: kept by themselves, renamed, copied, deleted and brought back as they were; files from outside checked."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.grid import fit_to_grid
from composer.music.melodies import sample_melodies
from composer.music.pianoroll import pianoroll_from_voices
from composer.music.score import Score
from composer.music.voices import Voices
from composer.projects import project as project_file
from composer.projects.project import Project, pack_project, unpack_project
from composer.projects.request import Request
from composer.projects.result_file import Result, pack_result
from composer.projects.shelf import DELETED_KEPT, Shelf

WALK, ODE = (sample_melodies()[title] for title in ("Evening Walk", "Ode to Joy"))
ABOUT = {"model": "Bach · U-Net", "model_name": "bach", "algorithm": "unet-gan", "parts": ["Soprano", "Bass"]}
PROGRAMS = (73, 32)


def result(score: Score = WALK, seed: int = 1, roll: bool = False) -> Result:
    melody = fit_to_grid(score, 0).voices
    low = np.where(melody.pitch < 0, melody.pitch, melody.pitch - 12)
    take = Voices(
        np.concatenate([melody.pitch, low]),
        np.tile(melody.attack, (2, 1)),
        melody.steps_per_bar,
        melody.pickup_steps,
    )
    takes = (pianoroll_from_voices(take),) if roll else (take, take)
    return Result(Request(score, "bach-0123456789ab", {"takes": 2}, seed), takes, ABOUT)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def names(shelf: Shelf) -> list[str]:
    return [entry.name for entry in shelf.entries()]


@pytest.mark.parametrize("roll", [False, True], ids=["voices", "roll"])
def test_a_project_comes_back_as_it_was(shelf: Shelf, roll: bool) -> None:
    kept = shelf.keep(None, result(roll=roll), PROGRAMS, 96)
    found = shelf.find(kept.id)
    assert found is not None
    assert replace(found, result=kept.result) == kept
    assert found.result.id == kept.result.id and len(found.result.takes) == len(kept.result.takes)
    for one, other in zip(found.result.takes, kept.result.takes, strict=True):
        plane = "notes" if roll else "pitch"
        assert np.array_equal(getattr(one, plane), getattr(other, plane))
    (entry,) = shelf.entries()
    assert (entry.name, entry.melody, entry.model) == ("Evening Walk", "Evening Walk", "Bach · U-Net")


def test_the_same_melody_stays_one_project_and_another_begins_one(shelf: Shelf) -> None:
    first = shelf.keep(None, result(), PROGRAMS, 96)
    again = shelf.keep(first.id, result(seed=2), PROGRAMS, 90)
    assert again.id == first.id and len(shelf.entries()) == 1
    other = shelf.keep(again.id, result(ODE), PROGRAMS, 90)
    assert other.id != first.id and names(shelf) == ["Ode to Joy", "Evening Walk"]
    shelf.keep(None, result(seed=3), PROGRAMS, 90)
    assert names(shelf)[0] == "Evening Walk 2"


def test_a_project_is_found_by_the_result_it_holds(shelf: Shelf) -> None:
    first = shelf.keep(None, result(), PROGRAMS, 96)
    found = shelf.holding(result().id)
    assert found is not None and found.id == first.id
    assert shelf.holding(result(ODE).id) is None


def test_rename_and_duplicate(shelf: Shelf) -> None:
    kept = shelf.keep(None, result(), PROGRAMS, 96)
    shelf.rename(kept.id, "  My   *best*  one ")
    assert names(shelf) == ["My *best* one"]
    copies = [shelf.duplicate(kept.id) for _ in range(2)]
    assert sorted(names(shelf)) == ["My *best* one", "My *best* one 2", "My *best* one 3"]
    assert len({kept.id, *(copy.id for copy in copies)}) == 3
    for name in ("", "   ", "x" * 81):
        with pytest.raises(BadInput, match="name"):
            shelf.rename(kept.id, name)


def test_a_deleted_project_can_be_brought_back(shelf: Shelf) -> None:
    kept = shelf.keep(None, result(), PROGRAMS, 96)
    shelf.delete(kept.id)
    assert shelf.entries() == [] and shelf.find(kept.id) is None
    shelf.delete(kept.id)
    shelf.restore(kept.id)
    assert shelf.find(kept.id) is not None
    with pytest.raises(BadInput, match="brought back"):
        shelf.restore(kept.id)


def test_only_the_last_deleted_ones_are_kept(shelf: Shelf) -> None:
    kept = shelf.keep(None, result(), PROGRAMS, 96)
    for number in range(DELETED_KEPT + 3):
        copy = shelf.duplicate(kept.id)
        shelf.delete(copy.id)
        os.utime(shelf.folder / "deleted" / f"{copy.id}.composer", (number, number))
    shelf.delete(shelf.duplicate(kept.id).id)
    assert len(list((shelf.folder / "deleted").iterdir())) == DELETED_KEPT


@pytest.mark.parametrize("action", ["rename", "duplicate", "export", "restore"])
def test_what_is_gone_is_told(shelf: Shelf, action: str) -> None:
    arguments = ["Name"] if action == "rename" else []
    for project_id in ("0123456789abcdef", "../../etc/passwd"):
        with pytest.raises(BadInput):
            getattr(shelf, action)(project_id, *arguments)


def test_export_and_import_make_an_equal_project_with_an_id_of_its_own(shelf: Shelf, tmp_path: Path) -> None:
    kept = shelf.keep(None, result(), PROGRAMS, 96)
    there = Shelf(tmp_path / "elsewhere").add(shelf.export(kept.id))
    assert there.id != kept.id and there.name == kept.name and there.result.id == kept.result.id
    assert (there.programs, there.bpm, there.take) == (PROGRAMS, 96, 0)
    assert shelf.add(shelf.export(kept.id)).name == "Evening Walk 2"


def test_a_damaged_file_on_the_shelf_is_passed_over(shelf: Shelf) -> None:
    kept = shelf.keep(None, result(), PROGRAMS, 96)
    for number, content in enumerate([b"", b"x" * 100, b"\xff" * 8 + b"{}"]):
        (shelf.folder / f"{number:016x}.composer").write_bytes(content)
    assert names(shelf) == ["Evening Walk"]
    assert shelf.find(f"{0:016x}") is None and shelf.find(kept.id) is not None


class TestImport:
    FILE = pack_project(Project("0" * 16, "Walk", project_file.now(), result(), PROGRAMS, 96))

    @pytest.mark.parametrize("data", [b"", b"MThd", b"\0" * 5000, FILE[: len(FILE) // 2], FILE[:-1], b"{}" * 99])
    def test_what_is_no_project_is_told(self, data: bytes) -> None:
        with pytest.raises(BadInput, match="damaged"):
            unpack_project(data, "0" * 16)

    def test_a_result_is_no_project(self) -> None:
        with pytest.raises(BadInput, match="no project"):
            unpack_project(pack_result(result()), "0" * 16)

    def test_a_newer_version_and_a_large_file_are_told(self) -> None:
        with pytest.raises(BadInput, match="newer version"):
            unpack_project(pack_result(result(), format=2), "0" * 16)
        with pytest.raises(BadInput, match="larger than 20 MB"):
            unpack_project(bytes(20_000_001), "0" * 16)

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": ""},
            {"name": "x" * 99},
            {"changed": "yesterday"},
            {"changed": None},
            {"programs": [200, 0]},
            {"programs": 7},
            {"bpm": "fast"},
            {"take": None},
        ],
    )
    def test_senseless_words_are_told(self, changes: dict[str, object]) -> None:
        words = {"format": 1, "name": "Walk", "changed": project_file.now(), "programs": [0, 0], "bpm": 90, "take": 0}
        with pytest.raises(BadInput):
            unpack_project(pack_result(result(), **{**words, **changes}), "0" * 16)

    @pytest.mark.parametrize(
        "changed",
        [
            replace(result(), about=ABOUT | {"parts": ["Soprano", "![](http://elsewhere/x.png)"]}),
            replace(result(), about=ABOUT | {"parts": ["Soprano"]}),
            replace(result(), about=ABOUT | {"parts": "Soprano"}),
            replace(result(), about=ABOUT | {"model": 7}),
            replace(result(), about={}),
            replace(result(), takes=result(ODE).takes),
            replace(result(), takes=(replace(result().takes[0], pitch=np.full_like(result().takes[0].pitch, 500)),)),
            replace(result(), request=replace(result().request, seed=10**12)),
            replace(result(), request=replace(result().request, melody=replace(WALK, tracks=WALK.tracks * 2))),
        ],
    )
    def test_senseless_music_is_told(self, changed: Result) -> None:
        with pytest.raises(BadInput, match="project file"):
            unpack_project(pack_project(Project("0" * 16, "Walk", project_file.now(), changed, PROGRAMS, 96)), "0" * 16)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
    def test_a_changed_byte_gives_a_sound_project_or_a_sentence(self, place: int, change: int) -> None:
        data = bytearray(self.FILE)
        data[place] ^= change
        try:
            found = unpack_project(bytes(data), "0" * 16)
        except BadInput:
            return
        assert json.dumps(found.result.request.as_dict())
