"""Lineups are drawn like those that were learned, keep what is given, and are what the band then plays."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer.algorithms.models import load_model, shipped_models
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.lines import encode, find_lines
from composer.algorithms.musegan.lineups import PHRASE, Lineups, given_lineup, lineup_of
from composer.algorithms.musegan.networks import Orchestra
from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, TRACK, Pianoroll, pianoroll_from_voices
from composer.music.roll_measures import empty_bars, sounding_bars
from tests.made_up import hymn

NAMES = ("Melody", "Piano", "Guitar", DRUMS)
BAR = 48


def song(seed: int, bars: int = 24, pickup: int = 0) -> Pianoroll:
    """A melody in every bar; in a phrase the piano plays or the guitar, never both, and drums half of the time."""
    random = np.random.default_rng(seed)
    phrases = -(-bars // PHRASE)
    piano, drums = (np.repeat(random.random(phrases) < share, PHRASE)[:bars] for share in (0.7, 0.5))
    rows = [
        (track, pickup + BAR * bar, 12, pitch)
        for track, pitch, plays in ((0, 72, piano | True), (1, 60, piano), (2, 55, ~piano), (3, 36, drums))
        for bar in np.flatnonzero(plays)
    ]
    return Pianoroll(np.array(rows, np.int32), len(NAMES), pickup + BAR * bars, BAR, pickup)


SONGS = [song(seed) for seed in range(60)]
LEARNED = Lineups.learned(SONGS)


def draw(given: torch.Tensor, seed: int = 0, lineups: Lineups = LEARNED, pickup: bool = False) -> torch.Tensor:
    uniform = torch.rand(len(given), given.shape[2], generator=torch.Generator().manual_seed(seed))
    return lineups.draw(given, torch.full((len(given),), pickup), uniform)


def anything(pieces: int, bars: int) -> torch.Tensor:
    return torch.zeros(pieces, len(NAMES), bars)


def test_tracks_rest_as_often_as_in_the_music_and_for_as_long() -> None:
    drawn = draw(anything(200, 24)) > 0
    real = torch.tensor(np.stack([sounding_bars(piece) for piece in SONGS]))
    assert drawn.float().mean((0, 2)).tolist() == pytest.approx(real.float().mean((0, 2)).tolist(), abs=0.06)
    changes = (drawn[..., 1:] != drawn[..., :-1]).float().mean((0, 1))
    inside = [bar for bar in range(23) if (bar + 1) % PHRASE]
    assert changes[PHRASE - 1 :: PHRASE].mean() > 0.15 > 5 * changes[inside].mean()


def test_players_that_exclude_each_other_go_on_doing_so() -> None:
    drawn = draw(anything(100, 24))
    assert (drawn[:, 1] == -drawn[:, 2]).float().mean() > 0.98


@given(seed=st.integers(0, 2**32), bars=st.integers(1, 12), data=st.data())
def test_what_is_given_stays_and_nothing_is_left_open(seed: int, bars: int, data: st.DataObject) -> None:
    """Also where it never was in the music that was learned."""
    signs = st.sampled_from([-1.0, 0.0, 1.0])
    count = len(NAMES) * bars
    known = torch.tensor(data.draw(st.lists(signs, min_size=count, max_size=count))).view(1, len(NAMES), bars)
    drawn = draw(known, seed)
    assert torch.equal(drawn[known != 0], known[known != 0])
    assert (drawn.abs() == 1).all()


def test_draws_are_those_of_the_chain_given_what_is_known() -> None:
    """The exact chances of all ways through four bars, the last of which is given, by adding up every way."""
    first, following = torch.tensor([[0.7, 0.3], [0.5, 0.5]]), torch.tensor([[0.8, 0.2], [0.4, 0.6]])
    chain = Lineups(torch.tensor([[1.0], [-1.0]]), first, following.expand(PHRASE, -1, -1))
    ways = {
        way: float(first[0, way[0]] * np.prod([following[a, b] for a, b in pairwise(way)]))
        for way in product((0, 1), (0, 1), (0, 1), (1,))
    }
    known = torch.zeros(8000, 1, 4)
    known[:, :, 3] = -1
    drawn = draw(known, lineups=chain)[:, 0]
    for way, chance in ways.items():
        share = (drawn == 1 - 2 * torch.tensor(way)).all(1).float().mean()
        assert float(share) == pytest.approx(chance / sum(ways.values()), abs=0.02)


def test_a_piece_is_drawn_alike_alone_beside_others_and_before_more_bars() -> None:
    known = anything(3, 12)
    known[1, 1, 5] = 1
    uniform = torch.rand(3, 12, generator=torch.Generator().manual_seed(3))
    together = LEARNED.draw(known, torch.tensor([False, True, False]), uniform)
    alone = LEARNED.draw(known[1:2], torch.tensor([True]), uniform[1:2])
    assert torch.equal(together[1:2], alone)
    assert torch.equal(LEARNED.draw(known[:1, :, :7], torch.tensor([False]), uniform[:1, :7]), together[:1, :, :7])


def test_a_pickup_and_the_phrases_after_it_are_known() -> None:
    """Before the first full bar, nobody but the melody plays."""
    pieces = [song(seed, pickup=12) for seed in range(60)]
    rolls = [Pianoroll(np.vstack([piece.notes, (0, 0, 12, 70)]), 4, piece.steps, BAR, 12) for piece in pieces]
    drawn = draw(anything(100, 25), lineups=Lineups.learned(rolls), pickup=True)
    assert (drawn[:, 1:, 0] == -1).float().mean() > 0.95
    changes = (drawn[..., 2:] != drawn[..., 1:-1]).float().mean((0, 1))
    assert changes[PHRASE - 1 :: PHRASE].mean() > 5 * changes[: PHRASE - 1].mean()


def test_what_stays_of_a_take_is_given_and_the_rest_is_open() -> None:
    piece = song(1, 8)
    lines = find_lines([piece], NAMES)
    cells = encode([piece, song(2, 4)], lines)
    free = torch.zeros_like(cells.attack)
    free[:, lines.of(1), 96:192] = True
    known = given_lineup(cells, free, lines)
    real = torch.from_numpy(sounding_bars(piece)).float() * 2 - 1
    real[1, 2:4] = 0
    assert torch.equal(known[0], real)
    assert (known[1, :, 4:] == 0).all(), "bars after the end say nothing"
    assert torch.equal(lineup_of(cells, lines)[0] > 0, torch.from_numpy(sounding_bars(piece)))


def test_a_band_rests_where_its_lineup_does() -> None:
    lines = find_lines(SONGS, NAMES)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        band = Band(Orchestra(lines, 4, "hybrid", 64), lines, 4, LEARNED)
    takes = band.generate(hymn(3, 8).select([0]), BandSettings(takes=6, passes=2), 1)
    own = pianoroll_from_voices(hymn(3, 8).select([0])).notes
    sounding = np.stack([sounding_bars(take) for take in takes])
    assert all(np.array_equal(take.notes[take.notes[:, TRACK] == 0], own) for take in takes)
    assert not (sounding[:, 1] & sounding[:, 2]).any()
    assert sounding[:, 1].any() and sounding[:, 2].any()
    assert len({take.tobytes() for take in sounding}) > 1, "another seed, another lineup"


@pytest.mark.parametrize("damage", ["shape", "number", "share", "kind", "zero", "missing", "other"])
def test_foreign_lineups_are_refused(damage: str) -> None:
    tensors = LEARNED.tensors()
    if damage == "shape":
        tensors["lineups.players"] = tensors["lineups.players"][:, :2]
    elif damage == "number":
        tensors["lineups.players"] = torch.tensor(1.0)
    elif damage == "share":
        tensors["lineups.players"] = tensors["lineups.players"] / 2
    elif damage == "kind":
        tensors["lineups.first"] = tensors["lineups.first"].half()
    elif damage == "zero":
        tensors["lineups.following"] = torch.zeros_like(tensors["lineups.following"])
    elif damage == "missing":
        del tensors["lineups.first"]
    else:
        tensors["lineups.more"] = torch.ones(1)
    with pytest.raises(BadInput, match="lineups"):
        Lineups.from_weights(tensors, len(NAMES))
    assert Lineups.from_weights({}, len(NAMES)) is None


@pytest.mark.parametrize("resting", [None, 2, 5])
def test_the_shipped_band_plays_where_it_is_told_to(resting: int | None) -> None:
    shipped = load_model(shipped_models()["musegan-band"])
    assert isinstance(shipped, Band)
    players = torch.ones(1, shipped.lines.tracks)
    if resting is not None:
        players[0, resting] = -1
    always = Lineups(players, torch.ones(2, 1), torch.ones(PHRASE, 1, 1))
    band = Band(shipped.network, shipped.lines, shipped.noise_size, always, noise_scale=shipped.noise_scale)
    [take] = band.generate(hymn(5, 16).select([0]), BandSettings(takes=1, rehearsals=1), 1)
    silent = empty_bars(take)
    assert all(silent[track] == 1 if track == resting else silent[track] < 0.2 for track in range(take.tracks))
