"""The roll as SVG and as a moving page: every note, in its part's colour, and nothing from outside."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest

from composer.music.melodies import sample_melodies
from composer.music.score import Score, Track, make_notes
from composer.plots.moving_roll import moving_roll_html
from composer.plots.picture import pianoroll_svg
from composer.plots.theme import DARK, LIGHT

TUNE = sample_melodies()["Ode to Joy"]
BAND = Score(
    (
        Track("Flute <solo>", make_notes([0, 1, 2], 1, [72, 74, 76]), 73),
        Track("Bass", make_notes([0, 2], 2, [48, 43]), 32),
        Track("Drums", make_notes([0, 1, 2], 0.25, [36, 42, 38]), is_drum=True),
    ),
    title='A </script> & "B"',
)


def fills(drawing: str) -> list[str]:
    return [element.get("fill", "") for element in ElementTree.fromstring(drawing).iter()]


def test_an_svg_holds_a_shape_for_each_note_and_the_title() -> None:
    drawing = pianoroll_svg(TUNE).decode()
    assert fills(drawing).count(LIGHT.parts[0]) == TUNE.note_count + 1  # and the legend
    assert "<title>Ode to Joy</title>" in drawing
    assert DARK.parts[0] in fills(pianoroll_svg(TUNE, dark=True).decode())


def test_parts_taken_from_a_band_keep_their_colours() -> None:
    alone = Score(BAND.tracks[1:2])
    found = fills(pianoroll_svg(alone, places=[1]).decode())
    assert LIGHT.parts[1] in found and LIGHT.parts[0] not in found


def test_words_that_look_like_markup_stay_words() -> None:
    root = ElementTree.fromstring(pianoroll_svg(BAND))
    assert any(element.text == "Flute <solo>" for element in root.iter())


@pytest.mark.parametrize("score", [TUNE, BAND], ids=["tune", "band"])
def test_a_moving_roll_holds_its_sound_and_asks_nothing_of_anywhere(score: Score) -> None:
    page = moving_roll_html(score, b"sound" * 100).decode()
    (sound,) = re.findall(r"base64,([A-Za-z0-9+/=]+)", page)
    assert base64.b64decode(sound) == b"sound" * 100
    assert "default-src 'none'" in page and page.count("<script") == page.count("</script>") == 1
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page) and "url(" not in page and "@import" not in page
    assert set(re.findall(r"https?://[^\"')\s]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "{{" not in page


def test_a_moving_roll_has_both_grounds_and_heeds_a_wish_for_stillness() -> None:
    page = moving_roll_html(TUNE, b"").decode()
    assert f"--ground: {LIGHT.ground};" in page and f"--ground: {DARK.ground};" in page
    assert "prefers-color-scheme: dark" in page and "prefers-reduced-motion" in page
    assert page.count('fill="var(--part-0)"') == TUNE.note_count + 1
