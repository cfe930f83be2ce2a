"""The studio without a browser: melody in, request made, result shown, bad input told in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from composer.music.midi import write_midi
from composer.music.notation import parse_tune
from composer.music.score import Score, Track
from composer.projects.results import kept_results
from composer.ui.ready import fresh_result
from tests.app.untrained import NAME

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
TWO_TRACKS = Score(
    (
        Track("Low", parse_tune("C3:2 G:2 C3:2 G:2").tracks[0].notes, 42),
        Track("Flute", parse_tune("G5 A B G | A B C6:2").tracks[0].notes, 73),
    )
)


def open_studio(**address: str) -> AppTest:
    studio = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in ({"model": NAME} | address).items():
        studio.query_params[name] = value
    return clean(studio.run())


def clean(studio: AppTest) -> AppTest:
    assert not studio.exception
    return studio


def generate(studio: AppTest) -> AppTest:
    return clean(studio.button(key="generate").click().run())


def words(studio: AppTest) -> str:
    return "\n".join(element.value for element in (*studio.caption, *studio.markdown, *studio.error))


def shown(studio: AppTest) -> Any:
    return studio.session_state["studio.result"]


@pytest.mark.usefixtures("home")
class TestStudio:
    def test_it_opens_with_a_melody_and_everything_in_reach(self) -> None:
        studio = open_studio()
        assert [header.value for header in studio.header][:3] == ["1 · Melody", "2 · Arrange", "3 · Listen"]
        assert "8 bars · 4/4 · 80 bpm · G major" in words(studio)
        assert studio.selectbox(key="studio.sample").value == "Evening Walk"

    def test_generate_gives_takes_and_puts_the_result_into_the_address(self) -> None:
        studio = generate(open_studio())
        assert len(shown(studio).takes) == 3
        assert studio.query_params["result"] == shown(studio).id
        assert kept_results().find(shown(studio).id) is not None
        assert studio.button_group(key="studio.view").options == ["Take 1", "Take 2", "Take 3", "Compare"]
        kinds = {button.label for button in studio.get("download_button")}
        assert kinds >= {"MIDI", "MusicXML", "MP3", "WAV", "FLAC", "Sheet music", "PNG", "SVG", "All of it"}

    def test_a_reload_shows_the_result_with_its_melody_and_settings(self) -> None:
        studio = open_studio()
        studio.selectbox(key="studio.sample").select("Twinkle, Twinkle, Little Star").run()
        studio.slider(key="studio.unet-gan.takes").set_value(2)
        studio.number_input(key="studio.seed").set_value(77).run()
        made = shown(generate(studio))
        again = open_studio(result=made.id)
        assert shown(again).id == made.id
        assert again.slider(key="studio.unet-gan.takes").value == 2
        assert again.number_input(key="studio.seed").value == 77
        assert again.selectbox(key="studio.sample").value == "Twinkle, Twinkle, Little Star"
        assert "Press Generate" not in words(again)

    def test_an_unknown_result_is_told_and_the_studio_opens(self) -> None:
        assert "no longer kept" in words(open_studio(result="0123456789abcdef"))

    def test_a_changed_setting_keeps_the_result_and_says_so(self) -> None:
        studio = generate(open_studio())
        made, before = shown(studio), studio.slider(key="studio.unet-gan.creativity").value
        studio.slider(key="studio.unet-gan.creativity").set_value(1.7).run()
        assert shown(studio).id == made.id
        assert "Made with other settings" in words(studio)
        studio.slider(key="studio.unet-gan.creativity").set_value(before).run()
        assert "Made with other settings" not in words(studio)
        studio.selectbox(key="studio.sample").select("Ode to Joy").run()
        assert "Made from another melody" in words(studio)
        assert "Moved up an octave" in words(studio)

    def test_the_dice_give_another_seed(self) -> None:
        studio = generate(open_studio())
        studio.button(key="dice").click().run()
        assert studio.number_input(key="studio.seed").value != 1
        assert "Made from another seed" in words(studio)

    def test_an_upload_becomes_the_melody_and_its_track_can_be_changed(self) -> None:
        studio = upload(open_studio(), "two.mid", write_midi(TWO_TRACKS))
        assert studio.session_state["studio.melody"].track == 1
        low, flute = studio.selectbox(key="studio.track").options
        assert low.startswith("Low: 4 notes") and flute.startswith("Flute: 7 notes")
        studio.selectbox(key="studio.track").select(0).run()
        assert studio.session_state["studio.melody"].track == 0
        assert studio.selectbox(key="studio.track").value == 0
        assert len(generate(studio).session_state["studio.result"].takes) == 3

    @pytest.mark.parametrize("data", [b"MThd", b"%PDF-1.4 garbage", b"", b"\x00" * 100_000])
    def test_a_bad_file_is_told_and_the_melody_stays(self, data: bytes) -> None:
        studio = upload(open_studio(), "bad.mid", data)
        assert len(studio.error) == 1 and "please" in studio.error[0].value
        assert "Evening Walk" in words(studio)
        clean(studio.button_group(key="studio.way").set_value("Type").run())
        assert not studio.error

    def test_a_typed_tune_becomes_the_melody(self) -> None:
        studio = open_studio()
        studio.button_group(key="studio.way").set_value("Type").run()
        studio.text_area(key="studio.typed").set_value("title: Mine\nmeter: 3/4\nC4 E G | C5:3").run()
        assert "2 bars · 3/4" in words(studio) and "**Mine**" in words(studio)
        studio.text_area(key="studio.typed").set_value("C4 X").run()
        assert "'X' (word 2)" in studio.error[0].value
        assert "**Mine**" in words(studio)

    def test_instruments_and_tempo_change_the_sound_alone(self) -> None:
        studio = generate(open_studio())
        made = shown(studio)
        studio.selectbox(key="studio.program.0").select(73)
        studio.slider(key="studio.tempo").set_value(120).run()
        assert shown(clean(studio)).id == made.id
        assert "Press Generate" not in words(studio)

    def test_takes_can_be_compared(self) -> None:
        studio = generate(open_studio())
        studio.button_group(key="studio.view").set_value(-1).run()
        assert [title.value for title in clean(studio).subheader] == ["Take 1", "Take 2", "Take 3"]
        studio.button_group(key="studio.view").set_value(1).run()
        assert "Take 2, with the instruments" in words(clean(studio))

    def test_a_damaged_model_is_told_and_the_result_stays(self, home: Path) -> None:
        studio = generate(open_studio())
        made = shown(studio)
        (home / "runs" / NAME / "model.safetensors").write_bytes(b"not a model")
        studio.number_input(key="studio.seed").set_value(5).run()
        generate(studio)
        assert "damaged" in studio.error[0].value
        assert shown(studio).id == made.id


def upload(studio: AppTest, name: str, data: bytes) -> AppTest:
    studio.button_group(key="studio.way").set_value("Upload").run()
    studio.file_uploader[0].set_value((name, data, "audio/midi")).run()
    return clean(studio)


def test_the_ready_made_result_equals_a_fresh_one() -> None:
    ready, fresh = open_studio().session_state["studio.result"], fresh_result()
    assert ready.id == fresh.id, "the model or its settings changed: run python -m composer.ui.ready"
    for one, other in zip(ready.takes, fresh.takes, strict=True):
        assert (one.pitch == other.pitch).all() and (one.attack == other.attack).all()
