"""The studio in a real Chromium, as a person uses it: open, upload, change, generate, play, download, come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.evaluation.player_taps import SOUND_FILE
from composer.music.midi import read_midi, write_midi
from composer.music.notation import parse_tune
from tests.app.untrained import NAME, write_untrained_run

pytestmark = pytest.mark.browser
APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
PLAYER = ".player:not(.compact)"
READY = f"{PLAYER}[data-state=paused]"
PATIENCE_MS = 90_000
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
TUNE = parse_tune("title: Small tune\nmeter: 3/4\ntempo: 90\nG4 | B A G | C5:2 G4 | A:2 F# | G:3")


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the studio answers, with a model that is there in no time among its runs."""
    home = tmp_path_factory.mktemp("studio-home")
    write_untrained_run(home)
    return serve(APP, {"COMPOSER_HOME": str(home)})


@pytest.fixture
def page(chromium_page: Any, address: str) -> Any:
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(f"{address}/?model={NAME}")
    chromium_page.get_by_role("button", name="Generate").wait_for()
    chromium_page.wait_for_selector(IDLE)
    return chromium_page


def generate(page: Any) -> str:
    """Press Generate, wait for sound, and return the id of the new result."""
    before, notes = page.evaluate("location.search"), notes_on_page(page)
    page.get_by_role("button", name="Generate").click()
    page.wait_for_function("before => location.search !== before", arg=before)
    page.locator(f"{PLAYER} .unseen").filter(has_not_text=notes).wait_for(state="attached")
    page.wait_for_selector(READY)
    found = re.search(r"result=([0-9a-f]{16})", page.url)
    assert found
    return found[1]


def notes_on_page(page: Any) -> str:
    """The parts of the roll in words, as a screen reader gets them."""
    return str(page.locator(f"{PLAYER} .unseen").text_content())


def position(page: Any) -> float:
    return float(page.locator(PLAYER).get_attribute("data-position"))


def upload(page: Any, name: str, data: bytes) -> None:
    page.get_by_role("radio", name="Upload").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "audio/midi", "buffer": data})


def test_a_first_visit_finds_music_at_once(chromium_page: Any, address: str) -> None:
    chromium_page.set_default_timeout(PATIENCE_MS)
    chromium_page.goto(address)
    chromium_page.wait_for_selector(READY)
    chromium_page.wait_for_selector(".player.compact[data-state=paused]")
    assert "Melody: " in notes_on_page(chromium_page)


def test_upload_change_generate_play_and_take_home(page: Any, tmp_path: Path) -> None:
    upload(page, "small.mid", write_midi(TUNE))
    page.get_by_text("4 bars · 3/4 · 90 bpm").wait_for()
    takes = page.get_by_role("slider", name="Takes")
    takes.focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("Press Generate for new takes").wait_for()
    generate(page)
    page.get_by_text("Press Generate for new takes").wait_for(state="hidden")
    assert page.get_by_role("radio", name="Take 3").count() == 0

    page.locator(PLAYER).get_by_role("button", name="Play").click()
    page.wait_for_timeout(300)
    start = position(page)
    page.wait_for_timeout(1000)
    assert 0.5 < position(page) - start < 1.6

    with page.expect_download() as download:
        page.get_by_role("button", name="MIDI").click()
    assert download.value.suggested_filename == "small-tune-take-1.mid"
    score = read_midi(Path(download.value.path()).read_bytes())
    assert [track.name for track in score.tracks] == ["Melody", "Alto", "Tenor", "Bass"]
    assert np.array_equal(score.tracks[0].notes["pitch"], TUNE.tracks[0].notes["pitch"])
    assert np.allclose(score.tracks[0].notes["onset"], TUNE.tracks[0].notes["onset"])
    assert notes_on_page(page).startswith(f"Melody: {len(TUNE.tracks[0].notes)} notes")


