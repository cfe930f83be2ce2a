"""MuseGAN learns and plays: any number of bars without a seam, with or without a melody, in each mode and form."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.choosing import Chooser
from composer.algorithms.musegan.lines import draw_lines, encode, find_lines, pack
from composer.algorithms.musegan.noises import MODES, NOISE_SCALE, SUITABLE, draw_noise
from composer.algorithms.musegan.training import MuseGANSettings, MuseGANTrainer
from composer.algorithms.musegan.windows import SPAN, tile
from composer.data.dataset import Dataset, Piece
from composer.errors import BadInput
from composer.music.measures import parallel_moves
from composer.music.pianoroll import DRUMS, LENGTH, PITCH, TRACK, Pianoroll, pianoroll_from_voices, pitched_lines
from composer.music.voices import Voices
from tests.made_up import PARTS, hymn

NAMES = ("Melody", "Piano", DRUMS)


def band_piece(seed: int, bars: int = 8) -> Pianoroll:
    """A made-up tune with its two middle voices as chords and a drum on every quarter."""
    tune = pianoroll_from_voices(hymn(seed, bars).select([0, 1, 2]))
    notes = tune.notes.copy()
    notes[:, TRACK] = np.minimum(notes[:, TRACK], 1)
    beats = np.arange(0, tune.steps, 12)
    drums = np.stack([np.full_like(beats, 2), beats, np.ones_like(beats), np.where(beats % 24, 38, 36)], 1)
    return Pianoroll(np.concatenate([notes, drums]), 3, tune.steps)


@cache
def dataset() -> Dataset:
    splits = ["train"] * 6 + ["valid"] * 2 + ["test"] * 2
    return Dataset("bands", NAMES, tuple(Piece(f"{i}", split, band_piece(i)) for i, split in enumerate(splits)))


@cache
def trained(mode: str = "hybrid", form: str = "drafts", epochs: int = 2) -> MuseGANTrainer:
    trainer = MuseGANTrainer(dataset(), MuseGANSettings(mode=mode, form=form, batch_size=4), 0)
    for _ in range(epochs):
        trainer.epoch()
    return trainer


def band(mode: str = "hybrid", form: str = "drafts") -> Band:
    return Band.from_weights(mode, MuseGANSettings().noise_size, 3, trained(mode, form).weights())


def melody(bars: int = 4) -> Voices:
    return hymn(50, bars).select([0])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", ["drafts", "textbook"])
def test_every_mode_and_form_learns_and_plays(mode: str, form: str) -> None:
    settings = BandSettings(takes=2, passes=1 if form == "textbook" else 4)
    takes = band(mode, form).generate(melody(), settings, 3)
    assert len(takes) == 2
    for take in takes:
        assert (take.tracks, take.steps) == (3, 192)
        own = take.notes[take.notes[:, TRACK] == 0]
        assert np.array_equal(own, pianoroll_from_voices(melody()).notes)
        assert set(take.notes[take.notes[:, TRACK] == 2][:, PITCH].tolist()) <= {36, 38}
    assert not np.array_equal(takes[0].notes, takes[1].notes)


def test_the_same_request_gives_the_same_notes_and_another_seed_others() -> None:
    first, again, other = (band().generate(melody(), BandSettings(passes=4), seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first.notes, again.notes) and not np.array_equal(first.notes, other.notes)


def test_the_noise_alone_changes_the_music() -> None:
    settings = BandSettings(takes=1, passes=4, creativity=2.0)
    one, other = (band().generate(melody(), settings, 1, noise_seed)[0] for noise_seed in (5, 6))
    assert not np.array_equal(one.notes, other.notes)


def test_a_creativity_of_1_is_as_much_noise_as_suits_the_model() -> None:
    weights = trained().weights()
    assert float(weights[NOISE_SCALE]) == pytest.approx(SUITABLE)
    assert NOISE_SCALE not in trained("hybrid", "textbook").weights(), "noise means nothing to it"
    half, whole = (
        Band.from_weights("hybrid", 8, 3, weights | {NOISE_SCALE: torch.tensor(scale)}).generate(
            melody(), BandSettings(takes=1, passes=4, creativity=creativity), 1
        )[0]
        for scale, creativity in ((0.5, 2.0), (1.0, 1.0))
    )
    assert np.array_equal(half.notes, whole.notes)


def test_surprise_makes_up_a_melody_as_long_as_the_persons() -> None:
    take = band().generate(melody(), BandSettings(takes=1, passes=4, follow=False), 1)[0]
    own = take.notes[take.notes[:, TRACK] == 0]
    assert len(own) and not np.array_equal(own, pianoroll_from_voices(melody()).notes)
    assert take.steps == 192


def test_repair_mends_the_part_writing_of_a_choir_and_leaves_a_band_alone() -> None:
    pieces = tuple(Piece(str(seed), "train", hymn(seed, 4)) for seed in range(4))
    trainer = MuseGANTrainer(Dataset("choir", PARTS, pieces), MuseGANSettings(batch_size=4), 0)
    trainer.epoch()
    choir = Band.from_weights("hybrid", MuseGANSettings().noise_size, 4, trainer.weights())
    before, after = (
        choir.generate(melody(), BandSettings(takes=6, passes=1, repair=repair), 1) for repair in (False, True)
    )
    assert sum(map(_parallel_moves, before)) > 0 and sum(map(_parallel_moves, after)) == 0
    own, again = (
        band().generate(melody(), BandSettings(takes=1, passes=4, repair=repair), 1)[0] for repair in (False, True)
    )
    assert np.array_equal(own.notes, again.notes)


def _parallel_moves(take: Pianoroll) -> int:
    return sum(len(steps) for *_, steps in parallel_moves(pitched_lines(take, PARTS)))


def test_drums_sound_as_long_as_they_are_written() -> None:
    take = band().generate(melody(), BandSettings(takes=1, passes=4), 1)[0]
    hits = take.notes[take.notes[:, TRACK] == 2]
    assert len(hits) and hits[:, LENGTH].max() == 3


def test_music_may_have_any_number_of_bars_without_a_seam() -> None:
    """What is added far behind changes nothing before it, in the draft network as in the noises."""
    long = melody(24)
    short = long.window(0, 16 * 16)
    settings = BandSettings(takes=1, passes=1)
    whole, part = (band().generate(tune, settings, 1)[0] for tune in (long, short))
    same_bars = 5 * 48
    assert np.array_equal(whole.window(0, same_bars).notes, part.window(0, same_bars).notes)


def test_the_first_bars_of_noise_do_not_depend_on_how_many_follow() -> None:
    few, many = (draw_noise(3, 8, bars, torch.Generator().manual_seed(4)) for bars in (2, 9))
    assert torch.equal(few, many[..., :2])
    fixed, changing = few[:, 0], few[:, 1]
    assert torch.equal(fixed[..., 0], fixed[..., 1]) and not torch.equal(changing[..., 0], changing[..., 1])


def test_the_mode_decides_whose_noise_is_heard() -> None:
    """Shared noise moves nothing in jamming, a track's own nothing of a composer's and in jamming only its own."""

    def moved(mode: str, group: int) -> list[bool]:
        network, lines = Chooser(trained(mode).generator.eval(), trained(mode).grid), trained(mode).lines
        cells = encode([band_piece(1, 4)], lines)
        nothing = torch.zeros(1, len(lines.table), cells.category.shape[2], dtype=torch.bool)
        noise = torch.zeros(1, 4, 2, 8, cells.bars)
        other = noise.clone()
        other[:, group] = 1.0
        with torch.inference_mode():
            before, after = (network(cells, nothing, z)[0] for z in (noise, other))
        return [not torch.equal(before[:, lines.of(t)], after[:, lines.of(t)]) for t in range(3)]

    assert moved("hybrid", 0) == [True] * 3 and moved("hybrid", 2) == [False, True, False]
    assert moved("jamming", 0) == [False] * 3 and moved("jamming", 1) == [True, False, False]
    assert moved("composer", 0) == [True] * 3 and moved("composer", 1) == [False] * 3


def guessing_by_frequency(trainer: MuseGANTrainer) -> float:
    """Nats a cell that knowing only when each track sounds, and how often each line then has each category, would cost.

    When the tracks sound is told, so the silence of a track costs nothing. Each track counts as often as it sounds.
    """
    cells = np.concatenate([category for category, *_ in trainer.pieces], axis=1)
    costs, counts = [], []
    for track in range(trainer.lines.tracks):
        lines = cells[trainer.lines.of(track)]
        heard = lines[:, (lines > 0).any(axis=0)]
        for line in heard:
            share = np.unique(line, return_counts=True)[1] / len(line)
            costs.append(-(share * np.log(share)).sum())
            counts.append(len(line))
    return float(np.average(costs, weights=counts))


def test_learning_beats_guessing_by_frequency_by_a_quarter() -> None:
    trainer = MuseGANTrainer(dataset(), MuseGANSettings(batch_size=4), 1)
    losses = [trainer.epoch()["reconstruction"] for _ in range(60)]
    assert np.mean(losses[-10:]) < 0.75 * guessing_by_frequency(trainer) < losses[0]


@pytest.mark.parametrize(("bar", "pickup"), [(54, 51), (18, 6), (36, 35), (30, 7), (48, 1)])
def test_windows_of_any_meter_and_pickup_are_of_one_length(bar: int, pickup: int) -> None:
    roll = Pianoroll(band_piece(3, 20).notes, 3, 960, bar, pickup)
    lines = find_lines([roll], NAMES)
    for quarters in range(16):
        windows = tile((*draw_lines(roll, lines), roll), quarters)
        assert pack(windows, SPAN).category.shape[2] == SPAN


@pytest.mark.parametrize("scale", [-1.0, torch.nan, torch.inf, [1.0, 1.0], 1])
def test_a_noise_scale_that_is_none_is_refused(scale: object) -> None:
    with pytest.raises(BadInput, match="noise scale"):
        Band.from_weights("hybrid", 8, 3, trained().weights() | {NOISE_SCALE: torch.tensor(scale)})


@pytest.mark.parametrize("damage", ["lines", "network", "half"])
def test_foreign_weights_are_refused(damage: str) -> None:
    weights = dict(trained().weights())
    if damage == "lines":
        weights["lines"] = weights["lines"][:2]
    elif damage == "network":
        weights.pop("reader.entrance.weight")
    else:
        weights["reader.entrance.weight"] = weights["reader.entrance.weight"].half()
    with pytest.raises(BadInput):
        Band.from_weights("hybrid", 8, 3, weights)
