"""Chains: what a step made is the next one's melody, a change is followed, and a file brings all of it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.grid import fit_to_grid
from composer.music.notation import parse_tune
from composer.music.pianoroll import DRUMS, Pianoroll, pianoroll_from_voices
from composer.music.score import Score, Track
from composer.music.voices import REST, Voices
from composer.projects.chain import MOST_STEPS, TUNE, Chain, ChainStep
from composer.projects.checking import check_melody
from composer.projects.melody import Melody
from composer.projects.performance import perform
from composer.projects.project import Project, now, pack_project, unpack_project
from composer.projects.request import Request
from composer.projects.result_file import Result, pack_result
from composer.projects.shelf import Shelf
from tests.made_up import any_voices

TUNE_SCORE = parse_tune("title: Walk\nmeter: 3/4\nG4 | B A G | C5:2 G4 | A:2 F# | G:3")
CHOIR, BAND = ["Soprano", "Alto", "Bass"], ["Melody", "Guitar", "Bass", DRUMS]


def about(parts: list[str]) -> dict[str, Any]:
    return {"model": "Bach · U-Net GAN", "model_name": "bach", "algorithm": "unet-gan", "parts": parts}


def answer(request: Request, parts: Mapping[str, Any]) -> Result:
    """A choir below the melody, take k lower by k semitones and by the seed."""
    melody = fit_to_grid(request.melody, 0).voices
    takes = []
    for take in range(request.settings.get("takes", 2)):
        drops = [0, *(5 * row + take + request.seed for row in range(1, len(parts["parts"])))]
        pitch = np.concatenate([np.where(melody.pitch == REST, REST, melody.pitch - drop) for drop in drops])
        takes.append(replace(melody, pitch=pitch, attack=np.tile(melody.attack, (len(drops), 1))))
    return Result(request, tuple(takes), parts)


def made(score: Score = TUNE_SCORE, parts: list[str] = CHOIR, seed: int = 0, **wish: Any) -> Result:
    return answer(Request(score, "bach-0", wish, seed), about(parts))


def chain_of(*handed: tuple[int, str], parts: list[str] = CHOIR) -> Chain:
    """A chain with a step more than takes and parts that go on."""
    chain = Chain.of(made(parts=parts))
    for number, (take, part) in enumerate(handed, 1):
        chain = chain.changed(number - 1, take=take, part=part)
        chain = chain.with_result(number, made(chain.given(number), parts))
    return chain


def up_to_date(chain: Chain) -> Chain:
    while chain.outdated is not None:
        chain = chain.remade(chain.outdated, answer)
    return chain


def notes_of(score: Score) -> list[tuple[float, int]]:
    return [(float(onset), int(pitch)) for onset, pitch in score.tracks[0].notes[["onset", "pitch"]].tolist()]


class TestWhatGoesOn:
    def test_the_tune_goes_on_as_the_person_played_it(self) -> None:
        assert chain_of((1, TUNE)).given(1) is TUNE_SCORE

    def test_another_part_goes_on_where_it_sounds_as_loud_as_the_tune(self) -> None:
        given = chain_of((1, "Bass")).given(1)
        assert notes_of(given) == [(onset, pitch - 11 + 12) for onset, pitch in notes_of(TUNE_SCORE)]
        assert given.title == "Walk · Bass" and len(given.tracks) == 1
        assert set(given.tracks[0].notes["velocity"]) == set(TUNE_SCORE.tracks[0].notes["velocity"])
        assert (given.tempos, given.meters, given.pickup) == (TUNE_SCORE.tempos, TUNE_SCORE.meters, TUNE_SCORE.pickup)

    def test_a_low_part_goes_up_by_octaves_to_where_a_tune_is_sung(self) -> None:
        result = made()
        low = tuple(replace(take, pitch=take.pitch - np.array([[0], [0], [25]], np.int16)) for take in result.takes)
        given = Chain.of(replace(result, takes=low)).changed(0, part="Bass").given(1)
        assert notes_of(given) == [(onset, pitch - 10 - 25 + 36) for onset, pitch in notes_of(TUNE_SCORE)]

    def test_the_name_stays_short_however_many_steps_there_are(self) -> None:
        assert chain_of((0, "Bass"), (0, "Alto")).given(2).title == "Walk · Alto"

    def test_a_tune_that_was_made_up_goes_on(self) -> None:
        result = made(follow=False)
        raised = tuple(take.transposed(2) for take in result.takes)
        given = Chain.of(replace(result, takes=raised)).given(1)
        assert notes_of(given) == [(onset, pitch + 2) for onset, pitch in notes_of(TUNE_SCORE)]
        assert given.title == "Walk · Melody (made up)"

    @pytest.mark.parametrize(
        ("take", "part", "sentence"),
        [
            (5, TUNE, "Step 1: there is no take 6 any more"),
            (0, "Oboe", "Step 1: there is no part called “Oboe”; choose one of: Melody, Guitar, Bass, Drums"),
            (0, DRUMS, "Step 1: drums have no tune"),
            (0, "Guitar", "Step 1: the Guitar of take 1 has no notes"),
        ],
    )
    def test_what_cannot_go_on_is_told_with_its_step(self, take: int, part: str, sentence: str) -> None:
        result = made(parts=BAND)
        pitch = result.takes[0].pitch.copy()
        pitch[1] = REST
        result = replace(result, takes=(replace(result.takes[0], pitch=pitch),))
        chain = Chain(TUNE_SCORE, (ChainStep(result, take, part), ChainStep(made())))
        with pytest.raises(BadInput, match=sentence):
            chain.given(1)
        assert chain.outdated == 1 and chain.melody_of(1) is chain.steps[1].result.request.melody

    @settings(max_examples=40)
    @given(any_voices(voices=3), st.booleans(), st.sampled_from([1, 2]))
    def test_any_part_with_notes_is_a_melody_for_any_model(self, music: Voices, as_roll: bool, row: int) -> None:
        """Odd parts, too: in other octaves than the tune, beginning late, ending early, with leaps and rests."""
        first = music.notes(0)
        if not len(first):
            return
        onset = music.pickup_steps / 4
        score = Score((Track("Tune", first),), meters=TUNE_SCORE.meters, pickup=onset % 3, title="Odd")
        grid = fit_to_grid(score, 0)
        steps = grid.voices.steps
        planes = [np.resize(plane, (3, steps)) for plane in (music.pitch, music.attack)]
        take = Voices(planes[0], planes[1], grid.voices.steps_per_bar, grid.voices.pickup_steps)
        takes = (pianoroll_from_voices(take),) if as_roll else (take,)
        chain = Chain.of(Result(Request(score, "m-0", {}, 0), takes, about(CHOIR))).changed(0, part=CHOIR[row])
        if not len(take.notes(row)):
            with pytest.raises(BadInput, match="has no notes"):
                chain.given(1)
            return
        given = chain.given(1)
        check_melody(given, "chain")
        result = made(given)
        played = perform(result, 0, [0, 0, 0], 90)
        assert np.array_equal(played.tracks[0].notes, Melody(given).grid.notes)
        assert chain.with_result(1, result).outdated is None


class TestChanges:
    def test_a_chain_that_was_just_made_is_up_to_date(self) -> None:
        assert chain_of((0, "Bass"), (1, TUNE), (1, "Alto")).outdated is None

    def test_steps_after_a_change_are_made_anew_and_those_before_stay(self) -> None:
        chain = chain_of((0, "Bass"), (1, "Alto"), (0, "Bass"))
        changed = chain.with_result(1, made(chain.given(1), seed=3))
        assert changed.outdated == 2
        after = up_to_date(changed)
        assert after.steps[:2] == changed.steps[:2]
        assert [after.steps[n].result.id != chain.steps[n].result.id for n in range(4)] == [False, True, True, True]
        assert notes_of(after.given(3)) != notes_of(chain.given(3))

    def test_a_change_that_leaves_what_goes_on_as_it_was_changes_nothing_after_it(self) -> None:
        chain = chain_of((0, TUNE))
        assert chain.with_result(0, made(seed=4)).outdated is None

    def test_another_melody_goes_through_all_steps(self) -> None:
        other = parse_tune("title: Other\nC5 D E F")
        after = up_to_date(chain_of((0, "Bass"), (0, TUNE)).with_result(0, made(other)))
        assert after.melody is other
        assert [step.result.request.melody.title for step in after.steps] == ["Other", "Other · Bass", "Other · Bass"]

    def test_another_part_goes_on(self) -> None:
        chain = chain_of((0, "Bass")).changed(0, take=1, part="Alto")
        assert chain.outdated == 1
        assert up_to_date(chain).steps[1].result.request.melody.title == "Walk · Alto"

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_a_step_that_is_taken_out_leaves_the_next_what_it_was_given(self, number: int) -> None:
        chain = chain_of((0, "Bass"), (1, "Alto"))
        after = up_to_date(chain.without(number))
        assert len(after.steps) == 2
        assert Melody(after.steps[0].result.request.melody).id == Melody(TUNE_SCORE).id
        assert up_to_date(chain) is chain

    def test_a_part_keeps_its_name_in_another_band_and_is_told_where_it_is_gone(self) -> None:
        chain = chain_of((0, "Bass")).with_result(0, made(parts=BAND))
        assert up_to_date(chain).given(1).title == "Walk · Bass"
        chain = chain_of((0, "Alto")).with_result(0, made(parts=BAND))
        with pytest.raises(BadInput, match="Step 1: there is no part called “Alto”"):
            chain.remade(1, answer)

    def test_what_a_model_refuses_is_told_with_its_step(self) -> None:
        def refuse(request: Request, parts: Mapping[str, Any]) -> Result:
            raise BadInput("this file is damaged.")

        with pytest.raises(BadInput, match="Step 2: this file is damaged"):
            chain_of((0, "Bass")).changed(0, take=1).remade(1, refuse)

    def test_a_result_finds_its_place(self) -> None:
        chain = chain_of((0, "Bass"), (0, TUNE))
        assert [chain.place_for(step.result, 0) for step in chain.steps] == [0, 1, 1]
        assert chain.place_for(chain.steps[2].result, 2) == 2
        assert chain.place_for(made(seed=9), 2) == 0
        assert chain.place_for(made(chain.given(1), seed=9), 2) == 2
        assert chain.place_for(made(parse_tune("C D E F")), 0) is None


class TestTogether:
    def test_each_part_sounds_once(self) -> None:
        chain = chain_of((0, TUNE), (0, "Alto"))
        assert [track.name for track in chain.earlier_tracks(1)] == ["Alto (step 1)", "Bass (step 1)"]
        names = [track.name for track in chain.earlier_tracks(2)]
        assert names == ["Alto (step 1)", "Bass (step 1)", "Melody (step 2)", "Bass (step 2)"]
        assert chain.earlier_tracks(0) == ()

    def test_parts_sound_as_they_did_with_the_instruments_they_had(self) -> None:
        chain = chain_of((1, TUNE)).changed(0, programs=(1, 2, 3))
        alto, bass = chain.earlier_tracks(1)
        alone = perform(chain.steps[0].result, 1, (1, 2, 3), 100)
        assert (alto.program, bass.program) == (2, 3)
        assert np.array_equal(bass.notes, alone.tracks[2].notes)

    def test_a_part_that_moved_to_become_the_melody_still_sounds_where_it_was(self) -> None:
        result = made()
        low = tuple(replace(take, pitch=take.pitch - np.array([[0], [0], [25]], np.int16)) for take in result.takes)
        chain = Chain.of(replace(result, takes=low)).changed(0, part="Bass")
        chain = chain.with_result(1, made(chain.given(1)))
        assert [track.name for track in chain.earlier_tracks(1)][2:] == ["Bass (step 1)"]

    def test_a_melody_that_the_next_step_made_up_anew_does_not_take_its_place(self) -> None:
        chain = Chain.of(made()).with_result(1, made(follow=False))
        assert [track.name for track in chain.earlier_tracks(1)] == [
            f"{part} (step 1)" for part in ("Melody", "Alto", "Bass")
        ]


class TestProjectFile:
    CHAIN = chain_of((1, "Bass"), (0, "Alto")).changed(0, programs=(1, 2, 3))

    def project(self, place: int = 1) -> Project:
        return Project("0" * 16, "Walk", now(), self.CHAIN.steps[place].result, (1, 2, 3), 96, 0, self.CHAIN, place)

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_a_chain_comes_back_as_it_was(self, place: int) -> None:
        found = unpack_project(pack_project(self.project(place)), "0" * 16)
        assert found.chain is not None and found.place == place and found.chain.outdated is None
        assert Melody(found.melody).id == Melody(TUNE_SCORE).id
        for one, other in zip(found.chain.steps, self.CHAIN.steps, strict=True):
            assert (one.result.id, one.take, one.part, one.programs) == (
                *(other.result.id, other.take, other.part, other.programs),
            )
            assert all(
                np.array_equal(a.pitch, b.pitch) for a, b in zip(one.result.takes, other.result.takes, strict=True)
            )
        assert found.chain.steps[place].result is found.result

    def test_rolls_come_back_too(self) -> None:
        first = self.CHAIN.steps[0].result
        roll = replace(first, takes=tuple(pianoroll_from_voices(take) for take in first.takes))
        chain = self.CHAIN.changed(0, result=roll)
        found = unpack_project(pack_project(replace(self.project(), chain=chain)), "0" * 16)
        assert found.chain is not None
        take = found.chain.steps[0].result.takes[0]
        assert isinstance(take, Pianoroll) and np.array_equal(take.notes, roll.takes[0].notes)

    def test_a_file_from_before_there_were_chains_is_a_single_step(self) -> None:
        words = {"format": 1, "name": "Walk", "changed": now(), "programs": [0, 0, 0], "bpm": 90, "take": 0}
        found = unpack_project(pack_result(made(), **words), "0" * 16)
        assert found.chain is None and Melody(found.melody).id == Melody(TUNE_SCORE).id

    @pytest.mark.parametrize(
        "change",
        [
            {"place": 3},
            {"place": -1},
            {"place": None},
            {"steps": []},
            {"steps": 7},
            {"steps": [{"take": 0, "part": "", "programs": []}] * (MOST_STEPS + 1)},
            {"steps": [{"take": -1, "part": "", "programs": []}] * 3},
            {"steps": [{"take": 99, "part": "", "programs": []}] * 3},
            {"steps": [{"take": 0, "part": 7, "programs": []}] * 3},
            {"steps": [{"take": 0, "part": "x" * 999, "programs": []}] * 3},
            {"steps": [{"take": 0, "part": "", "programs": [900]}] * 3},
            {"steps": [{"take": 0, "part": ""}] * 3},
            {"melody": {}},
            {"melody": None},
        ],
    )
    def test_senseless_words_are_told(self, change: dict[str, Any]) -> None:
        with pytest.raises(BadInput, match="project file"):
            unpack_project(with_chain_words(pack_project(self.project()), change), "0" * 16)

    @pytest.mark.parametrize("bad", [{"parts": ["Soprano"]}, {"model": 7}, {"parts": ["Soprano", "![](x)", "Bass"]}])
    def test_senseless_music_of_another_step_is_told(self, bad: dict[str, Any]) -> None:
        result = self.CHAIN.steps[0].result
        changed = self.CHAIN.changed(0, result=replace(result, about={**result.about, **bad}))
        with pytest.raises(BadInput, match="project file"):
            unpack_project(pack_project(replace(self.project(), chain=changed)), "0" * 16)

    @settings(max_examples=60)
    @given(st.data())
    def test_a_changed_byte_gives_a_sound_project_or_a_sentence(self, data: st.DataObject) -> None:
        content = bytearray(pack_project(self.project()))
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        try:
            found = unpack_project(bytes(content), "0" * 16)
        except BadInput:
            return
        assert found.chain is None or [found.chain.melody_of(n) for n in range(len(found.chain.steps))]

    def test_steps_stay_one_project_on_the_shelf_and_are_counted(self, tmp_path: Path) -> None:
        shelf = Shelf(tmp_path)
        kept = shelf.keep(None, made(), (0, 0, 0), 96)
        assert shelf.entries()[0].steps == 1
        again = shelf.keep(kept.id, self.CHAIN.steps[2].result, (0, 0, 0), 96, 0, self.CHAIN, 2)
        (entry,) = shelf.entries()
        assert (again.id, entry.steps, entry.melody, entry.name) == (kept.id, 3, "Walk", "Walk")
        assert shelf.duplicate(kept.id).chain is not None
        assert shelf.keep(kept.id, made(), (0, 0, 0), 96).chain is None


def with_chain_words(data: bytes, change: dict[str, Any]) -> bytes:
    """A project file with other words on its chain."""
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    chain = json.loads(header["__metadata__"]["chain"])
    header["__metadata__"]["chain"] = json.dumps({**chain, **change})
    packed = json.dumps(header).encode()
    packed += b" " * (-len(packed) % 8)
    return len(packed).to_bytes(8, "little") + packed + data[8 + size :]