@pytest.mark.parametrize(
    ("menu", "button", "ending", "beginning"),
    [
        ("Score", "MusicXML", ".musicxml", b"<?xml"),
        ("Score", "Sheet music", "-sheet-music.zip", b"PK"),
        ("Sound", "WAV", ".wav", b"RIFF"),
        ("Sound", "FLAC", ".flac", b"fLaC"),
        ("Sound", "MP3", ".mp3", b"\xff"),
        ("Sound", "Stems, WAV", "-stems-wav.zip", b"PK"),
        ("Picture", "PNG", ".png", b"\x89PNG"),
        ("Picture", "SVG", ".svg", b"<svg"),
        ("Picture", "Moving roll", ".html", b"<!doctype html>"),
        ("Share", "Project file", ".composer", b""),
        ("", "All of it", ".zip", b"PK"),
    ],
)
def test_every_format_can_be_taken_home(page: Any, menu: str, button: str, ending: str, beginning: bytes) -> None:
    page.wait_for_selector(READY)
    if menu:
        page.get_by_role("button", name=menu, exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    data = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(ending)
    assert data.startswith(beginning) and len(data) > 1000


def test_a_reload_and_another_tab_show_the_result_again(page: Any) -> None:
    page.get_by_role("button", name="New seed").click()
    made = generate(page)
    notes = notes_on_page(page)
    page.reload()
    page.wait_for_selector(READY)
    assert made in page.url and notes_on_page(page) == notes
    other = page.context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    other.goto(page.url)
    other.wait_for_selector(READY)
    assert notes_on_page(other) == notes


def test_a_take_heard_lately_is_not_sent_again(page: Any) -> None:
    page.wait_for_selector(READY)  # or what the page before the reload still fetches would count
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if SOUND_FILE.match(request.url) else None)
    page.reload()
    page.wait_for_selector(READY)
    for take in (2, 3):
        _switch(page, take)
    assert len(set(fetched)) == len(fetched) <= 1 + 3 * 4, "each stem once: the melody alone, and four in each take"
    fetched.clear()
    for take in (2, 3, 1):
        _switch(page, take)
    assert not fetched


def _switch(page: Any, take: int) -> None:
    notes = notes_on_page(page)
    page.get_by_role("radio", name=f"Take {take}").click()
    page.locator(f"{PLAYER} .unseen").filter(has_not_text=notes).wait_for(state="attached")
    page.wait_for_selector(READY)


def test_a_bad_file_is_told_in_place_and_all_else_stays(page: Any) -> None:
    page.wait_for_selector(READY)
    notes = notes_on_page(page)
    upload(page, "bad.mid", b"not music")
    page.get_by_role("alert").get_by_text("neither a MIDI nor a MusicXML file").wait_for()
    assert notes_on_page(page) == notes
    assert page.get_by_text("8 bars · 4/4").count() == 1


def test_another_instrument_is_heard_without_new_notes(page: Any) -> None:
    page.wait_for_selector(READY)
    notes, url = notes_on_page(page), page.url
    page.get_by_text("Instruments and tempo").click()
    box = page.get_by_role("combobox", name="Alto")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # scrolling closes the list
    violin = page.get_by_role("option", name="Violin", exact=True)
    for _ in range(10):  # a list that opens while the page still scrolls closes again
        box.fill("Violin")
        page.wait_for_timeout(1000)
        if violin.is_visible():
            break
        box.press("Escape")
    violin.click()
    page.locator(PLAYER).get_by_text("Violin").wait_for()
    page.wait_for_selector(READY)
    assert notes_on_page(page) == notes and page.url == url


@pytest.mark.parametrize(
    "chromium_page",
    [{"width": w, "height": h, "dark": dark} for w, h in ((1440, 1500), (390, 2900)) for dark in (False, True)],
    ids=["wide light", "wide dark", "phone light", "phone dark"],
    indirect=True,
)
def test_it_fits_the_screen(page: Any, screenshots: Path, request: pytest.FixtureRequest) -> None:
    page.wait_for_selector(READY)
    page.wait_for_timeout(700)
    look = request.node.callspec.id.replace(" ", "_")
    page.screenshot(path=screenshots / f"studio_{look}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Generate", "MIDI"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
