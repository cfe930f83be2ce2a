"""The roll editor in a real Chromium: by pointer, by keyboard, and with a server that is slower than a hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sizes import SIZES

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "editor_app.py"
SOPRANO, ALTO, BASS = range(3)
PLACE = """([part, onset, pitch, at]) => {
  const { sheet, notes } = window.editor;
  const length = notes.rows.find((n) => n.part === part && n.onset === onset && n.pitch === pitch)?.length ?? 3;
  const box = sheet.scroller.getBoundingClientRect();
  const [x, y] = [box.left + sheet.x(onset + at * length), box.top + sheet.y(pitch) + sheet.row / 2];
  return { x, y, step: sheet.zoom, row: sheet.row };
}"""
FIND = """() => {
  window.editor = [...document.querySelectorAll("*")].map((node) => node.shadowRoot?.composerEditor).find(Boolean);
  return Boolean(window.editor);
}"""
TOLD = "JSON.parse(document.querySelector('[data-testid=stText]').textContent)"


class Hand:
    """What a person does on the page, in parts, steps and pitches."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.editor = page.locator(".editor")
        self.sheet = page.locator(".editor .sheet")

    def place(self, part: int, onset: int, pitch: int, at: float = 0.4) -> dict[str, float]:
        return dict(self.page.evaluate(PLACE, [part, onset, pitch, at]))

    def drag(self, part: int, onset: int, pitch: int, steps: int = 0, rows: int = 0, at: float = 0.4) -> None:
        """Take what is there so many steps to the right and rows down."""
        place = self.place(part, onset, pitch, at)
        self.page.mouse.move(place["x"], place["y"])
        self.page.mouse.down()
        self.page.mouse.move(place["x"] + steps * place["step"], place["y"] + rows * place["row"], steps=4)
        self.page.mouse.up()

    def click(self, part: int, onset: int, pitch: int, **how: Any) -> None:
        place = self.place(part, onset, pitch)
        self.page.mouse.click(place["x"], place["y"], **how)

    def tool(self, name: str) -> None:
        self.editor.get_by_role("button", name=name, exact=True).click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def arrived(self, *words: str) -> list[list[int]]:
        """Wait until these are the last things that the server was told, and return its notes."""
        self.page.wait_for_function(
            f"words => {TOLD}.words.slice(-words.length).join() === words.join()",
            arg=list(words),
            timeout=10_000,
        )
        return list(self.log["notes"])

    @property
    def log(self) -> dict[str, Any]:
        return dict(json.loads(self.page.get_by_test_id("stText").text_content()))

    @property
    def told(self) -> str:
        return str(self.editor.locator("output").text_content())


def open_editor(page: Any, address: str) -> Hand:
    page.set_default_timeout(30_000)
    page.goto(address)
    page.locator(".editor[data-notes]").wait_for()
    assert page.evaluate(FIND)
    return Hand(page)


@pytest.fixture
def hand(chromium_page: Any, serve: Callable[..., str]) -> Hand:
    return open_editor(chromium_page, serve(APP))


def test_notes_are_drawn_moved_stretched_and_deleted_by_pointer(hand: Hand) -> None:
    hand.drag(SOPRANO, 96, 72, steps=21, at=0.1)
    assert [SOPRANO, 96, 24, 72] in hand.arrived("Drew a note")
    hand.drag(SOPRANO, 96, 72, steps=12, rows=-2)
    assert [SOPRANO, 108, 24, 74] in hand.arrived("Moved a note")
    hand.drag(SOPRANO, 108, 74, steps=-12, at=0.97)
    assert [SOPRANO, 108, 12, 74] in hand.arrived("Made a note shorter")
    hand.press("Delete")
    assert len(hand.arrived("Deleted a note")) == 14
    hand.tool("Erase")
    hand.click(ALTO, 24, 65)
    assert [ALTO, 24, 24, 65] not in hand.arrived("Deleted a note", "Deleted a note")


