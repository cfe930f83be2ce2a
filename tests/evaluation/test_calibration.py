"""The finish of a MuseGAN is found on its dataset and written into the model, which then plays by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from composer.algorithms.models import WEIGHTS
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.finish import NOISE_SCALE, Finish, without_finish
from composer.algorithms.musegan.lines import find_lines
from composer.algorithms.musegan.training import MuseGANSettings, MuseGANTrainer
from composer.algorithms.musegan.windows import draw
from composer.data.dataset import Dataset, Piece
from composer.errors import BadInput
from composer.evaluation import calibration
from composer.music.pianoroll import Pianoroll
from tests.made_up import PARTS, hymn

SMALL = MuseGANSettings(batch_size=4)
QUICK = {"takes": 1, "passes": 2}
SPLITS = ("train", "train", "valid", "valid", "valid", "valid", "valid")
CHOIR = Dataset("choir", PARTS, tuple(Piece(str(k), split, hymn(k, 4)) for k, split in enumerate(SPLITS)))


def loaded(weights: dict[str, torch.Tensor]) -> Band:
    return Band.from_weights(SMALL.mode, SMALL.noise_size, len(PARTS), weights)


def played(band: Band, **settings: object) -> Pianoroll:
    return band.generate(hymn(9, 2).select([0]), BandSettings.from_dict(QUICK | settings), 1)[0]


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    return MuseGANTrainer(CHOIR, SMALL, 0).weights()


def test_what_is_found_is_written_and_heard(
    weights: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_file(weights, tmp_path / WEIGHTS)
    monkeypatch.setattr(calibration, "load_model", lambda folder: loaded(load_file(folder / WEIGHTS)))
    monkeypatch.setattr(calibration, "read_info", lambda folder: type("Info", (), {"dataset": "any"}))
    monkeypatch.setattr(calibration, "find_source", lambda name: type("Source", (), {"load": lambda: CHOIR}))
    monkeypatch.setattr(calibration, "BandSettings", lambda: BandSettings.from_dict(QUICK | {"rehearsals": 1}))
    monkeypatch.setattr(calibration, "SCALES", (0.5,))
    monkeypatch.setattr(calibration, "TAKES", 1)
    said: list[str] = []
    finish = calibration.calibrate(tmp_path, said.append)
    assert said[0].startswith("Noise scale 0.5")
    written = load_file(tmp_path / WEIGHTS)
    assert float(written[NOISE_SCALE]) == finish.noise_scale == 0.5
    assert all(torch.equal(written[name], value) for name, value in weights.items())
    assert without_finish(written).keys() == weights.keys()
    full, finished = loaded(weights), loaded(written)
    plain = full.finished(Finish(1.0, finish.repeats))
    assert played(finished, rehearsals=1).notes.tolist() == played(plain, creativity=0.5).notes.tolist()
    assert played(finished, rehearsals=4).notes.tolist() != played(finished, rehearsals=1).notes.tolist()


def test_too_little_music_to_judge_by_is_refused(
    weights: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Dataset("choir", PARTS, CHOIR.pieces[:6])
    monkeypatch.setattr(calibration, "load_model", lambda folder: loaded(weights))
    monkeypatch.setattr(calibration, "read_info", lambda folder: type("Info", (), {"dataset": "any"}))
    monkeypatch.setattr(calibration, "find_source", lambda name: type("Source", (), {"load": lambda: few}))
    with pytest.raises(BadInput, match="add more music"):
        calibration.calibrate(tmp_path)


def test_each_take_is_around_the_melody_of_the_piece_it_is_judged_beside(
    weights: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "BandSettings", lambda: BandSettings.from_dict(QUICK))
    pieces = tuple(Piece(str(k), "valid", hymn(k, bars)) for k, bars in enumerate((6, 2, 5, 3, 7, 4)))
    exam = calibration.Exam.of(Dataset("choir", PARTS, pieces), 0)
    for take, real in zip(exam.sit(loaded(weights)).takes, exam.real, strict=True):
        assert np.array_equal(take.top_lines([0]).pitch, real.top_lines([0]).pitch)


def test_the_largest_of_the_best_scales_suits() -> None:
    assert calibration.suitable({0.1: 0.798, 0.3: 0.803, 1.0: 0.85}) == 0.3


def test_leaning_towards_repeats_makes_more_of_them(weights: dict[str, torch.Tensor]) -> None:
    band = loaded(weights)
    odds = []
    for lean in (-2.0, 0.0, 2.0):
        repeats = torch.tensor([0.0, lean, lean, lean])
        take = played(band.finished(Finish(repeats=repeats)))
        odds.append(calibration.repeat_odds([draw(take, band.lines)], band.lines)[1:].sum())
    assert odds[0] < odds[1] < odds[2]


def test_repeats_are_counted_where_a_pitch_goes_on() -> None:
    melody, bass = [(0, 0, 48, 72)], [(1, 0, 12, 60), (1, 12, 12, 60), (1, 24, 12, 60), (1, 36, 12, 62)]
    roll = Pianoroll(np.array(melody + bass, np.int32), 2, 48, 48, 0)
    lines = find_lines([roll], ("Melody", "Bass"))
    found = calibration.repeat_odds([draw(roll, lines)], lines)
    goes_on = {"melody": 47, "bass": 46}  # steps whose pitch is that of the step before
    wanted = [0.5 / (goes_on["melody"] + 0.5), 2.5 / (goes_on["bass"] - 2 + 0.5)]
    assert found.tolist() == pytest.approx(np.log(wanted), abs=1e-5)
