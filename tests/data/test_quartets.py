"""String quartets: bars that are mended, movements that are cut, terms that are checked."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from composer.data.quartets import QUARTETS, Bar, Stretch, aligned, cut, join_bars, states_condition, written_bars
from composer.music.pianoroll import LENGTH, ONSET, PITCH, TRACK
from composer.music.score import make_notes


def bars(*rows: tuple[float, float]) -> list[Bar]:
    """Bars of (length, full length) one after another."""
    onsets = np.cumsum([0, *[length for length, _ in rows]])
    return [Bar(float(onset), length, full) for onset, (length, full) in zip(onsets, rows, strict=False)]


def test_a_movement_is_cut_where_its_meter_changes() -> None:
    found = join_bars(bars((1, 4), (4, 4), (4, 4), (3, 3), (3, 3)))
    assert found == [Stretch(0, 9, 4, 1), Stretch(9, 15, 3, 0)]


def test_two_halves_of_a_bar_at_a_repeat_are_one_bar() -> None:
    assert join_bars(bars((3, 3), (2.5, 3), (0.5, 3), (3, 3))) == [Stretch(0, 9, 3, 0)]


def test_a_bar_that_is_too_long_ends_a_stretch() -> None:
    assert join_bars(bars((4, 4), (5, 4), (4, 4))) == [Stretch(0, 4, 4, 0), Stretch(9, 13, 4, 0)]


def test_a_part_with_a_bar_typed_too_long_is_brought_back_into_time() -> None:
    good, bad = bars((4, 4), (4, 4), (4, 4)), bars((4, 4), (4.25, 4), (4, 4))
    notes = make_notes([0, 4, 8], 1, 60)
    late = make_notes([0, 4, 8.25], 1, 48)
    agreed, moved = aligned([good, good, bad], [notes, notes, late])
    assert agreed == good
    assert moved[2]["onset"].tolist() == [0, 4, 8] and moved[0]["onset"].tolist() == [0, 4, 8]


def test_pieces_have_their_pickup_their_bars_and_every_note() -> None:
    lines = [make_notes(np.arange(0, 1601, 2), 2, pitch) for pitch in (72, 67, 60, 48)]
    rolls = cut(lines, [Stretch(0, 1201, 4, 1), Stretch(1201, 1204, 3, 0), Stretch(1204, 1600, 4, 0)])
    assert [round(roll.steps / 48) for roll in rolls] == [100, 100, 100, 99]
    assert [roll.pickup_steps for roll in rolls] == [12, 0, 0, 0]
    assert all(np.bincount(roll.notes[:, TRACK]).tolist() == [len(roll.notes) // 4] * 4 for roll in rolls)
    assert rolls[0].notes[0].tolist() == [0, 0, 24, 72]
    assert (
        rolls[1].notes[0, ONSET] == 12 and rolls[0].notes[:, LENGTH].max() == 24
    )  # 401 quarters in, a note begins late


def test_written_bars_know_divisions_meters_and_second_voices() -> None:
    part = ElementTree.fromstring(
        "<part><measure><attributes><divisions>2</divisions><time><beats>3</beats><beat-type>4</beat-type></time>"
        "</attributes><note><duration>2</duration></note></measure>"
        "<measure><note><duration>6</duration></note><note><chord/><duration>6</duration></note>"
        "<backup><duration>6</duration></backup><note><duration>4</duration></note></measure><measure/></part>"
    )
    assert written_bars(part) == [Bar(0, 1, 3), Bar(1, 3, 3), Bar(4, 3, 3)]


@pytest.mark.parametrize(
    ("words", "found"),
    [("Copyright 1999 by A. Person", True), ("© someone", True), ("for non-commercial use", True), ("Allegro", False)],
)
def test_a_file_with_a_condition_is_noticed(words: str, found: bool) -> None:
    document = ElementTree.fromstring(f"<score><identification><rights>{words}</rights></identification></score>")
    assert states_condition(document) is found


@pytest.mark.slow
def test_the_quartets_are_built_from_the_corpus() -> None:
    told: list[str] = []
    dataset = QUARTETS.load(lambda share, words: told.append(words))
    assert told
    assert len(dataset.pieces) > 140 and len({piece.name for piece in dataset.pieces}) == len(dataset.pieces)
    works = {split: {"/".join(p.name.split("/")[:2]) for p in dataset.pieces if p.split == split} for split in SPLITS}
    assert all(works.values()) and not works["train"] & (works["valid"] | works["test"])
    for roll in dataset.rolls("train"):
        assert roll.tracks == 4 and 4 <= (roll.steps - roll.pickup_steps) / roll.steps_per_bar <= 128
    notes = np.concatenate([roll.notes for roll in dataset.rolls("train")])
    middle = [np.median(notes[notes[:, TRACK] == track, PITCH]) for track in range(4)]
    assert middle == sorted(middle, reverse=True)


SPLITS = ("train", "valid", "test")
