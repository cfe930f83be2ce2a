"""The bench of the Runs page lays down runs as trainings leave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.evaluation.bench_runs import write_runs
from composer.training.record import all_records
from composer.training.run import SAMPLES


def test_made_up_runs_are_whole_and_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    runs = write_runs(tmp_path, 4, 12)
    records = all_records()
    assert {record.run.id for record in records} == {run.id for run in runs} and len(runs) == 4
    assert all(record.damage == "" and record.epoch == 12 and record.has_model for record in records)
    assert len(list((runs[0].folder / SAMPLES).iterdir())) == 12
    assert len({record.last["similarity"] for record in records}) == 4
