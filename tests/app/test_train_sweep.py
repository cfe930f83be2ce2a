"""Sweeps on the Train page: put together, timed, started, compared, and the best one taken to the studio."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.jobs import queue
from composer.training.loop import train
from composer.training.run import Run
from composer.training.sweep import GRID, Sweep, all_sweeps, best_of, new_sweep
from composer.ui.sweep_card import plan_words
from composer.ui.sweep_results import sweep_figure, sweep_title, table_rows
from tests.app.test_train import busy, open_page, press, words
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left
from tests.fake_data import FAKE_SOURCE

__all__ = ["busy", "fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")


@pytest.fixture
def sweep() -> Sweep:
    """Three trainings that are done, and one that never began."""
    points = [{"learning_rate": 10.0**-rate, "update_ratio": 1} for rate in (4, 3, 2)]
    runs = [train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=1, **point)) for point in points]
    never = {"learning_rate": 0.005, "update_ratio": 2}
    return new_sweep("fake", "fakes", GRID, [*points, never], [*(run.id for run in runs), "never"])


def test_a_sweep_is_timed_before_it_starts_and_goes_into_the_queue(busy: Run) -> None:
    page = open_page()
    page.multiselect(key="sweep.fake.names").set_value(["learning_rate", "update_ratio"]).run()
    page.slider(key="sweep.runs").set_value(4).run()
    assert "4 trainings: less than a minute on this computer, one after the other." in words(page)
    press(page, "start_sweep")
    [sweep] = all_sweeps()
    assert sweep.varied == ("learning_rate", "update_ratio") and len(sweep.runs) == 4
    assert [entry.order.run_id for entry in queue.waiting()] == list(sweep.runs)
    assert "0 of 4 trainings done" in [bar.proto.text for bar in page.get("progress")]
    press(page, "end_sweep")
    assert queue.waiting() == []


def test_nothing_to_vary_is_said() -> None:
    page = open_page()
    page.multiselect(key="sweep.fake.names").set_value([]).run()
    assert "Choose one to 3 settings to vary." in words(page)
    assert page.button(key="start_sweep").disabled


def test_results_stand_in_a_table_and_the_best_is_a_click_from_the_studio(sweep: Sweep) -> None:
    page = open_page()
    frame = page.dataframe[0].value
    assert list(frame[""]) == ["best", "", "", ""] and frame["Similarity index"].notna().sum() == 3
    assert "Each line is one training" in words(page)
    best = best_of(sweep.outcomes())
    assert best is not None
    press(page, "best_show")
    assert page.query_params["run"] == best.run.id
    page.button(key="best").click().run()
    assert page.session_state["studio.model"] == best.run.id


def test_a_comparison_is_forgotten_and_its_models_stay(sweep: Sweep) -> None:
    page = press(open_page(), "end_sweep")
    assert all_sweeps() == [] and "Each line is one training" not in words(page)
    assert sweep.outcomes()[0].run.has_model()


def test_several_sweeps_can_be_chosen_from(sweep: Sweep) -> None:
    new_sweep("fake", "fakes", GRID, [{"update_ratio": 3}], ["never"])
    page = open_page()
    assert "The comparison begins with the first epoch." in words(page)
    page.selectbox(key="sweep.shown").set_value(sweep).run()
    assert "Each line is one training" in words(page)


def test_words_and_figure_of_a_sweep(sweep: Sweep) -> None:
    assert sweep_title(sweep) == "1 · Fake · learning rate, update ratio · 4 trainings"
    outcomes = sweep.outcomes()
    figure = sweep_figure(sweep, outcomes, best_of(outcomes), dark=False)
    assert len(figure["data"]) == 3 and "Learning<br>rate" in str(figure["layout"]["annotations"])
    assert table_rows(sweep, outcomes, None)[-1]["State"] == "not begun, or deleted"
    foreign = replace(sweep, algorithm="gone")
    assert sweep_title(foreign).startswith("1 · gone · learning_rate")
    sweep_figure(foreign, outcomes, None, dark=True)
    assert plan_words([{}, {}], 600.0, True) == (
        ":material/schedule: 2 trainings (as many as make a whole grid): about 10 minutes on this computer, one after "
        "the other."
    )
    assert "known once the estimate" in plan_words([{}, {}], None, False)
