"""The run that the scrubbing bench makes up is one that the page can show, and comes ever nearer to its piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from composer.evaluation.bench_scrub import write_run
from composer.training.samples import read_sample, sample_stamps
from tests.made_up import tiny_dataset


def test_the_made_up_run_has_a_sample_of_each_epoch(tmp_path: Path) -> None:
    dataset = tiny_dataset()
    run = write_run(tmp_path, dataset, 20)
    assert list(sample_stamps(run)) == list(range(1, 21)) and len(run.metrics()) == 20
    assert run.settings().as_dict()["epochs"] == 20
    piece = dataset.split("valid")[0].notes(0)["pitch"]
    last = read_sample(run, 20)
    np.testing.assert_array_equal(last.tracks[0].notes["pitch"], piece)
    assert read_sample(run, 1).note_count > 1.2 * last.note_count, "at first all is wrong"
