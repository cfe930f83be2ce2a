"""Chains without a browser: a result goes on as a melody, any step can change, and a project keeps them all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from composer.music.voices import REST
from composer.projects.chain import Chain
from composer.projects.edited import with_take
from composer.projects.history import Step
from composer.projects.melody import Melody
from composer.projects.shelf import shelf
from composer.ui.projects_list import line_words
from tests.app.test_studio import clean, generate, open_studio, shown, words
from tests.app.untrained import NAME

pytestmark = pytest.mark.usefixtures("home")

BAND = "rules-arranger"
STEPS, NEXT = "studio.chain.chosen", "studio.chain.next.Soprano/Alto/Tenor/Bass"
TAKE, PART = "studio.chain.take", "studio.chain.part"


def one_step() -> AppTest:
    studio = open_studio()
    studio.slider(key="studio.unet-gan.passes").set_value(1)
    studio.slider(key="studio.unet-gan.takes").set_value(2).run()
    return generate(studio)


def two_steps(part: str = "Bass") -> AppTest:
    """The bass of the U-Net's second take, and a band that plays around it."""
    studio = one_step()
    studio.button_group(key="studio.view").set_value(1).run()
    studio.selectbox(key=NEXT).select(part).run()
    press(studio, "chain.add")
    studio.selectbox(key="studio.model").select(BAND).run()
    return generate(studio)


def press(studio: AppTest, key: str) -> AppTest:
    return clean(studio.button(key=key).click().run())


def go_to(studio: AppTest, number: int) -> AppTest:
    return clean(studio.button_group(key=STEPS).set_value(number).run())


def chain_on(studio: AppTest) -> Chain:
    chain: Chain = studio.session_state["studio.chain"]
    return chain


def has_row(studio: AppTest) -> bool:
    return any(group.key == STEPS for group in studio.button_group)


def row(studio: AppTest) -> list[str]:
    return [label.replace("\\", "") for label in studio.button_group(key=STEPS).options]


def test_a_single_step_shows_no_row_and_the_way_to_a_next_one() -> None:
    studio = open_studio()
    assert not has_row(studio)
    assert studio.selectbox(key=NEXT).options == ["Melody", "Alto", "Tenor", "Bass"]


def test_a_part_of_a_take_becomes_the_melody_of_a_next_step() -> None:
    studio = one_step()
    first = shown(studio)
    studio.button_group(key="studio.view").set_value(1).run()
    studio.selectbox(key=NEXT).select("Bass").run()
    press(studio, "chain.add")
    assert row(studio) == ["1 · U-Net GAN (take 2, Bass)", "2 · New step"]
    assert shown(studio) is first and "Choose who plays it" in words(studio)
    assert "Evening Walk · Bass" in words(studio) and "Made from another melody" in words(studio)
    studio.selectbox(key="studio.model").select(BAND).run()
    studio.slider(key="studio.tempo").set_value(123).run()
    second = shown(generate(studio))
    assert studio.slider(key="studio.tempo").value == 123
    assert second.about["model_name"] == BAND and second.request.melody.title == "Evening Walk · Bass"
    assert row(studio) == ["1 · U-Net GAN (take 2, Bass)", "2 · Arranger (rules)"]
    assert studio.button_group(key=STEPS).value == 1 and "Press Generate" not in words(studio)


def test_going_to_a_step_fills_the_cards_and_shows_its_takes() -> None:
    studio = two_steps()
    second = shown(studio)
    studio.selectbox(key="studio.program.1").select(19).run()
    go_to(studio, 0)
    first = shown(studio)
    assert first.about["model_name"] == NAME and studio.selectbox(key="studio.model").value == NAME
    assert studio.slider(key="studio.unet-gan.takes").value == 2
    assert studio.selectbox(key="studio.sample").value == "Evening Walk"
    assert "Take 2, with the instruments" in words(studio) and "Press Generate" not in words(studio)
    assert studio.query_params["result"] == first.id
    go_to(studio, 1)
    assert shown(studio).id == second.id and studio.selectbox(key="studio.program.1").value == 19
    assert "Evening Walk · Bass" in words(studio)


