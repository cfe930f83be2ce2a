"""The Train page without a browser: from an empty machine to a model in the studio."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from composer.jobs import local
from composer.jobs.process import release, write_owner
from composer.jobs.status import FINISHING, Status, status
from composer.training.loop import train
from composer.training.run import Run, all_runs
from composer.ui.training import duration, size
from composer.ui.training_choice import estimate_words
from composer.ui.training_progress import figures_words, progress_words
from tests.app.untrained import write_untrained_band
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left, start_fake
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
ROOT = Path(__file__).resolve().parents[2]


def open_page(**address: str) -> AppTest:
    """The Train page, with the fake algorithm and its dataset chosen."""
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.query_params.update(address)
    page.session_state["train.algorithm"] = "fake"
    page.session_state["train.dataset"] = "fakes"
    page.switch_page("pages/1_Train.py").run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    """All that is written on the page."""
    parts = [*page.caption, *page.markdown, *page.info, *page.error, *page.metric]
    return "\n".join(f"{getattr(part, 'label', '')} {part.value}" for part in parts)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def wait_until_ended(run: Run) -> Status:
    deadline = time.monotonic() + 40
    while (now := status(run)).active:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return now


def trained(epochs: int = 2, seed: int = 0) -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=epochs), seed)


@pytest.fixture
def busy() -> Iterator[Run]:
    """A run that counts as being trained, by this very process, until the test is over."""
    run = trained(seed=50)
    write_owner(run, os.getpid(), 30)
    yield run
    release(run)


def test_empty_page_says_what_to_do() -> None:
    page = open_page()
    assert "No model has been trained here yet" in words(page)
    assert "prepares the music" in words(page)
    assert any("Nobody's." in (caption.help or "") for caption in page.caption), "the terms of the music"


def test_train_builds_the_dataset_starts_a_run_and_puts_it_into_the_address() -> None:
    page = press(open_page(), "train")
    [run] = all_runs() or [Run(folder) for folder in FAKE_SOURCE.path.parents[1].glob("runs/*")]
    assert page.query_params["run"] == run.id
    assert wait_until_ended(run) == Status("finished", 3, 3)
    page.run()
    assert "Epoch 3 of 3, done" in page.get("progress")[0].proto.text
    assert "0.333" in words(page), "the last generator loss"


def test_second_visit_finds_the_run_that_is_training() -> None:
    trained(seed=5)
    run = start_fake(FakeTrainSettings(epochs=500, epoch_ms=100))
    page = open_page()
    assert page.query_params["run"] == run.id
    assert page.button(key="train").label == "Add to the queue"
    press(page, "stop")
    stopped = wait_until_ended(run)
    assert stopped.state == "stopped"
    page.run()
    assert page.button(key="train").label == "Train"
    assert f"Epoch {stopped.epoch} of 500, stopped" in page.get("progress")[0].proto.text


def test_address_chooses_the_run() -> None:
    first, second = trained(seed=1), trained(seed=2)
    assert open_page(run=first.id).query_params["run"] == first.id
    assert open_page(run=second.id).query_params["run"] == second.id
    assert open_page(run="gone").query_params["run"] == second.id


def test_continue_goes_on_for_more_epochs() -> None:
    run = trained(epochs=2)
    page = open_page(run=run.id)
    page.number_input(key="more").set_value(3).run()
    press(page, "continue")
    assert wait_until_ended(run) == Status("finished", 5, 5)
    assert [row["epoch"] for row in run.metrics()] == [1, 2, 3, 4, 5]


def test_a_listener_is_taught_at_the_press_of_a_button(fake_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    band = write_untrained_band(fake_world)
    monkeypatch.setattr(local, "PROGRAM", (sys.executable, "-c", "import time; print('playing'); time.sleep(60)"))
    page = press(open_page(run=band.id), "finish")
    assert "teaching a listener" in page.get("progress")[0].proto.text
    assert "finish" not in [button.key for button in page.button]
    press(page, "finish.stop")
    assert not status(band).active
    page.run()
    assert page.button(key="finish").label == "Teach a listener"
    assert "finish" not in [button.key for button in open_page(run=trained().id).button], "not for every algorithm"


def test_use_in_the_studio_chooses_the_model_there() -> None:
    run = trained()
    page = press(open_page(run=run.id), "use")
    assert page.session_state["studio.model"] == run.id
    assert page.title[0].value == "Studio"


def test_the_newest_runs_are_listed_to_show_one_of_them() -> None:
    runs = [trained(seed=seed, epochs=1) for seed in range(7)]
    page = open_page(run=runs[0].id)
    assert "1 of 1 epochs" in words(page) and f"show-{runs[6].id}" in [button.key for button in page.button]
    assert f"show-{runs[1].id}" not in [button.key for button in page.button], "the oldest are on the Runs page"
    press(page, f"show-{runs[6].id}")
    assert page.query_params["run"] == runs[6].id


def test_what_broke_off_is_told() -> None:
    run = start_fake(FakeTrainSettings(fault="crash"))
    wait_until_ended(run)
    page = open_page(run=run.id)
    assert "The training broke off: RuntimeError: the pretended fault" in words(page)


def test_damaged_run_is_shown_with_what_is_wrong() -> None:
    run = trained()
    (run.folder / "config.json").write_text("{")
    page = open_page(run=run.id)
    press(page, "continue")
    assert "has no readable config.json" in words(page)
    assert "Damaged" in words(page) and "config.json can't be read" in words(page)


def test_time_is_told_before_starting() -> None:
    trained(epochs=3)
    page = open_page()
    assert "for 3 epochs on this computer" in words(page)
    assert estimate_words(8.1, 30) == ":material/schedule: About 4 minutes for 30 epochs on this computer."
    assert estimate_words(None, 30) == estimate_words(float("nan"), 30) == ""


def test_lengths_of_time_are_said_as_people_do() -> None:
    said = {0: "less than a minute", 50: "about 1 minute", 250: "about 4 minutes", 3600: "about 1 hour"}
    assert {seconds: duration(seconds) for seconds in said} == said
    assert duration(5400) == "about 1.5 hours"


def test_sizes_are_said_as_people_do() -> None:
    assert [size(count) for count in (12, 3_400, 12_300_000, 4_000_000_000)] == ["12 bytes", "3 kB", "12 MB", "4 GB"]


def test_progress_is_said_for_every_state() -> None:
    assert progress_words(Status("running", 0, 30)) == "Epoch 0 of 30, starting …"
    assert progress_words(Status("running", 3, 30, 240.0)) == "Epoch 3 of 30, about 4 minutes left"
    assert progress_words(Status("stopping", 3, 30, 240.0)) == "Epoch 3 of 30, stopping after this epoch …"
    assert progress_words(Status(FINISHING, 30, 30)) == "Epoch 30 of 30, done; teaching a listener …"
    assert progress_words(Status("crashed", 3, 30)) == "Epoch 3 of 30, broken off"


def test_figures_stand_beside_the_floor() -> None:
    said = {label: (value, text) for label, value, text in figures_words([{"epoch": 1, "similarity": 0.2}], 0.123)}
    assert said["Similarity index"][0] == "0.200"
    assert "real music differ by 0.123" in said["Similarity index"][1]
    assert said["Generator loss"][0] == "–"
