"""Editing the result without a browser: by hand, generated again in places, locked, mixed; what is kept and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.music.pianoroll import LENGTH, ONSET, TRACK
from composer.projects.edited import edited_takes
from composer.projects.results import kept_results
from composer.projects.shelf import shelf
from composer.ui.roll_editor import Edit
from tests.app.editing import Editor, opened, pictures, press, rows
from tests.app.test_studio import clean, generate, open_studio, shown, words
from tests.app.untrained import BAND, NAME, write_untrained_band

pytestmark = pytest.mark.usefixtures("home")

LOCKS = "studio.locks.Soprano/Alto/Tenor/Bass"


def test_the_editor_is_closed_at_first_and_shows_the_take_with_the_melody_locked(editor: Editor) -> None:
    studio = open_studio()
    assert not [button for button in studio.button if button.key == "again_here"]
    clean(studio.toggle(key="studio.edit").set_value(True).run())
    assert [part.name for part in editor.parts] == ["Melody", "Alto", "Tenor", "Bass"]
    assert [part.locked for part in editor.parts] == [True, False, False, False]
    assert all(part.single and not part.drums for part in editor.parts)
    assert "The first part is your melody" in words(studio)


def test_an_edit_is_heard_measured_and_kept_and_only_its_part_changes(editor: Editor) -> None:
    studio = opened()
    before, made = rows(studio).copy(), shown(studio)
    editor.delete_first(studio, part=1)
    assert len(rows(studio)) == len(before) - 1
    others = before[before[:, TRACK] != 1]
    assert np.array_equal(rows(studio)[rows(studio)[:, TRACK] != 1], others)
    assert shown(studio).id == made.id and edited_takes(shown(studio)) == (0,) and "take 1 edited" in words(studio)
    assert shown(studio).takes[1] is made.takes[1]
    kept = shelf().holding(made.id)
    assert kept is not None and kept.result.fingerprint(0) == shown(studio).fingerprint(0)
    stored = kept_results().find(made.id)
    assert stored is not None and stored.fingerprint(0) == made.fingerprint(0)


def test_a_reload_brings_the_edited_take_back_and_undo_leads_to_what_was_generated(editor: Editor) -> None:
    studio = opened()
    made = shown(studio)
    studio.button_group(key="studio.view").set_value(1).run()
    editor.delete_first(studio, part=2)
    again = open_studio(result=made.id)
    assert shown(again).fingerprint(1) == shown(studio).fingerprint(1) != made.fingerprint(1)
    assert "Take 2, with the instruments" in words(again) and "take 2 edited" in words(again)
    press(again, "undo")
    assert shown(again).fingerprint(1) == made.fingerprint(1)


def test_the_melody_stays_whatever_the_editor_sends(editor: Editor) -> None:
    studio = opened()
    before = rows(studio).copy()
    editor.edit(studio, [[0, 0, 12, 30], [1, 0, 12, 60]])
    assert np.array_equal(rows(studio)[rows(studio)[:, TRACK] == 0], before[before[:, TRACK] == 0])
    assert np.sum(rows(studio)[:, TRACK] > 0) == 1


def test_several_edits_in_a_row_are_all_taken(editor: Editor) -> None:
    studio = opened()
    notes = editor.roll.notes
    mine = np.flatnonzero(notes[:, TRACK] == 1)

    def quickly() -> None:
        editor.on_edit(Edit(np.delete(notes, mine[:1], axis=0), "Deleted 1 note"))
        editor.on_edit(Edit(np.delete(notes, mine[:2], axis=0), "Deleted 1 note"))

    editor.do(studio, quickly)
    assert len(rows(studio)) == len(notes) - 2
    press(studio, "undo")
    assert len(rows(studio)) == len(notes) - 1


def test_an_edit_of_music_that_is_gone_is_told_and_changes_nothing(editor: Editor) -> None:
    studio = opened()
    late = editor.on_edit
    studio.button(key="dice").click().run()
    generate(studio)
    after = shown(studio)
    editor.do(studio, lambda: late(Edit(np.empty((0, 4), np.int32), "Deleted 9 notes")))
    assert shown(studio) is after and "changed in the meantime" in studio.warning[0].value


def test_notes_that_can_not_be_are_told(editor: Editor) -> None:
    studio = opened()
    before = shown(studio)
    editor.edit(studio, [[7, 0, 12, 60]])
    assert shown(studio) is before and "try again" in studio.warning[0].value


def test_only_what_is_selected_is_generated_again(editor: Editor) -> None:
    studio = opened()
    assert studio.button(key="again_here").disabled and "Nothing is selected" in words(studio)
    before = rows(studio).copy()
    editor.select(studio, [0, 1, 2], 60, 156)
    assert "Selected in bars 2 to 3\\: Alto, Tenor" in words(studio)
    press(studio, "again_here")
    after = rows(studio)
    inside = [
        (found[:, ONSET] >= 60) & (found[:, ONSET] < 156) & np.isin(found[:, TRACK], [1, 2])
        for found in (before, after)
    ]
    assert np.array_equal(before[~inside[0]], after[~inside[1]])
    assert not np.array_equal(before[inside[0]], after[inside[1]])
    assert edited_takes(shown(studio)) == (0,)
    again = rows(press(studio, "again_here"))
    assert not np.array_equal(again, after)
    press(press(studio, "undo"), "undo")
    assert np.array_equal(rows(studio), before)


def test_a_locked_part_can_not_be_edited_and_stays_when_the_rest_is_generated_again(editor: Editor) -> None:
    studio = opened()
    before = rows(studio).copy()
    assert not [button for button in studio.button if button.key == "again_rest"]
    clean(studio.button_group(key=LOCKS).set_value([3]).run())
    assert [part.locked for part in editor.parts] == [True, False, False, True]
    editor.edit(studio, before[before[:, TRACK] != 3])
    assert np.array_equal(rows(studio), before)
    editor.select(studio, [3], 0, 96)
    assert studio.button(key="again_here").disabled and "Only locked parts" in words(studio)
    press(studio, "again_rest")
    after = rows(studio)
    for part in (0, 3):
        assert np.array_equal(after[after[:, TRACK] == part], before[before[:, TRACK] == part])
    assert not np.array_equal(after, before)
    clean(studio.button_group(key=LOCKS).set_value([1, 2, 3]).run())
    assert studio.button(key="again_rest").disabled and "All parts are locked" in words(studio)


def test_takes_are_mixed(editor: Editor) -> None:
    studio = opened(takes=3)
    one, two, three = (rows(studio, take).copy() for take in range(3))
    assert studio.button(key="make_mix").disabled
    box = f"studio.mix.{shown(studio).id}.0"
    studio.selectbox(key=f"{box}.1").select(1)
    clean(studio.selectbox(key=f"{box}.3").select(2).run())
    press(studio, "make_mix")
    for part, source in enumerate((one, two, one, three)):
        assert np.array_equal(rows(studio)[rows(studio)[:, TRACK] == part], source[source[:, TRACK] == part])
    assert np.array_equal(rows(studio, 1), two)
    assert "Mixed in: Alto of take 2, Bass of take 3" in pictures(studio)


def test_a_single_take_has_nothing_to_mix(editor: Editor) -> None:
    assert not [button for button in opened(takes=1).button if button.key == "make_mix"]


def test_a_model_that_is_gone_is_told_and_editing_by_hand_goes_on(editor: Editor, home: Path) -> None:
    studio = opened()
    weights = home / "runs" / NAME / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
    clean(studio.run())
    assert "has learned since" in words(studio)
    assert not [button for button in studio.button if button.key == "again_here"]
    count = len(rows(studio))
    editor.delete_first(studio, part=1)
    assert len(rows(studio)) == count - 1


def test_the_share_menu_says_that_edits_travel_in_the_file(editor: Editor) -> None:
    studio = opened()
    assert "travels in the project file" not in words(studio)
    editor.delete_first(studio, part=1)
    assert "travels in the project file, not in a link" in words(studio)


def test_a_band_is_edited_with_its_drums(editor: Editor, home: Path) -> None:
    write_untrained_band(home)
    studio = open_studio(model=BAND)
    studio.slider(key="studio.musegan.passes").set_value(1)
    studio.slider(key="studio.musegan.takes").set_value(1)
    studio.toggle(key="studio.edit").set_value(True)
    generate(studio)
    assert [part.drums for part in editor.parts][-1] and not any(part.single for part in editor.parts)
    before = rows(studio).copy()
    editor.edit(studio, [*editor.roll.notes.tolist(), [5, 4, 2, 49]])
    assert [5, 4, 2, 49] in rows(studio).tolist() and len(rows(studio)) == len(before) + 1
    editor.select(studio, [5], 0, 48)
    press(studio, "again_here")
    after = rows(studio)
    assert np.array_equal(after[after[:, TRACK] != 5], before[before[:, TRACK] != 5])
    assert after[:, LENGTH].min() >= 1
