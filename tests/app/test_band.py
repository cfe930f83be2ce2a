"""The studio with a model for a band: surprise me, drum kits, parts for the files, words that fit."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from composer.music.arranger import BAND_PARTS
from composer.music.midi import read_midi
from composer.music.musicxml import read_musicxml
from composer.projects.performance import first_programs, perform
from composer.projects.project import Project, now
from composer.projects.results import Result
from composer.ui.home_files import MIDI, MUSICXML, PICTURE, Taken, everything
from tests.app.test_studio import clean, generate, shown, words
from tests.app.untrained import BAND, NAME, write_untrained_band, write_untrained_run

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
FOLLOW, PASSES, TAKES = (f"studio.musegan.{name}" for name in ("follow", "passes", "takes"))
HOME = "studio.home." + "/".join(BAND_PARTS)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The studio with the band chosen, quick settings and nothing generated."""
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    write_untrained_run(tmp_path)
    write_untrained_band(tmp_path)
    studio = AppTest.from_file(str(APP), default_timeout=90)
    studio.query_params["model"] = BAND
    clean(studio.run())
    studio.slider(key=PASSES).set_value(1)
    return clean(studio.slider(key=TAKES).set_value(1).run())


def test_a_band_has_an_instrument_box_a_part_and_a_kit_that_cannot_be_changed(studio: AppTest) -> None:
    assert "Adds Strings, Piano, Guitar, Bass and Drums." in words(studio)
    generate(studio)
    programs = [studio.selectbox(key=f"studio.program.{part}").value for part in range(5)]
    assert programs == [73, 48, 0, 24, 32]
    kit = studio.selectbox(key="studio.kit.5")
    assert (kit.label, kit.value, kit.disabled) == ("Drums", "Drum kit", True)


def test_instruments_follow_the_band_when_another_plays(studio: AppTest) -> None:
    generate(studio)
    studio.selectbox(key="studio.program.1").select(19).run()
    generate(studio)
    assert studio.selectbox(key="studio.program.1").value == 19
    studio.selectbox(key="studio.model").select(NAME).run()
    generate(studio)
    assert [studio.selectbox(key=f"studio.program.{part}").value for part in range(4)] == [68, 71, 60, 70]


def test_surprise_me_is_explained_and_names_its_melody_as_made_up(studio: AppTest) -> None:
    assert studio.toggle(key=FOLLOW).value is True and "Surprise me" not in words(studio)
    studio.toggle(key=FOLLOW).set_value(False).run()
    assert "the length, the key and the beat" in words(studio)
    generate(studio)
    assert "melody made up" in words(studio)
    assert studio.selectbox(key="studio.program.0").label == "Melody (made up)"
    again = AppTest.from_file(str(APP), default_timeout=90)
    again.query_params["result"] = shown(studio).id
    clean(again.run())
    assert again.toggle(key=FOLLOW).value is False and "melody made up" in words(again)


def test_a_model_that_must_follow_offers_no_surprise(studio: AppTest) -> None:
    studio.selectbox(key="studio.model").select(NAME).run()
    assert not [toggle for toggle in clean(studio).toggle if toggle.key == FOLLOW]


def test_parts_are_switched_off_for_the_files_and_one_always_stays(studio: AppTest) -> None:
    generate(studio)
    parts = studio.button_group(key=HOME)
    assert parts.options == list(BAND_PARTS) and parts.value == list(range(6))
    parts.set_value([1, 5]).run()
    assert clean(generate(studio)).button_group(key=HOME).value == [1, 5]
    studio.button_group(key=HOME).set_value([5]).run()
    studio.button_group(key=HOME).set_value([]).run()
    assert clean(studio).button_group(key=HOME).value == [5]


def test_measures_of_lines_that_sing_are_left_out_for_a_band(studio: AppTest) -> None:
    generate(studio)
    texts = "".join(element.body for element in studio.get("html"))
    assert "Agreement with the melody" in texts and "Crossed voices" not in texts


def test_files_hold_the_chosen_parts_alone(studio: AppTest) -> None:
    result: Result = shown(generate(studio))
    score = perform(result, 0, first_programs(result), 90)
    taken = Taken(score, [0, 5])
    for kind, read in ((MIDI, read_midi), (MUSICXML, read_musicxml)):
        back = read(kind.write(taken))
        assert [track.name for track in back.tracks] == ["Melody", "Drums"]
        assert [track.is_drum for track in back.tracks] == [False, True]
    few, all_ = (Image.open(io.BytesIO(PICTURE[0].write(Taken(score, parts)))) for parts in ([0], range(6)))
    assert few.height < all_.height


def test_all_of_it_holds_every_kind_of_file_and_each_part(studio: AppTest) -> None:
    result: Result = shown(generate(studio))
    score = replace(perform(result, 0, first_programs(result), 90), title="Evening Walk")
    archive = zipfile.ZipFile(io.BytesIO(everything(Taken(score, [0, 4, 5], project=project_of(result)))))
    names = archive.namelist()
    assert {Path(name).suffix for name in names} == {
        *(".mid", ".mp3", ".wav", ".flac", ".musicxml", ".png", ".svg", ".html", ".zip", ".composer")
    }
    assert [name for name in names if "/" in name][:3] == [
        "parts/1 melody.mid",
        "parts/2 bass.mid",
        "parts/3 drums.mid",
    ]
    assert all(len(archive.read(name)) > 100 for name in names)
    assert len(read_midi(archive.read("parts/2 bass.mid")).tracks) == 1


def project_of(result: Result) -> Project:
    return Project("0" * 16, "Walk", now(), result, first_programs(result), 90)
