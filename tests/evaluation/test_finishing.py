"""The listener of a MuseGAN is taught on its dataset and written into the model, which then rehearses for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from composer.algorithms.cells import common_key_shift
from composer.algorithms.models import WEIGHTS
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.beside import without
from composer.algorithms.musegan.lines import POSITION, UNIT, Lines, encode
from composer.algorithms.musegan.listener import HEARD, LISTENER, Listener
from composer.algorithms.musegan.training import MuseGANSettings, MuseGANTrainer
from composer.data.dataset import Dataset, Piece
from composer.evaluation import finishing
from composer.music.pianoroll import Pianoroll
from tests.made_up import PARTS, hymn

SMALL = MuseGANSettings(batch_size=4)
QUICK = {"takes": 1, "passes": 2}


def choir(*bars: int) -> Dataset:
    return Dataset("choir", PARTS, tuple(Piece(str(k), "train", hymn(k, count)) for k, count in enumerate(bars)))


def loaded(weights: dict[str, torch.Tensor]) -> Band:
    return Band.from_weights(SMALL.mode, SMALL.noise_size, len(PARTS), weights)


def played(band: Band, **settings: object) -> Pianoroll:
    return band.generate(hymn(9, 4).select([0]), BandSettings.from_dict(QUICK | settings), 1)[0]


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    return MuseGANTrainer(choir(4, 4), SMALL, 0).weights()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "BandSettings", lambda: BandSettings.from_dict(QUICK))


def test_a_listener_is_written_and_heard(
    weights: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_file(weights, tmp_path / WEIGHTS)
    monkeypatch.setattr(finishing, "load_model", lambda folder: loaded(load_file(folder / WEIGHTS)))
    monkeypatch.setattr(finishing, "read_info", lambda folder: type("Info", (), {"dataset": "any"}))
    monkeypatch.setattr(finishing, "find_source", lambda name: type("Source", (), {"load": lambda: choir(4, 4)}))
    said: list[str] = []
    finishing.finish(tmp_path, said.append)
    assert said[0] == "Playing 2 pieces for the listener, take 1 of 3"
    written = load_file(tmp_path / WEIGHTS)
    assert all(torch.equal(written[name], value) for name, value in weights.items())
    assert without(written, LISTENER).keys() == weights.keys() < written.keys()
    plain, finished = loaded(weights), loaded(written)
    assert played(finished, rehearsals=1).notes.tolist() == played(plain).notes.tolist()
    assert played(finished, rehearsals=4).notes.tolist() != played(plain).notes.tolist()
    finishing.finish(tmp_path, said.append)
    again = load_file(tmp_path / WEIGHTS)
    assert all(torch.equal(again[name], value) for name, value in written.items()), "a listener hears none before it"


def test_more_rehearsals_sound_no_less_real_to_the_listener(weights: dict[str, torch.Tensor]) -> None:
    torch.manual_seed(0)
    band = loaded(weights)
    listener = Listener(band.lines).eval()

    def heard(choir: Band, rehearsals: int) -> float:
        return score(listener, band.lines, played(choir, rehearsals=rehearsals, passes=6, repair=False))

    first = heard(band, 1)
    scores = [heard(band.heard_by(listener), rehearsals) for rehearsals in (1, 2, 3, 8)]
    assert scores[0] == first == min(scores) < max(scores)


def score(listener: Listener, lines: Lines, take: Pianoroll) -> float:
    """What the listener makes of every two bars that follow each other, in the key in which the band writes."""
    cells = encode([take.transposed(common_key_shift(take.top_lines([0])), [])], lines)
    pairs = [slice(bar * UNIT, bar * UNIT + HEARD) for bar in range(cells.bars - 1)]
    places = [slice(pair.start // POSITION, pair.stop // POSITION) for pair in pairs]
    with torch.inference_mode():
        return sum(
            float(listener(cells.category[..., pair], cells.attack[..., pair], cells.place[..., place]))
            for pair, place in zip(pairs, places, strict=True)
        )


def test_each_take_is_around_the_melody_of_the_piece_it_is_judged_beside(
    weights: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = choir(6, 2, 5, 3, 7, 4)
    heard: list[list[np.ndarray]] = []
    monkeypatch.setattr(
        finishing, "teach_listener", lambda lines, real, made, *rest, **more: heard.extend([real, *made])
    )
    finishing.find_listener(loaded(weights), pieces, takes=2, say=str)
    real, *takes = ([category[0] for category, *_ in drawn] for drawn in heard)
    assert len(takes) == 2
    for take in takes:
        assert all(np.array_equal(made, own) for made, own in zip(take, real, strict=True))
