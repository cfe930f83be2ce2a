"""An evaluation gives every figure of the table, the same for the same seed, and prints it for people and scripts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from composer.cli import main
from composer.data.dataset import Dataset, Piece
from composer.evaluation.evaluate import Evaluation, diversity, evaluate, quality, variants
from composer.music.measures import mean_measures
from tests.fake import FakeGenerateSettings, FakeModel, fake_world
from tests.fake_data import PARTS, chorale

__all__ = ["fake_world"]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    splits = ["train"] * 10 + ["test"] * 8
    return Dataset("made-up", PARTS, tuple(Piece(f"{i:02d}", split, chorale(i)) for i, split in enumerate(splits)))


@pytest.fixture(scope="module")
def found(dataset: Dataset) -> Evaluation:
    return evaluate(FakeModel(), dataset, variants(FakeGenerateSettings()), seed=5)


def test_quality_agrees_with_the_plain_means() -> None:
    pieces = [chorale(seed, bars) for seed, bars in ((1, 4), (2, 8), (3, 16))]
    figures, means = quality(pieces, PARTS), mean_measures(pieces)
    assert {name: figure.value for name, figure in figures.items() if name in means} == pytest.approx(
        {name: means[name] for name in figures if name in means}
    )
    assert figures["onsets_Bass"].value == pytest.approx(means["onsets_3"])


def test_each_choice_has_each_figure_of_the_table(found: Evaluation) -> None:
    assert list(found.generated) == ["default", "repair off", "plain"]
    wanted = {"chord_rate", "onsets_Alto", "parallels", "crossing", "agreement", "spacing", "similarity", "auc"}
    for figures in found.generated.values():
        assert wanted <= figures.keys()
    assert {"diversity_seed", "diversity_noise", "nll"} <= found.generated["default"].keys()
    assert wanted - {"auc"} <= found.real.keys()
    assert found.generated["default"]["nll"].value == 1 / 8


def test_diversity_tells_the_whole_seed_from_the_noise_vector(dataset: Dataset) -> None:
    found = diversity(FakeModel(), dataset.split("test"), dataset.part_names, FakeGenerateSettings(), seed=0)
    only_noise = 2 * 0.1 * 0.9 / 3
    either = (0.5 + only_noise * 3 - 0.5 * only_noise * 3) / 3
    assert found["diversity_noise"].value == pytest.approx(only_noise, abs=0.02)
    assert found["diversity_seed"].value == pytest.approx(either, abs=0.03)


def test_same_seed_gives_the_same_evaluation(found: Evaluation, dataset: Dataset) -> None:
    choices = {"default": FakeGenerateSettings()}
    again, other = (evaluate(FakeModel(), dataset, choices, seed).generated["default"] for seed in (5, 6))
    assert again == found.generated["default"]
    assert other != again


def test_variants_only_change_what_the_settings_have() -> None:
    assert variants(FakeGenerateSettings(passes=3))["default"] == FakeGenerateSettings(passes=3)
    assert variants(FakeGenerateSettings())["plain"] == FakeGenerateSettings(passes=1, repair=False)


def test_rows_hold_a_title_and_a_cell_a_column(found: Evaluation) -> None:
    rows = {row[0]: row[1:] for row in found.rows()}
    assert set(map(len, rows.values())) == {4}
    assert rows["Real or generated (AUC)"][0] == ""
    assert rows["Onsets, Bass"][0].startswith("4.000")


@pytest.fixture
def model(fake_world: Path, tmp_path: Path) -> Path:
    main(["train", "fake", "--dataset", "fakes", "--epochs", "1", "--quiet", "--out", str(tmp_path / "model")])
    return tmp_path / "model"


def test_command_prints_json_for_scripts(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer.evaluation.evaluate.real_or_generated", lambda *_: np.nan)
    assert main(["evaluate", "--model", str(model), "--repair", "off", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["these settings"]["repair"] is False
    assert told["generated"]["these settings"]["chord_rate"]["value"] > 0
    assert told["pieces"] == 4
