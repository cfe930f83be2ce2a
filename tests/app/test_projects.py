"""Projects without a browser: kept by each Generate, opened as they were, renamed, copied, deleted, imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from composer.projects.link import PARAMETER, Shared, encode
from composer.projects.shelf import shelf
from composer.ui.projects_list import line_words
from tests.app.test_studio import APP, clean, generate, open_studio, shown, words

pytestmark = pytest.mark.usefixtures("home")


def quick() -> AppTest:
    studio = open_studio()
    studio.slider(key="studio.unet-gan.passes").set_value(1)
    return clean(studio.slider(key="studio.unet-gan.takes").set_value(2).run())


def projects_page() -> AppTest:
    return clean(AppTest.from_file(str(APP), default_timeout=60).switch_page("pages/4_Projects.py").run())


def names() -> list[str]:
    return [entry.name for entry in shelf().entries()]


def test_each_generate_is_kept_and_another_melody_begins_a_project() -> None:
    studio = quick()
    assert names() == []
    generate(studio)
    assert names() == ["Evening Walk"] and "Kept as the project “Evening Walk”" in words(studio)
    studio.button(key="dice").click().run()
    made = shown(generate(studio))
    (entry,) = shelf().entries()
    assert entry.result == made.id and entry.takes == 2
    studio.selectbox(key="studio.sample").select("Ode to Joy").run()
    generate(studio)
    assert names() == ["Ode to Joy", "Evening Walk"]
    again = open_studio(result=shown(studio).id)
    again.button(key="dice").click().run()
    generate(again)
    assert names() == ["Ode to Joy", "Evening Walk"]


def test_a_link_makes_no_project_until_something_is_generated() -> None:
    made = shown(generate(quick()))
    shelf().delete(shelf().entries()[0].id)
    wish = Shared(made.request, "unet-gan", (1, 2, 3, 4), 80)
    visitor = open_studio(**{PARAMETER: encode(wish)})
    assert shown(visitor).id == made.id and names() == [] and "Kept as" not in words(visitor)
    generate(visitor)
    assert names() == ["Evening Walk"]


def test_how_it_is_played_is_kept_and_comes_back() -> None:
    studio = generate(quick())
    studio.selectbox(key="studio.program.1").select(19)
    studio.slider(key="studio.tempo").set_value(140)
    clean(studio.button_group(key="studio.view").set_value(1).run())
    (entry,) = shelf().entries()
    kept = shelf().find(entry.id)
    assert kept is not None and (kept.programs[1], kept.bpm, kept.take) == (19, 140, 1)
    again = open_studio(result=kept.result.id)
    assert again.selectbox(key="studio.program.1").value == 19
    assert again.slider(key="studio.tempo").value == 140 and "Take 2, with the instruments" in words(again)


def test_a_project_is_shown_when_its_result_is_no_longer_kept(home: Path) -> None:
    made = shown(generate(quick()))
    for path in (home / "results").iterdir():
        path.unlink()
    again = open_studio(result=made.id)
    assert shown(again).id == made.id and not again.error


def test_the_page_lists_renames_copies_deletes_and_brings_back() -> None:
    page = projects_page()
    assert "None yet" in words(page)
    generate(quick())
    (entry,) = shelf().entries()
    page = projects_page()
    assert "**Evening Walk**" in words(page) and "2 takes" in words(page)
    page.text_input(key=f"name-{entry.id}").set_value("A *new* name")
    clean(page.button(key=f"named-{entry.id}").click().run())
    clean(page.button(key=f"duplicate-{entry.id}").click().run())
    assert names() == ["A *new* name 2", "A *new* name"]
    page.text_input(key=f"name-{entry.id}").set_value("   ")
    clean(page.button(key=f"named-{entry.id}").click().run())
    assert "needs a name" in page.error[0].value
    clean(page.button(key=f"delete-{entry.id}").click().run())
    assert names() == ["A *new* name 2"] and "was deleted" in words(page)
    clean(page.button(key="projects.undo").click().run())
    assert len(names()) == 2 and "was deleted" not in words(page)


def test_an_exported_project_can_be_imported_and_a_bad_file_is_told() -> None:
    generate(quick())
    (entry,) = shelf().entries()
    data = shelf().export(entry.id)
    shelf().delete(entry.id)
    page = projects_page()
    page.file_uploader[0].set_value(("walk.composer", data, "application/octet-stream")).run()
    assert names() == ["Evening Walk"] and "is here" in clean(page).success[0].value
    page.file_uploader[0].set_value(("bad.composer", b"no project", "application/octet-stream")).run()
    assert "damaged" in clean(page).error[0].value and names() == ["Evening Walk"]


def test_a_line_tells_melody_takes_model_and_date() -> None:
    generate(quick())
    (entry,) = shelf().entries()
    assert line_words(entry).startswith("Evening Walk · 2 takes · ")
    assert entry.changed[:4] in line_words(entry)
