"""Grooves are drawn as often as they were learned, fit what is given, and are what the band then plays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from composer.algorithms.models import load_model, shipped_models
from composer.algorithms.musegan.band import Band, BandSettings
from composer.algorithms.musegan.grooves import MOST_BARS, Grooves
from composer.algorithms.musegan.lines import POSITION, REST, STRIKE, UNTOLD, draw_lines, encode, find_lines
from composer.algorithms.musegan.lineups import lineup_of, told
from composer.algorithms.musegan.networks import Orchestra
from composer.algorithms.musegan.rhythms import rhythm_of
from composer.algorithms.musegan.windows import draw
from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, FINE_STEPS, ONSET, PITCH, TRACK, Pianoroll
from composer.music.region import Region
from tests.made_up import hymn

NAMES = ("Melody", "Piano", DRUMS)
STRAIGHT, SWUNG = 6, 8
BARS = 8


def song(off_beat: int, melody_off: int = 0, pickup: int = 0, beats: int = 4, rest: int = -1) -> Pianoroll:
    """Piano and drums on each beat and one step after it, a melody of quarters; in bar `rest` the piano does."""
    bar, steps = np.divmod(np.arange(beats * BARS), beats)
    rows = [
        (track, pickup + FINE_STEPS * beat + step, length, pitch)
        for track, pitch, offsets, length in (
            (0, 72, (melody_off,), 3),
            (1, 60, (0, off_beat), 4),
            (2, 36, (0, off_beat), 3),
        )
        for beat in range(len(steps))
        if track != 1 or bar[beat] != rest
        for step in offsets
    ]
    length = beats * FINE_STEPS
    return Pianoroll(np.array(rows, np.int32), 3, pickup + BARS * length, length, pickup)


SONGS = [song(STRAIGHT)] * 30 + [song(SWUNG)] * 10 + [song(STRAIGHT, melody_off=3)] * 5 + [song(SWUNG, beats=3)] * 5
LINES = find_lines(SONGS, NAMES)
LEARNED = Grooves.learned([draw(piece, LINES) for piece in SONGS], LINES)


def choose(pieces: int, meter: int = 48, **given: list[int]) -> torch.Tensor:
    """Grooves (pieces, 3) where a Melody, Piano or Drums are given whole that use these steps of a quarter."""
    steps = torch.zeros(pieces, 3, FINE_STEPS, dtype=torch.bool)
    whole = torch.zeros(pieces, 3, dtype=torch.bool)
    for name, used in given.items():
        steps[:, NAMES.index(name), used] = whole[:, NAMES.index(name)] = True
    uniform = torch.rand(pieces, len(SONGS), generator=torch.Generator().manual_seed(0))
    return LEARNED.draw(steps, whole, torch.full((pieces,), meter), uniform, torch.zeros(1))


def test_grooves_are_drawn_as_often_as_they_were_learned_and_by_all_tracks_alike() -> None:
    drawn = choose(3000)
    assert (drawn == drawn[:, :1]).all() and int(drawn.max()) < 45, "those in 3/4 fit no other meter"
    assert float(((drawn >= 30) & (drawn < 40)).float().mean()) == pytest.approx(10 / 45, abs=0.03)


def test_what_is_given_decides() -> None:
    swung = choose(200, Drums=[0, SWUNG])
    assert ((swung >= 30) & (swung < 40)).all()
    late = choose(200, Melody=[3, 6])
    assert ((late >= 40) & (late < 45)).all()


def test_a_meter_that_was_never_learned_has_no_groove() -> None:
    assert (choose(5, meter=36) >= 45).all() and (choose(5, meter=60) == -1).all()
    cells = encode([song(STRAIGHT)], LINES)
    assert (LEARNED.rhythm(torch.full((1, 3), -1), cells, [song(STRAIGHT)]) == UNTOLD).all()


def test_a_track_that_never_plays_in_a_groove_takes_another() -> None:
    alone = song(SWUNG)
    alone = Pianoroll(alone.notes[alone.notes[:, TRACK] != 1], 3, alone.steps, alone.steps_per_bar)
    grooves = Grooves.learned([draw(piece, LINES) for piece in (alone, SONGS[0])], LINES)
    nothing = torch.zeros(50, 3, FINE_STEPS, dtype=torch.bool)
    uniform = torch.rand(50, 2, generator=torch.Generator().manual_seed(0))
    drawn = grooves.draw(nothing, nothing[..., 0], torch.full((50,), 48), uniform, torch.zeros(1))
    assert (drawn[:, 1] == 1).all() and set(drawn[:, 2].tolist()) == {0, 1}


@pytest.mark.parametrize("pickup", [0, 6, 24])
def test_the_rhythm_of_a_piece_in_its_own_groove_is_its_own(pickup: int) -> None:
    piece = song(STRAIGHT, pickup=pickup)
    grooves = Grooves.learned([draw(piece, LINES)], LINES)
    cells = encode([piece], LINES)
    found = grooves.rhythm(torch.zeros(1, 3, dtype=torch.int64), cells, [piece])
    plays = told(cells, lineup_of(cells, LINES), LINES).lineup.repeat_interleave(POSITION, 2) > 0
    own = rhythm_of(cells.category, cells.attack, LINES)
    assert torch.equal(torch.where(plays, found, REST), own) and (own > REST).any()


def test_a_bar_is_taken_from_its_place_or_where_the_track_rests_from_the_nearest_like_it() -> None:
    grooves = Grooves.learned([draw(song(STRAIGHT, rest=2), LINES)], LINES)
    piece = song(SWUNG)
    found = grooves.rhythm(torch.zeros(1, 3, dtype=torch.int64), encode([piece], LINES), [piece])
    own = song(STRAIGHT)
    cells = encode([own], LINES)
    assert torch.equal(found, rhythm_of(cells.category, cells.attack, LINES))


@pytest.mark.parametrize("pickup", [0, 6])
def test_the_groove_of_a_tune_alike_is_preferred(pickup: int) -> None:
    tunes = [song(STRAIGHT, pickup=pickup) for _ in range(12)]
    for semitones, tune in enumerate(tunes):
        tune.notes[tune.notes[:, TRACK] == 0, PITCH] += np.int32(semitones)
    grooves = Grooves.learned([(*draw_lines(tune, LINES), tune) for tune in tunes], LINES)
    for semitones, tune in enumerate(tunes):
        cells = encode([tune], LINES)
        rhythm = rhythm_of(cells.category, cells.attack, LINES)
        stays = torch.zeros_like(rhythm[:, :3]) > 0
        assert len(grooves.unlike(rhythm, stays, cells, [tune]).unique()) == 1, "no tune is given"
        stays[:, 0] = True
        unlike = grooves.unlike(rhythm, stays, cells, [tune])[0, :, 0]
        assert unlike.argmin() == semitones and unlike[semitones] == pytest.approx(0, abs=1e-4)


def test_of_a_long_piece_the_first_bars_and_the_last_are_kept() -> None:
    short = song(STRAIGHT)
    long = np.concatenate([_later(short, times) for times in range(10)])
    ending = np.array([(1, 80 * 48, 48, 60)], np.int32)
    piece = Pianoroll(np.concatenate([long, ending]).astype(np.int32), 3, 81 * 48, 48)
    grooves = Grooves.learned([draw(piece, LINES)], LINES)
    assert int(grooves.layout[0, 2]) == MOST_BARS
    found = grooves.rhythm(torch.zeros(1, 3, dtype=torch.int64), encode([piece], LINES), [piece])[0, 1]
    assert (found[80 * 48 :] == STRIKE).sum() == 1 and (found[79 * 48 : 80 * 48] == STRIKE).sum() == 8


def _later(piece: Pianoroll, times: int) -> NDArray[np.int32]:
    return piece.notes + np.array([0, times * piece.steps, 0, 0], np.int32)


def _band(seed: int = 0) -> Band:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Band(Orchestra(LINES, 4, "hybrid", 64), LINES, 4, grooves=LEARNED)


def _off_beats(take: Pianoroll) -> set[int]:
    notes = take.notes[take.notes[:, TRACK] > 0]
    return {STRAIGHT, SWUNG} & set((notes[:, ONSET] % FINE_STEPS).tolist())


def test_a_band_keeps_to_one_groove_in_a_take_and_each_take_has_its_own() -> None:
    settings, tune = BandSettings(takes=6, passes=4), hymn(3, BARS).select([0])
    takes = [take for seed in range(3) for take in _band().generate(tune, settings, seed)]
    assert all(len(_off_beats(take)) == 1 for take in takes)
    assert {off_beat for take in takes for off_beat in _off_beats(take)} == {STRAIGHT, SWUNG}


def test_every_stroke_of_the_groove_is_played_and_no_other() -> None:
    [take] = _band().generate(hymn(3, BARS).select([0]), BandSettings(takes=1, passes=4), 1)
    piano = take.select([1]).notes
    assert set((piano[:, ONSET] % FINE_STEPS).tolist()) in ({0, STRAIGHT}, {0, SWUNG})
    assert len(np.unique(piano[:, ONSET])) == 8 * BARS, "all strokes, and no other"


@pytest.mark.parametrize("seed", range(6))
def test_what_is_written_anew_keeps_to_the_groove_of_what_stays(seed: int) -> None:
    band, settings = _band(), BandSettings(takes=1, passes=4)
    [take] = band.generate(hymn(3, BARS).select([0]), settings, seed)
    again = band.rewrite(take, Region((1,), 96, 192), settings, 7)
    assert np.array_equal(*(np.unique(music.select([1]).notes[:, ONSET]) for music in (take, again)))
    other = band.rewrite(take, Region((1,), 0, take.steps), settings, 7)
    assert _off_beats(other) == _off_beats(take), "that of the drums"


def test_a_bar_that_is_written_anew_may_get_another_rhythm() -> None:
    piece = song(STRAIGHT)
    gone = (piece.notes[:, TRACK] == 1) & (piece.notes[:, ONSET] >= 120) & (piece.notes[:, ONSET] < 144)
    pieces = [piece, replace(piece, notes=piece.notes[~gone])]
    grooves = Grooves.learned([draw(other, LINES) for other in pieces], LINES)
    band = Band(_band().network, LINES, 4, grooves=grooves)
    written = [band.rewrite(piece, Region((1,), 96, 144), BandSettings(passes=2), seed) for seed in range(8)]
    assert {len(np.unique(take.select([1]).notes[:, ONSET])) for take in written} == {8 * BARS - 4, 8 * BARS}


def test_the_shipped_band_swings_where_its_grooves_do() -> None:
    shipped = load_model(shipped_models()["musegan-band"])
    assert isinstance(shipped, Band) and shipped.grooves is not None
    tune = hymn(5, 8).select([0])
    for swung in (False, True):
        learned = shipped.grooves
        like = (learned.steps[:, 1:, SWUNG].any(1) == swung) & (learned.layout[:, 0] == 4 * FINE_STEPS)
        assert like.any()
        grooves = Grooves(
            shipped.lines,
            learned.bars,
            learned.rows[like],
            learned.steps[like],
            learned.tunes[like],
            learned.layout[like],
        )
        band = Band(shipped.network, shipped.lines, shipped.noise_size, shipped.lineups, grooves, shipped.noise_scale)
        begins = [
            take.notes[take.notes[:, TRACK] > 0][:, ONSET] % FINE_STEPS
            for seed in range(2)
            for take in band.generate(tune, BandSettings(takes=2, rehearsals=1), seed)
        ]
        assert bool((np.concatenate(begins) == SWUNG).any()) == swung


@pytest.mark.parametrize(
    "damage", ["tracks", "number", "kind", "row", "negative", "bar", "meter", "missing", "other", "empty"]
)
def test_foreign_grooves_are_refused(damage: str) -> None:
    tensors = {name: value.clone() for name, value in LEARNED.tensors().items()}
    if damage == "tracks":
        tensors["grooves.steps"] = tensors["grooves.steps"][:, :2]
    elif damage == "number":
        tensors["grooves.layout"] = tensors["grooves.layout"][:1]
    elif damage == "kind":
        tensors["grooves.rows"] = tensors["grooves.rows"].long()
    elif damage == "row":
        tensors["grooves.rows"][0] = len(LEARNED.bars)
    elif damage == "negative":
        tensors["grooves.rows"][0] = -1
    elif damage == "bar":
        tensors["grooves.bars"][0] = 5
    elif damage == "meter":
        tensors["grooves.layout"][:, 0] = 0
    elif damage == "missing":
        del tensors["grooves.steps"]
    elif damage == "empty":
        tensors |= {
            name: tensors[name][:0] for name in ("grooves.rows", "grooves.steps", "grooves.tunes", "grooves.layout")
        }
    else:
        tensors["grooves.more"] = torch.ones(1)
    with pytest.raises(BadInput, match="grooves"):
        Grooves.from_weights(tensors, LINES)
    assert Grooves.from_weights({}, LINES) is None
    assert (LEARNED.bars[0] == REST).all()
