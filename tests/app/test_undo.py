"""Undo, redo and going back, without a browser; the take of before beside the take of now."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from composer.music.editing import ADDED, REMOVED
from composer.music.pianoroll import PITCH, TRACK
from composer.projects.shelf import shelf
from tests.app.editing import Editor, opened, pictures, press
from tests.app.test_studio import clean, generate, open_studio, shown, words

pytestmark = pytest.mark.usefixtures("home")


class TestUndo:
    def test_it_covers_generate_and_edits_and_puts_the_seed_back(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        studio.number_input(key="studio.seed").set_value(55).run()
        generate(studio)
        second = shown(studio)
        editor.delete_first(studio, part=1)
        third = shown(studio)
        press(studio, "undo")
        assert shown(studio) is second
        press(studio, "undo")
        assert shown(studio) is first and studio.number_input(key="studio.seed").value == 1
        assert studio.query_params["result"] == first.id and "Press Generate" not in words(studio)
        press(press(studio, "redo"), "redo")
        assert shown(studio) is third and studio.number_input(key="studio.seed").value == 55
        assert studio.button(key="redo").disabled
        (entry,) = shelf().entries()
        kept = shelf().find(entry.id)
        assert kept is not None and kept.result.fingerprint(0) == third.fingerprint(0)

    def test_it_goes_back_to_another_melody_without_touching_its_project(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        clean(studio.selectbox(key="studio.sample").select("Ode to Joy").run())
        generate(studio)
        press(studio, "undo")
        assert shown(studio).id == first.id and studio.selectbox(key="studio.sample").value == "Evening Walk"
        assert sorted(entry.name for entry in shelf().entries()) == ["Evening Walk", "Ode to Joy"]

    def test_a_step_that_a_rerun_cut_short_is_finished(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        editor.delete_first(studio, part=1)
        history = studio.session_state["studio.history"]
        studio.session_state["studio.history"] = history.undone()
        assert shown(clean(studio.run())) is first
        kept = shelf().holding(first.id)
        assert kept is not None and kept.result.fingerprint(0) == first.fingerprint(0)

    def test_the_keys_of_the_editor_undo_and_redo(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        editor.delete_first(studio, part=1)
        editor.do(studio, lambda: editor.on_history("undo"))  # type: ignore[misc]
        assert shown(studio) is first
        editor.do(studio, lambda: editor.on_history("redo"))  # type: ignore[misc]
        assert shown(studio) is not first
        editor.do(studio, lambda: editor.on_history("redo"))  # type: ignore[misc]

    def test_any_step_can_be_gone_back_to(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        for _ in range(9):
            editor.delete_first(studio, part=1)
        last = shown(studio)
        assert studio.button(key="step_10").disabled and "Deleted 1 note" in pictures(studio)
        assert not [button for button in studio.button if button.key == "step_1"]
        press(studio, "step_3")
        studio.session_state["earlier_steps"] = True
        press(clean(studio.run()), "step_1")
        assert shown(studio) is first
        press(studio, "step_10")
        assert shown(studio) is last

    def test_there_is_nothing_to_undo_at_first(self) -> None:
        studio = open_studio()
        assert studio.button(key="undo").disabled and studio.button(key="redo").disabled

    def test_the_browsers_way_back_brings_the_music_as_it_was_left(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        editor.delete_first(studio, part=1)
        left = shown(studio)
        clean(studio.selectbox(key="studio.sample").select("Ode to Joy").run())
        generate(studio)
        studio.query_params["result"] = first.id
        clean(studio.run())
        assert shown(studio) is left and studio.selectbox(key="studio.sample").value == "Evening Walk"
        assert not studio.button(key="redo").disabled
        assert sorted(entry.name for entry in shelf().entries()) == ["Evening Walk", "Ode to Joy"]


class TestBeforeAndNow:
    def test_before_is_shown_with_what_was_added_and_removed(self, editor: Editor) -> None:
        studio = opened()
        notes = editor.roll.notes.copy()
        mine = np.flatnonzero(notes[:, TRACK] == 1)[0]
        notes[mine, PITCH] += 1
        notes = np.delete(notes, np.flatnonzero(notes[:, TRACK] == 2)[-1], axis=0)
        editor.edit(studio, notes)
        assert editor.marks is None
        now = shown(studio)
        clean(studio.button_group(key="studio.edit.heard").set_value("Before").run())
        assert "1 note added, 2 removed" in words(studio)
        assert editor.marks is not None and all(part.locked for part in editor.parts)
        assert sorted(mark for mark in editor.marks if mark in (ADDED, REMOVED)) == [ADDED, REMOVED, REMOVED]
        assert shown(studio) is now
        clean(studio.button_group(key="studio.edit.heard").set_value("Now").run())
        assert editor.marks is None
        clean(studio.toggle(key="studio.edit.marked").set_value(True).run())
        assert editor.marks is not None

    def test_the_player_gets_the_take_of_before(self, editor: Editor) -> None:
        studio = opened()
        first = shown(studio)
        editor.delete_first(studio, part=1)
        script = "composer.ui.listen_card._data"
        heard: list[Any] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(script, lambda result, take, score, compact=False: heard.append(result))
            patch.setattr("composer.ui.listen_card.player", lambda data, key: None)
            studio.button_group(key="studio.edit.heard").set_value("Before").run()
        assert heard[-1] is first

    def test_a_new_step_is_heard_at_once(self, editor: Editor) -> None:
        studio = opened()
        editor.delete_first(studio, part=1)
        clean(studio.button_group(key="studio.edit.heard").set_value("Before").run())
        press(studio, "undo")
        assert studio.session_state["studio.edit.heard"] == "Now"
