"""The Train page tells why a training stopped and what to do, and lets a person hear it, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from composer.jobs.order import ORDER, read_order
from composer.training import convergence
from composer.training.loop import train
from composer.training.run import Run
from tests.app.test_train import open_page, press, words
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")


def headers(page: AppTest) -> list[str]:
    return [header.value for header in page.header]


def test_a_run_with_samples_can_be_heard_and_one_without_is_not_offered() -> None:
    assert "Hear it learn" not in headers(open_page())
    run = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=1))
    page = open_page(run=run.id)
    assert "Hear it learn" in headers(page) and "the same noise" in words(page)


def test_why_it_stopped_by_itself_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "PATIENCE", 3)
    run = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=6))
    assert "stopped by itself after 4 epochs" in words(open_page(run=run.id))


def test_advice_opens_to_its_reason() -> None:
    run = train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings(epochs=1))
    metrics = run.folder / "metrics.jsonl"
    metrics.write_text(metrics.read_text().replace('"generator": 1.0', '"generator": NaN'))
    page = open_page(run=run.id)
    (advice,) = [box for box in page.expander if "lower learning rate" in box.label]
    assert "Why?" in advice.label and "steps are too long" in advice.markdown[0].value


@pytest.mark.parametrize("stops", [True, False])
def test_whether_it_may_stop_by_itself_is_chosen_on_the_page(stops: bool) -> None:
    page = open_page()
    page.checkbox(key="train.end").set_value(stops).run()
    press(page, "train")
    run = Run(FAKE_SOURCE.path.parents[1] / "runs" / page.query_params["run"])
    order = read_order(run.folder / ORDER)
    assert order is not None and order.stop_when_converged is stops


def test_a_wish_is_told_once() -> None:
    def script() -> None:
        import streamlit as st

        from composer.ui.hear import take_wish

        st.text(f"{take_wish('hear')}")

    page = AppTest.from_function(script)
    page.session_state["hear.wish"] = "7"
    assert [page.run().text[0].value, page.run().text[0].value] == ["7", "None"]