def test_a_change_of_the_first_step_runs_the_rest_again() -> None:
    studio = go_to(two_steps(), 0)
    before = chain_on(studio)
    press(studio, "dice")
    generate(studio)
    after = chain_on(studio)
    assert shown(studio) is after.steps[0].result and after.outdated is None
    assert [new.result.id != old.result.id for new, old in zip(after.steps, before.steps, strict=True)] == [True, True]
    assert go_to(studio, 1) and "Press Generate" not in words(studio)


def test_another_take_or_part_goes_on() -> None:
    studio = go_to(two_steps(), 0)
    assert (studio.selectbox(key=TAKE).value, studio.selectbox(key=PART).value) == (1, "Bass")
    clean(studio.selectbox(key=PART).select("Alto").run())
    assert chain_on(studio).steps[1].result.request.melody.title == "Evening Walk · Alto"
    assert row(studio)[0] == "1 · U-Net GAN (take 2, Alto)"


def test_a_take_that_is_gone_is_told_and_another_is_chosen() -> None:
    studio = go_to(two_steps(), 0)
    studio.slider(key="studio.unet-gan.takes").set_value(1).run()
    generate(studio)
    assert "there is no take 2 any more" in studio.error[0].value.replace("\\", "")
    assert studio.selectbox(key=TAKE).value is None and chain_on(studio).outdated == 1
    assert row(studio)[1] == "2 · Arranger (rules), older" and "Run the rest again" in [b.label for b in studio.button]
    clean(studio.selectbox(key=TAKE).select(0).run())
    assert not studio.error and chain_on(studio).outdated is None


def test_another_melody_goes_through_all_steps_and_begins_a_project() -> None:
    studio = two_steps()
    studio.selectbox(key="studio.sample").select("Ode to Joy").run()
    assert studio.button_group(key=STEPS).value == 0 and studio.selectbox(key="studio.model").value == NAME
    assert "Made from another melody" in words(clean(studio))
    generate(studio)
    titles = [step.result.request.melody.title for step in chain_on(studio).steps]
    assert titles == ["Ode to Joy", "Ode to Joy · Bass"]
    assert [(entry.name, entry.steps) for entry in shelf().entries()] == [("Ode to Joy", 2), ("Evening Walk", 2)]


@pytest.mark.parametrize("number", [0, 1])
def test_a_step_is_removed_and_brought_back(number: int) -> None:
    studio = go_to(two_steps(), number)
    before = [step.result.id for step in chain_on(studio).steps]
    press(studio, "chain.remove")
    assert not has_row(studio) and chain_on(studio).outdated is None
    assert Melody(shown(studio).request.melody).id == Melody(chain_on(studio).melody).id
    assert studio.selectbox(key="studio.sample").value == "Evening Walk" and "Press Generate" not in words(studio)
    assert shelf().entries()[0].steps == 1
    press(studio, "chain.undo")
    assert [step.result.id for step in chain_on(studio).steps] == before
    assert shelf().entries()[0].steps == 2


def test_a_step_that_was_not_generated_yet_is_left_by_removing_it() -> None:
    studio = press(one_step(), "chain.add")
    assert has_row(studio)
    press(studio, "chain.remove")
    assert not has_row(studio) and studio.selectbox(key="studio.sample").value == "Evening Walk"
    press(studio, "chain.add")
    studio.selectbox(key="studio.sample").select("Ode to Joy").run()
    assert not has_row(clean(studio)) and studio.selectbox(key="studio.sample").value == "Ode to Joy"


