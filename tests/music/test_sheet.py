"""Sheet music: pages of SVG that hold every note and need nothing from outside."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from composer.errors import BadInput
from composer.music.melodies import sample_melodies
from composer.music.notation import parse_tune
from composer.music.score import Score, Track, make_notes
from composer.music.sheet import sheet_pages

TUNE = sample_melodies()["Ode to Joy"]


def test_a_tune_becomes_a_page_with_a_head_for_each_note_and_its_title() -> None:
    (page,) = sheet_pages(TUNE)
    assert ElementTree.fromstring(page).tag == "{http://www.w3.org/2000/svg}svg"
    assert len(re.findall(r'class="note"', page)) == TUNE.note_count
    assert "Ode to Joy" in re.sub(r"<[^>]+>|\s+", " ", page).replace("  ", " ")


def test_a_page_needs_nothing_from_outside() -> None:
    (page,) = sheet_pages(TUNE)
    assert "@import" not in page and "<script" not in page
    assert set(re.findall(r"https?://[^\"')\s]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_long_music_has_several_pages_and_the_same_ones_again() -> None:
    long = parse_tune(" | ".join(["C4 D E F"] * 90))
    band = replace(long, tracks=tuple(replace(long.tracks[0], name=f"Part {n}") for n in range(4)))
    pages = sheet_pages(band)
    assert len(pages) > 1 and pages == sheet_pages(band)


def test_drums_and_words_that_look_like_markup_are_no_trouble() -> None:
    drums = Track("<Drums> & more", make_notes([0, 1, 2, 3], 0.5, [36, 42, 38, 42]), is_drum=True)
    (page,) = sheet_pages(Score((drums,), title="A <b> & “c”"))
    ElementTree.fromstring(page)
    assert len(re.findall(r'class="note"', page)) == 4


def test_several_threads_get_what_one_gets() -> None:
    tunes = list(sample_melodies().values())[:4]
    alone = [sheet_pages(tune) for tune in tunes]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sheet_pages, tunes)) == alone


def test_without_verovio_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verovio", None)
    with pytest.raises(BadInput, match="needs the package verovio"):
        sheet_pages(TUNE)
