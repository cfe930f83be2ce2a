"""The picture of what was heard: a box a note, a line where the voice sounds, a row for every eight seconds."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from composer.music.singing import PitchCurve, SungNotes
from composer.music.singing.notes import SUNG
from composer.music.singing.pitch import HOP_S
from composer.plots.singing import ROW_S, singing_svg
from composer.plots.theme import DARK, LIGHT


def heard(*rows: tuple[float, float, int]) -> SungNotes:
    notes = np.zeros(len(rows), SUNG)
    for note, (onset, end, pitch) in zip(notes, rows, strict=True):
        note["onset"], note["end"], note["pitch"], note["sung"] = onset, end, pitch, pitch
    return notes


def drawn(notes: SungNotes, seconds: float, dark: bool = False) -> list[ElementTree.Element]:
    pitch = np.full(round(seconds / HOP_S), np.nan)
    for note in notes:
        pitch[round(note["onset"] / HOP_S) : round(note["end"] / HOP_S)] = note["pitch"] + 0.3
    curve = PitchCurve(pitch, np.zeros_like(pitch))
    return list(ElementTree.fromstring(singing_svg(curve, notes, np.full_like(pitch, 0.3), dark)).iter())


def tagged(elements: list[ElementTree.Element], tag: str) -> list[ElementTree.Element]:
    return [element for element in elements if element.tag.endswith(tag)]


def test_each_note_is_a_box_with_its_name_and_the_line_runs_through_it() -> None:
    elements = drawn(heard((0.5, 1.0, 60), (1.2, 2.0, 67)), 3)
    boxes, [line] = tagged(elements, "rect"), tagged(elements, "path")
    assert {"C4", "G4"} <= {text.text for text in tagged(elements, "text")}
    middles = [float(box.get("y", 0)) + float(box.get("height", 0)) / 2 for box in boxes]
    heights = {
        float(point.split()[1]) for point in line.get("d", "").replace("M", "|").replace("L", "|").split("|")[1:]
    }
    assert sorted(heights) == pytest.approx(sorted(middles), abs=0.1)
    assert line.get("d", "").count("M") == 2, "no line where no tone sounds"


def test_a_note_over_the_end_of_a_row_goes_on_in_the_next() -> None:
    elements = drawn(heard((ROW_S - 0.5, ROW_S + 0.5, 60)), 2 * ROW_S)
    first, second = (float(box.get("width", 0)) for box in tagged(elements, "rect"))
    assert len(tagged(elements, "path")) == 2 and first == pytest.approx(second, abs=0.2)


@pytest.mark.parametrize(("dark", "colours"), [(False, LIGHT), (True, DARK)])
def test_it_has_the_colours_of_the_page(dark: bool, colours) -> None:
    elements = drawn(heard((0, 1, 60)), 1, dark)
    assert tagged(elements, "rect")[0].get("fill") == colours.accent
    assert tagged(elements, "path")[0].get("stroke") == colours.text


def test_no_notes_still_make_a_picture() -> None:
    assert not tagged(drawn(heard(), 1), "rect")
