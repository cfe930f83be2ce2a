"""The noise scale of a MuseGAN is measured on validation music and written into the model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from composer.algorithms.models import WEIGHTS
from composer.algorithms.musegan.band import NOISE_SCALE, Band, BandSettings
from composer.algorithms.musegan.training import MuseGANSettings, MuseGANTrainer
from composer.data.dataset import Dataset, Piece
from composer.errors import BadInput
from composer.evaluation import calibration
from tests.made_up import PARTS, hymn

SMALL = MuseGANSettings(batch_size=4)


def choir() -> dict[str, torch.Tensor]:
    pieces = tuple(Piece(str(seed), "train", hymn(seed, 4)) for seed in range(2))
    return MuseGANTrainer(Dataset("choir", PARTS, pieces), SMALL, 0).weights()


def loaded(weights: dict[str, torch.Tensor]) -> Band:
    return Band.from_weights(SMALL.mode, SMALL.noise_size, len(PARTS), weights)


def test_the_largest_of_the_best_scales_is_written_and_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = choir()
    assert float(weights[NOISE_SCALE]) == 1
    save_file(weights, tmp_path / WEIGHTS)
    monkeypatch.setattr(calibration, "load_model", lambda folder: loaded(load_file(folder / WEIGHTS)))
    monkeypatch.setattr(calibration, "read_info", lambda folder: type("Info", (), {"dataset": "any"}))
    monkeypatch.setattr(calibration, "find_source", lambda name: type("Source", (), {"load": lambda: None}))
    monkeypatch.setattr(calibration, "find_noise_scale", lambda *a, **k: {0.1: 0.798, 0.3: 0.803, 1.0: 0.85})
    assert calibration.calibrate(tmp_path, say=str) == 0.3
    written = load_file(tmp_path / WEIGHTS)
    assert float(written[NOISE_SCALE]) == pytest.approx(0.3)
    assert all(torch.equal(written[name], value) for name, value in weights.items() if name != NOISE_SCALE)
    tune, quick = hymn(9, 2).select([0]), {"takes": 1, "passes": 2}
    full, scaled = (loaded(each) for each in (weights, written))
    third = full.generate(tune, BandSettings.from_dict(quick | {"creativity": 0.3}), 1)[0]
    own = scaled.generate(tune, BandSettings.from_dict(quick), 1)[0]
    assert own.notes.tolist() == third.notes.tolist()


@pytest.mark.parametrize("scale", [torch.tensor(-1.0), torch.tensor(torch.nan), torch.ones(2), torch.tensor(1)])
def test_a_senseless_scale_is_refused(scale: torch.Tensor) -> None:
    with pytest.raises(BadInput):
        loaded(choir() | {NOISE_SCALE: scale})
