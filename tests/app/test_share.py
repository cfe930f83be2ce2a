"""Links and tasks without a browser: the same notes again, or a sentence; settings fixed and hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from composer.music.melodies import sample_melodies
from composer.music.score import Score, Track, make_notes
from composer.projects.link import PARAMETER, Shared, Task, decode, encode
from composer.projects.request import Request
from composer.projects.results import kept_results
from composer.ui.engine import model_choices
from tests.app.test_studio import clean, generate, open_studio, shown, words
from tests.app.untrained import NAME

pytestmark = pytest.mark.usefixtures("home")

SETTINGS = {"takes": 2, "creativity": 0.7, "passes": 2, "repair": False}


def wish(**changes: Any) -> Shared:
    model = next(choice for choice in model_choices() if choice.name == NAME)
    request = Request(sample_melodies()["Ode to Joy"], model.id, SETTINGS, 77)
    return replace(Shared(request, "unet-gan", (73, 40, 41, 42), 132, 1), **changes)


def visit(text: str) -> AppTest:
    return open_studio(**{PARAMETER: text})


def link_on_page(studio: AppTest, key: str) -> str:
    """What stands after ?music= in the link of the component with that key."""
    protos = [element.proto for element in studio.get("bidi_component")]
    (proto,) = (proto for proto in protos if proto.id.endswith(f"-{key}"))
    return str(json.loads(proto.json)["query"]).removeprefix(f"{PARAMETER}=")


def error_texts(studio: AppTest) -> str:
    return "".join(element.value for element in studio.error).replace("\\", "")


def test_a_link_brings_melody_model_settings_seed_instruments_tempo_take_and_the_notes() -> None:
    studio = visit(encode(wish()))
    result = shown(studio)
    assert result.id == wish().request.id and len(result.takes) == 2
    assert studio.selectbox(key="studio.model").value == NAME
    assert studio.selectbox(key="studio.sample").value == "Ode to Joy"
    assert studio.slider(key="studio.unet-gan.creativity").value == 0.7
    assert studio.number_input(key="studio.seed").value == 77
    assert [studio.selectbox(key=f"studio.program.{part}").value for part in range(4)] == [73, 40, 41, 42]
    assert studio.slider(key="studio.tempo").value == 132
    assert "Take 2, with the instruments" in words(studio) and "Press Generate" not in words(studio)
    assert studio.query_params["result"] == result.id and PARAMETER not in studio.query_params


def test_the_link_of_a_result_gives_the_same_notes_where_nothing_is_kept(home: Path) -> None:
    studio = generate(open_studio())
    made = shown(studio)
    text = encode(Shared(made.request, "unet-gan", (68, 71, 60, 70), 80))
    for path in kept_results().folder.iterdir():
        path.unlink()
    again = shown(visit(text))
    assert again is not made and again.id == made.id
    assert all(np.array_equal(one.pitch, other.pitch) for one, other in zip(made.takes, again.takes, strict=True))


def test_other_weights_under_the_same_name_are_told_and_nothing_else_is_played() -> None:
    request = replace(wish().request, model=f"{NAME}-0123456789ab")
    studio = visit(encode(wish(request=request)))
    assert shown(studio) is None
    assert "has learned other things" in studio.warning[0].value
    assert studio.number_input(key="studio.seed").value == 77
    clean(studio.button(key="generate_here").click().run())
    assert shown(studio).request.model == wish().request.model
    assert not studio.warning and studio.slider(key="studio.tempo").value == 132


def test_a_model_that_is_not_here_is_told() -> None:
    request = replace(wish().request, model="elsewhere-0123456789ab")
    studio = visit(encode(wish(request=request)))
    assert "isn't on this computer" in studio.warning[0].value.replace("\\", "")
    studio = visit(encode(wish(request=request, algorithm="next-years")))
    assert "none of its kind" in studio.warning[0].value and shown(studio) is None
    assert studio.selectbox(key="studio.sample").value == "Ode to Joy"


@pytest.mark.parametrize("text", ["x", "AAAAAAAAAAAAAAAA", "<script>alert(1)</script>", "A" * 60_000])
def test_a_broken_link_is_told_and_the_studio_opens(text: str) -> None:
    studio = visit(text)
    assert "link" in error_texts(studio) and PARAMETER not in studio.query_params
    assert shown(studio) is not None


def test_settings_from_another_version_are_told() -> None:
    request = replace(wish().request, settings={**SETTINGS, "sparkle": 1})
    assert "doesn't know" in error_texts(visit(encode(wish(request=request))))


def test_a_melody_too_long_for_a_link_is_offered_as_a_project_file() -> None:
    random = np.random.default_rng(0)
    onset = np.cumsum(random.uniform(0.1, 0.3, 200))
    played = make_notes(onset, random.uniform(0.1, 0.2, 200), random.integers(60, 80, 200), 80)
    tune = Score((Track("Played", played),), title="Long")
    studio = visit(encode(wish(request=replace(wish().request, melody=tune))))
    assert "too long for a link" in words(studio)
    assert not [element for element in studio.get("bidi_component") if element.proto.id.endswith("share.link")]
    assert studio.get("download_button")[-1].label == "Project file"


class TestTask:
    TASK = Task("Compare <b>both</b> takes.\n\n![](http://x.org/x.png)", ("model", "creativity"), ("seed", "passes"))

    def test_it_is_shown_as_plain_text_and_what_it_fixes_and_hides_stays(self) -> None:
        studio = visit(encode(wish(task=self.TASK)))
        told = "".join(element.body for element in studio.get("html"))
        assert "Compare &lt;b&gt;both&lt;/b&gt; takes." in told
        assert studio.selectbox(key="studio.model").disabled
        assert studio.slider(key="studio.unet-gan.creativity").disabled
        assert not studio.slider(key="studio.unet-gan.takes").disabled
        assert not [box for box in studio.number_input if box.key == "studio.seed"]
        assert not [slider for slider in studio.slider if slider.key == "studio.unet-gan.passes"]
        studio.button(key="studio.unet-gan.reset").click().run()
        request = shown(generate(studio)).request
        assert request.settings == {"takes": 3, "creativity": 0.7, "passes": 2, "repair": True}
        assert request.seed == 77

    def test_it_survives_a_reload_with_the_result_on_the_page_and_can_be_left(self) -> None:
        text = encode(wish(task=self.TASK))
        studio = visit(text)
        studio.slider(key="studio.unet-gan.takes").set_value(1).run()
        made = shown(generate(studio))
        assert studio.query_params[PARAMETER] == text
        again = open_studio(**{PARAMETER: text, "result": made.id})
        assert shown(again).id == made.id and again.selectbox(key="studio.model").disabled
        clean(again.button(key="leave_task").click().run())
        assert not again.selectbox(key="studio.model").disabled and PARAMETER not in again.query_params

    def test_a_teacher_makes_one(self) -> None:
        studio = generate(open_studio())
        studio.text_area(key="preset.text").set_value(" Listen first. ")
        studio.multiselect(key="preset.fixed").set_value(["creativity"])
        clean(studio.multiselect(key="preset.hidden").set_value(["seed"]).run())
        preset = decode(link_on_page(studio, "preset.link"))
        assert preset.task == Task("Listen first.", ("creativity",), ("seed",))
        assert preset.request.id == shown(studio).id
        plain = decode(link_on_page(studio, "share.link"))
        assert plain == replace(preset, task=Task(), request=plain.request)
