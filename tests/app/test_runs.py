"""The Runs page without a browser: find, name, compare, hear, delete and bring back, models in a file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from composer.algorithms.models import CONFIG, imported_models
from composer.jobs.overview import overviews
from composer.projects.listening import Choice, Score, choices
from composer.training.labels import Labels, read_labels, write_labels
from composer.training.loop import train
from composer.training.model_file import pack
from composer.training.record import read_record
from composer.training.run import METRICS, Run
from composer.ui.runs_blind import new_round, score_words
from composer.ui.runs_compare import legend_html, setting_rows, settings_html
from composer.ui.runs_state import ORDERS, matching
from composer.ui.runs_table import count_words, table_columns
from tests.app.untrained import write_untrained_run
from tests.fake import FAKE, FakeTrainSettings, fake_world, no_process_left, start_fake
from tests.fake_data import FAKE_SOURCE

__all__ = ["fake_world", "no_process_left"]
pytestmark = pytest.mark.usefixtures("fake_world", "no_process_left")
ROOT = Path(__file__).resolve().parents[2]


def open_page(**address: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.query_params.update(address)
    return clean(page.switch_page("pages/3_Runs.py").run())


def clean(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    parts = [*page.header, *page.subheader, *page.caption, *page.markdown, *page.info, *page.error, *page.success]
    return "\n".join(str(part.value) for part in parts)


def trained(seed: int = 0, epochs: int = 2, **settings: object) -> Run:
    return train(FAKE, FAKE_SOURCE.load(), FakeTrainSettings.from_dict({"epochs": epochs} | settings), seed)


def choose(page: AppTest, *runs: Run) -> AppTest:
    return clean(page.multiselect(key="runs.chosen").set_value([run.id for run in runs]).run())


def press(page: AppTest, key: str) -> AppTest:
    return clean(page.button(key=key).click().run())


def table(page: AppTest) -> dict[str, list[object]]:
    return {name: list(values) for name, values in page.dataframe[0].value.items()}


def test_an_empty_page_says_so_and_still_takes_a_model_in() -> None:
    page = open_page()
    assert "Nothing has been trained here yet" in words(page) and "Models in a file" in words(page)


def test_the_table_holds_every_run_with_what_differs() -> None:
    one, other = trained(1), trained(1, epochs=3, learning_rate=2e-3)
    write_labels(one, Labels("First try", starred=True))
    rows = table(open_page())
    assert rows["Name"] == [f"Fake · Made-up chorales · {other.id[-4:]}", "First try"]
    assert rows["★"] == ["", "★"] and rows["Epochs"] == [3, 2]
    assert rows["Learning rate"] == [2e-3, 1e-3] and "Update ratio" not in rows
    assert list(rows["Loss"][1]) == [1.0, 0.5]


def test_the_table_is_filtered_and_sorted() -> None:
    one, other = trained(1, epochs=1), trained(2, epochs=2)
    write_labels(one, Labels("Alpha", "the quiet one", True))
    page = open_page()
    page.selectbox(key="runs.order").set_value("Most epochs first").run()
    assert table(page)["Epochs"] == [2, 1]
    page.text_input(key="runs.text").set_value("QUIET").run()
    assert table(page)["Name"] == ["Alpha"] and "1 of 2 runs" in words(page)
    page.text_input(key="runs.text").set_value("").run()
    page.toggle(key="runs.star").set_value(True).run()
    assert table(page)["Name"] == ["Alpha"]
    assert overviews()[0].id == other.id, "newest first"


def test_every_order_sorts_also_what_has_no_figures(fake_world: Path) -> None:
    trained(1)
    (fake_world / "runs" / "empty").mkdir()
    found = overviews()
    assert all(len(sorted(found, key=order)) == 2 for order in ORDERS.values())
    assert sorted(found, key=ORDERS["Similarity, best first"])[-1].id == "empty"
    assert [each.id for each in matching(found, "damaged", "", "", False)] == ["empty"]


def test_a_run_is_named_noted_and_starred() -> None:
    run = trained()
    page = choose(open_page(), run)
    clean(page.text_input(key=f"runs.name.{run.id}").set_value("Slow *and* steady").run())
    clean(page.text_area(key=f"runs.note.{run.id}").set_value("Sounds thin.").run())
    clean(page.toggle(key=f"runs.starred.{run.id}").set_value(True).run())
    assert read_labels(run) == Labels("Slow *and* steady", "Sounds thin.", True)
    assert table(page)["Name"] == ["Slow *and* steady"] and r"Slow \*and\* steady" in words(page)


def test_a_run_is_deleted_and_brought_back() -> None:
    kept, doomed = trained(1), trained(2)
    page = press(choose(open_page(), doomed), "runs.delete")
    assert not doomed.folder.exists() and "Deleted “Fake" in words(page) and "1 run ·" in words(page)
    page = press(page, "runs.undo")
    assert doomed.folder.is_dir() and page.multiselect(key="runs.chosen").value == [doomed.id]
    press(press(page, "runs.delete") and choose(page, kept), "runs.delete")
    assert not kept.folder.exists() and not doomed.folder.exists()


def test_a_training_under_way_can_not_be_deleted() -> None:
    run = start_fake(FakeTrainSettings(epochs=500, epoch_ms=100))
    page = open_page(chosen=run.id)
    assert page.button(key="runs.delete").disabled and "Stop" in page.button(key="runs.delete").help


def test_the_address_keeps_what_is_chosen() -> None:
    one, other = trained(1), trained(2)
    page = choose(open_page(), one, other)
    assert page.query_params["chosen"] == f"{one.id},{other.id}"
    assert open_page(chosen=f"{other.id},gone").multiselect(key="runs.chosen").value == [other.id]


def test_damaged_runs_are_told_in_the_table_and_can_be_chosen_and_deleted(fake_world: Path) -> None:
    broken, thin = trained(1), trained(2)
    (broken.folder / CONFIG).write_text("{")
    (thin.folder / METRICS).unlink()
    (fake_world / "runs" / "empty").mkdir()
    page = open_page()
    states = dict(zip(table(page)["Name"], table(page)["State"], strict=True))
    assert sorted(states.values()) == [
        "Damaged: config.json can't be read",
        "Damaged: config.json is missing",
        "Damaged: metrics.jsonl is missing",
    ]
    for run in (broken, thin, Run(fake_world / "runs" / "empty")):
        choose(page, run)
        press(page, "runs.delete")
    assert overviews() == []


def test_damaged_runs_are_compared_without_a_traceback(fake_world: Path) -> None:
    whole, broken = trained(1), trained(2)
    (broken.folder / CONFIG).unlink()
    page = choose(open_page(), whole, broken)
    for view in ("Settings", "Same melody", "Blind test", "Curves"):
        page.session_state["runs.view"] = view
        clean(page.run())


def test_a_run_goes_to_the_studio_or_to_the_train_page() -> None:
    run = trained()
    assert press(choose(open_page(), run), "runs.use").session_state["studio.model"] == run.id
    assert press(choose(open_page(), run), "runs.watch").query_params["run"] == run.id


def test_more_than_six_are_not_compared() -> None:
    runs = [trained(seed, epochs=1) for seed in range(7)]
    assert "please choose fewer" in words(choose(open_page(), *runs))


def test_settings_are_side_by_side_and_what_differs_is_told_in_words() -> None:
    records = [read_record(trained(1)), read_record(trained(1, learning_rate=2e-3))]
    rows = {label: (values, differs) for label, values, differs in setting_rows(records)}
    assert rows["Learning rate"] == (["0.001", "0.002"], True) and rows["Seed"] == (["1", "1"], False)
    html = settings_html(records, "AB")
    assert html.count("≠ differs") == 1 and html.index("Learning rate") < html.index("Seed")


def test_names_are_shown_as_they_are_written() -> None:
    run = trained()
    write_labels(run, Labels("<img src=x>"))
    record = read_record(run)
    assert "<img" not in settings_html([record], "A") and "&lt;img" in settings_html([record], "A")
    from composer.plots.comparison import Curve, comparison_figure

    curve = Curve(0, "<img src=x>", record.run.metrics())
    assert "<img" not in legend_html([curve], False) + str(comparison_figure([curve], "generator", "Loss"))


def test_all_runs_play_the_same_melody(fake_world: Path) -> None:
    runs = trained(1), write_untrained_run(fake_world)
    page = choose(open_page(), *runs)
    page.session_state["runs.view"] = "Same melody"
    clean(page.run())
    assert [heading.value[:3] for heading in page.subheader] == ["A ·", "B ·"]
    assert len(list((fake_world / "results").glob("*.safetensors"))) == 2, "kept, so that it is not made again"


def test_a_blind_test_reveals_the_names_only_after_the_answer() -> None:
    runs = [trained(seed) for seed in (1, 2)]
    for run, name in zip(runs, ("Anna", "Bert"), strict=True):
        write_labels(run, Labels(name))
    page = choose(open_page(), *runs)
    page.session_state["runs.view"] = "Blind test"
    clean(page.run())
    assert "Anna" not in words(page) and "Bert" not in words(page)
    press(page, "runs.answer.0")
    [choice] = choices()
    liked = {runs[0].id: "Anna", runs[1].id: "Bert"}[choice.first]
    assert choice.liked == choice.first and f"A was **{liked}**" in words(page)
    assert f"{liked}\\: liked better 1 of 1 times" in words(page)
    press(page, "runs.again")
    assert page.button(key="runs.answer.None")


def test_a_round_is_of_two_different_runs_in_any_order() -> None:
    pairs = {new_round(["a", "b", "c"], random.Random(seed)).pair for seed in range(50)}
    assert len(pairs) == 6 and all(first != second for first, second in pairs)


def test_scores_are_said_in_words() -> None:
    said = score_words({"Anna": Score(3, 1, 1), "Bert": Score(3, 2), "Carl": Score()})
    assert said == "So far. Bert: liked better 2 of 3 times; Anna: liked better 1 of 3 times, 1 undecided."
    assert score_words({}) == ""


def test_a_model_is_brought_used_and_deleted() -> None:
    run = trained()
    data = pack(run.folder, "My choir")
    page = open_page()
    clean(page.get("file_uploader")[0].set_value(("my_choir.zip", data, "application/zip")).run())
    assert "“my-choir” is here" in words(page) and list(imported_models()) == ["my-choir"]
    assert press(page, "use-my-choir").session_state["studio.model"] == "my-choir"
    page = press(open_page(), "delete-my-choir")
    assert imported_models() == {} and "Deleted “my-choir”" in words(page)


def test_what_is_no_model_is_refused_on_the_page() -> None:
    page = open_page()
    clean(page.get("file_uploader")[0].set_value(("x.zip", b"PK\x03\x04 nothing", "application/zip")).run())
    assert "damaged" in words(page) and imported_models() == {}


def test_counts_and_columns_of_no_runs() -> None:
    assert count_words(0, []) == "0 runs · together they use 0 bytes of disk"
    assert table_columns([])["Name"] == []
    assert Choice("a", "b", "tune").liked == ""