def test_a_voice_has_one_note_at_a_time_and_a_locked_part_stays(hand: Hand) -> None:
    hand.drag(BASS, 48, 55, rows=3)
    assert hand.told == "Bass is locked"
    hand.drag(SOPRANO, 6, 76, steps=9, at=0.1)
    notes = hand.arrived("Drew a note")
    line = [note[1:] for note in notes if note[0] == SOPRANO]
    assert line[:4] == [[0, 6, 72], [6, 12, 76], [18, 6, 74], [24, 12, 76]]
    assert [BASS, 48, 48, 55] in notes


def test_several_are_chosen_moved_together_and_given_to_another_part(hand: Hand) -> None:
    hand.tool("Select")
    hand.drag(ALTO, 0, 70, steps=40, rows=8, at=0.1)
    assert hand.editor.get_attribute("data-selected") == "2"
    hand.page.wait_for_function(f"{TOLD}.chosen")
    assert hand.log["chosen"] == [[ALTO], 0, 42]
    hand.drag(ALTO, 24, 65, rows=1)
    notes = hand.arrived("Moved 2 notes")
    assert [ALTO, 0, 24, 63] in notes and [ALTO, 24, 24, 64] in notes
    hand.editor.get_by_label("Part").select_option("Soprano")
    notes = hand.arrived("Moved 2 notes to the Soprano")
    assert [note for note in notes if note[0] == SOPRANO][:2] == [[SOPRANO, 0, 24, 63], [SOPRANO, 24, 24, 64]]


def test_all_works_by_keyboard_alone(hand: Hand) -> None:
    hand.sheet.focus()
    hand.press("ArrowRight", "ArrowRight", "ArrowRight")
    assert hand.told == "Soprano, D5, bar 1 beat 2, a quarter"
    hand.press("Enter", "ArrowUp", "ArrowUp", "ArrowRight", "Shift+ArrowDown")
    assert [SOPRANO, 15, 12, 64] in hand.arrived("Moved a note")
    hand.press("Shift+ArrowRight")
    assert [SOPRANO, 15, 15, 64] in hand.arrived("Made a note longer")
    hand.press("Escape", "End", "n")
    assert [SOPRANO, 96, 3, 74] in hand.arrived("Drew a note")
    hand.press("Control+a", "Backspace")
    assert {note[0] for note in hand.arrived("Deleted 13 notes")} == {BASS}


def test_quick_edits_reach_a_slow_server_and_undo_comes_back(chromium_page: Any, serve: Callable[..., str]) -> None:
    hand = open_editor(chromium_page, f"{serve(APP)}/?slow")
    hand.drag(SOPRANO, 0, 72, rows=-1)
    hand.drag(SOPRANO, 12, 74, rows=-1)
    hand.drag(SOPRANO, 24, 76, rows=-1)
    assert hand.page.evaluate("editor.notes.rows.filter(n => n.part === 0).map(n => n.pitch).slice(0, 3)") == [
        73,
        75,
        77,
    ]
    hand.arrived("Moved a note", "Moved a note", "Moved a note")
    hand.press("Control+z")
    assert [SOPRANO, 24, 12, 76] in hand.arrived("undo")
    hand.page.wait_for_function("editor.notes.rows.find(n => n.part === 0 && n.onset === 24).pitch === 76")
    hand.press("Control+Shift+z")
    hand.arrived("undo", "redo")
    hand.page.wait_for_function("editor.notes.rows.find(n => n.part === 0 && n.onset === 24).pitch === 77")


@pytest.mark.parametrize("chromium_page", SIZES[::3], indirect=True)  # wide and light, narrow and dark
def test_it_fits_the_window_and_fingers(
    chromium_page: Any, serve: Callable[..., str], screenshots: Path, request: pytest.FixtureRequest
) -> None:
    hand = open_editor(chromium_page, f"{serve(APP)}/?band&marked")
    width = chromium_page.viewport_size["width"]
    sizes = hand.editor.locator("button, select").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect().toJSON())"
    )
    assert all(size["height"] >= 43.9 and size["width"] >= 43.9 and size["right"] <= width for size in sizes)
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width
    hand.tool("Select")
    hand.click(SOPRANO, 0, 72)
    chromium_page.screenshot(path=screenshots / f"editor-{request.node.callspec.id}.png")
