"""The Datasets page without a browser: from an upload to a dataset that can be trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from composer.data.own.assembling import assemble
from composer.data.own.library import save
from composer.data.own.parts import LAYOUTS
from composer.data.registry import find_source, sources
from composer.training.loop import train
from composer.ui.dataset_check import file_rows, summary_words
from composer.ui.dataset_look import preview_score
from composer.ui.dataset_state import first_title
from tests.data.own.files import hymn, judged, midi, songs, zipped
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def built(fake_world: Path) -> None:
    """The small dataset of the tests is built, so that there is something to look at."""
    find_source("fakes").load()


def open_page() -> AppTest:
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    return clean(page.switch_page("pages/2_Datasets.py").run())


def clean(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    brought = [(name, data, "application/octet-stream") for name, data in files]
    return clean(page.file_uploader[0].set_value(brought).run())


def song_zip(count: int = 9, **more: bytes) -> bytes:
    return zipped({f"song-{seed}.mid": midi(seed, 8) for seed in range(count)} | more)


def press(page: AppTest, key: str) -> AppTest:
    return clean(page.button(key=key).click().run())


def words(page: AppTest) -> str:
    """All that is written on the page."""
    parts = [*page.caption, *page.markdown, *page.info, *page.error, *page.warning, *page.success, *page.metric]
    return "\n".join(f"{getattr(part, 'label', '')} {part.value}" for part in parts).replace("\\", "")


def test_a_first_visit_shows_music_and_says_what_to_do() -> None:
    told = words(open_page())
    assert "None of yours yet" in told and "nothing is sent anywhere" in told
    assert "Made-up chorales" in told and "Nobody's." in told and "Pieces 20" in told


def test_a_zip_is_read_checked_and_kept() -> None:
    page = upload(open_page(), ("My jazz.zip", song_zip()))
    assert "**9** files kept, 72 bars" in words(page)
    assert page.text_input(key="datasets.title").value == "My jazz"
    press(page, "keep")
    assert "Kept “My jazz”" in words(page) and find_source("my-jazz").load().pieces
    assert "**My jazz** :violet-badge" in words(page) and "Melody, Strings, Piano, Guitar, Bass, Drums" in words(page)


def test_every_refused_file_is_listed_with_its_reason() -> None:
    page = upload(open_page(), ("a.zip", zipped({"x.txt": b"x", "short.mid": midi(1, 2), "good.mid": midi(1)})))
    rows = page.dataframe[0].value
    assert rows["File"].tolist() == ["short.mid", "x.txt", "good.mid"]
    assert "too short" in rows["Why"][0] and "not a MIDI" in rows["Why"][1]


def test_tracks_can_be_corrected() -> None:
    page = upload(open_page(), ("a.zip", song_zip()))
    box = next(box for box in page.selectbox if box.label.startswith("Strum"))
    assert box.options[0] == "Guitar (automatic)"
    box.set_value("Piano").run()
    press(page, "keep")
    roll = find_source("a").load().pieces[0].music
    assert len(roll.part(2)) and not len(roll.part(3))


def test_the_layout_can_be_changed() -> None:
    page = upload(open_page(), ("a.zip", song_zip()))
    clean(page.segmented_control(key="datasets.layout").set_value("melody").run())
    press(page, "keep")
    assert find_source("a").part_names == ("Melody",)


def test_too_little_music_says_what_is_missing_and_can_not_be_saved() -> None:
    page = upload(open_page(), ("a.mid", midi(1)), ("b.mid", midi(2)))
    assert "please add 6 more pieces and 40 more bars" in words(page)
    assert page.button(key="keep").disabled
    press(page, "discard")
    assert "Made-up chorales" in words(page)


def test_nothing_usable_is_said_file_by_file() -> None:
    page = upload(open_page(), ("a.zip", b"not a zip"))
    assert "damaged" in page.dataframe[0].value["Why"][0] and page.button(key="keep").disabled


def test_a_name_that_is_taken_is_said_and_nothing_is_lost() -> None:
    page = upload(open_page(), ("a.zip", song_zip()))
    page.text_input(key="datasets.title").set_value("Made-up chorales").run()
    press(page, "keep")
    assert "already a dataset called" in words(page)
    page.text_input(key="datasets.title").set_value("Other").run()
    press(page, "keep")
    assert "other" in sources()


def kept(title: str = "Mine") -> None:
    save(title, assemble(songs(9), LAYOUTS["band"]))


def test_a_dataset_is_renamed_and_deleted() -> None:
    kept()
    page = open_page()
    page.text_input(key="title-mine").set_value("Ours").run()
    press(page, "rename-mine")
    assert "**Ours**" in words(page)
    press(page, "delete-mine")
    assert "Deleted “Ours”." in words(page) and "mine" not in sources()


def test_deleting_names_the_training_that_used_it() -> None:
    kept()
    run = train(FAKE, find_source("mine").load(), FakeTrainSettings(epochs=1), 0)
    page = open_page()
    assert f"“{run.id}” can still be used, but not be trained any further" in words(page)
    press(page, "delete-mine")
    assert f"“{run.id}” can still be used" in words(page) and run.has_model()


def test_the_train_page_offers_own_music() -> None:
    kept("My band")
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    clean(page.switch_page("pages/1_Train.py").run())
    assert "My band" in page.selectbox(key="train.dataset").options


def test_a_choice_that_was_deleted_is_forgotten_on_the_train_page() -> None:
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    page.session_state["train.dataset"] = "gone"
    clean(page.switch_page("pages/1_Train.py").run())
    assert page.selectbox(key="train.dataset").value == next(iter(sources()))


def test_a_damaged_dataset_is_not_offered_and_its_name_is_free() -> None:
    kept()
    path = find_source("mine").path
    path.write_bytes(path.read_bytes()[:-20])
    assert "Made-up chorales" in words(open_page()) and "mine" not in sources()
    kept()


def test_titles_come_from_the_one_zip_or_are_numbered() -> None:
    assert first_title(["Night_songs.zip"]) == "Night songs"
    assert first_title(["a.mid", "b.mid"]) == "My music"
    kept("My music")
    assert first_title(["a.mid"]) == "My music 2"


def test_the_preview_is_the_first_bars_with_drums_and_bars_in_place() -> None:
    piece = assemble(songs(1, bars=20), LAYOUTS["band"]).pieces[0]
    score = preview_score(piece, LAYOUTS["band"].parts)
    assert score.end == 64 and [track.name for track in score.tracks] == list(LAYOUTS["band"].parts)
    assert [track.is_drum for track in score.tracks] == [False] * 5 + [True]
    assert (score.meters[0].numerator, score.meters[0].denominator) == (4, 4)


def test_tables_are_said_in_plain_words() -> None:
    assembly = assemble([*songs(2), judged(hymn(1, bars=2), "x.mid")], LAYOUTS["band"])
    assert summary_words(assembly) == "**2** files kept, 24 bars · **1** left out"
    assert file_rows(assembly.verdicts)[0]["File"] == "x.mid"