def test_a_project_keeps_all_steps_and_the_one_on_the_page() -> None:
    studio = go_to(two_steps(), 0)
    (entry,) = shelf().entries()
    assert line_words(entry).startswith("Evening Walk · 2 steps · 2 takes · ")
    again = open_studio(result=shown(studio).id)
    assert row(again) == row(studio) and again.button_group(key=STEPS).value == 0
    go_to(again, 1)
    assert shown(again).about["model_name"] == BAND
    assert open_studio(result=shown(again).id).button_group(key=STEPS).value == 1
    assert "A link brings this step alone" in words(again) and "Kept as the project" in words(go_to(again, 0))


def test_a_model_that_is_gone_is_told_and_the_step_made_with_another(home: Path) -> None:
    studio = open_studio()
    studio.slider(key="studio.unet-gan.passes").set_value(1)
    studio.selectbox(key="studio.model").select(BAND).run()
    press(generate(studio), "chain.add")
    studio.selectbox(key="studio.model").select(NAME).run()
    go_to(generate(studio), 0)
    shutil.rmtree(home / "runs" / NAME)
    clean(studio.selectbox(key=PART).select("Strings").run())
    assert "Step 2: its model is no longer on this computer" in studio.error[0].value.replace("\\", "")
    assert chain_on(studio).outdated == 1 and "Run the rest again" in [button.label for button in studio.button]
    go_to(studio, 1)
    assert "· Strings" in words(studio) and "Press Generate" in words(studio)
    studio.selectbox(key="studio.model").select(BAND).run()
    generate(studio)
    assert chain_on(studio).outdated is None and not studio.error


def test_the_steps_before_are_heard_and_taken_home_too() -> None:
    studio = two_steps()
    alone = studio.get("download_button")
    assert len(switches(studio)) == 6
    clean(studio.toggle(key="studio.chain.together").set_value(True).run())
    assert switches(studio)[6:] == [f"{part} (step 1)" for part in ("Melody", "Alto", "Tenor", "Bass")]
    assert len(studio.get("download_button")) == len(alone)
    assert len(switches(go_to(studio, 0))) == 4


def switches(studio: AppTest) -> list[str]:
    """The parts that can be taken home."""
    (group,) = (group for group in studio.button_group if str(group.key).startswith("studio.home."))
    return list(group.options)


def test_an_answer_that_a_rerun_cut_off_becomes_the_step_it_was_asked_for() -> None:
    studio = press(one_step(), "chain.add")
    first, second = shown(studio), replace(shown(studio), request=replace(shown(studio).request, seed=5))
    studio.session_state["studio.chain.asked"] = True
    studio.session_state["studio.result"] = second
    studio.session_state["studio.history"] = studio.session_state["studio.history"].then(Step(second, "Generated"))
    clean(studio.run())
    assert [step.result.id for step in chain_on(studio).steps] == [first.id, second.id]


def test_an_edited_take_goes_on_as_it_was_edited() -> None:
    studio = go_to(two_steps(), 0)
    before, take = chain_on(studio), shown(studio).takes[1]
    lower = take.pitch - (np.arange(4)[:, None] == 3) * (take.pitch != REST)
    edited = with_take(shown(studio), 1, replace(take, pitch=lower))
    studio.session_state["studio.history"] = studio.session_state["studio.history"].then(Step(edited, "Lowered", 1))
    clean(studio.run())
    old, new = (chain.steps[1].result.request.melody.tracks[0].notes for chain in (before, chain_on(studio)))
    assert chain_on(studio).outdated is None and np.all((old["pitch"] - new["pitch"]) % 12 == 1)


def test_undo_goes_through_the_steps() -> None:
    studio = two_steps()
    second = shown(studio)
    press(studio, "undo")
    assert shown(studio).about["model_name"] == NAME and studio.button_group(key=STEPS).value == 0
    assert studio.selectbox(key="studio.model").value == NAME and shelf().entries()[0].steps == 2
    press(studio, "redo")
    assert shown(studio).id == second.id and studio.button_group(key=STEPS).value == 1
