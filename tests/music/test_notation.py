"""The language of typed tunes: what each word means, and how mistakes are named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.notation import parse_tune
from composer.music.score import Key, Meter, Tempo


def pitches(text: str) -> list[int]:
    return parse_tune(text).tracks[0].notes["pitch"].tolist()


def durations(text: str) -> list[float]:
    return parse_tune(text).tracks[0].notes["duration"].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C D E F", [60, 62, 64, 65]),
        ("G", [55]),
        ("C5 B A", [72, 71, 69]),
        ("C4 G F#", [60, 55, 54]),
        ("C4 G' G,", [60, 67, 55]),
        ("Bb3 Cb4 b♭4 C♯ F♭", [58, 59, 70, 73, 76]),
        ("c e g", [60, 64, 67]),
        ("b4 bb4", [71, 70]),
    ],
)
def test_letters_become_pitches(text: str, expected: list[int]) -> None:
    assert pitches(text) == expected


def test_lengths_rests_and_holds() -> None:
    notes = parse_tune("C:2 D:1/2 - E:.5 _:1.5 F:1/3").tracks[0].notes
    assert notes["onset"].tolist() == [0, 2, 3.5, 5.5]
    assert notes["duration"].tolist() == pytest.approx([2, 0.5, 2, 1 / 3])


def test_a_hold_ties_over_a_bar_line() -> None:
    assert durations("C:4 | D:2 E:2 | _ F:3") == [4, 2, 3, 3]


def test_headers_say_what_the_tune_is() -> None:
    score = parse_tune("title: Hello\nMeter: 6/8\ntempo: 66\nkey: F# minor\n\nC:3/2 D:3/2 | E:3")
    assert (score.title, score.meters, score.tempos) == ("Hello", (Meter(0.0, 6, 8),), (Tempo(0.0, 66.0),))
    assert score.key == Key(6, "minor")


def test_arguments_take_the_place_of_headers() -> None:
    score = parse_tune("meter: 4/4\ntempo: 66\nC D E", meter="3/4", tempo=90, pickup=1, key="D major", title="x")
    assert (score.meters, score.tempos[0].bpm, score.pickup) == ((Meter(0.0, 3, 4),), 90, 1)
    assert (score.key, score.title) == (Key(2), "x")


def test_an_early_first_bar_line_makes_a_pickup() -> None:
    score = parse_tune("G | C D E F | G:4 |")
    assert (score.pickup, score.bar_lines().tolist()) == (1, [1, 5, 9])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no notes"),
        ("- -", "no notes"),
        ("C D H E", r"'H' \(word 3\)"),
        ("C D E5x", r"'E5x' \(word 3\)"),
        ("C:0", r"'C:0' \(word 1\)"),
        ("C:1/0", r"'C:1/0' \(word 1\)"),
        ("C:99999", "word 1"),
        ("C D | E F G | A", "Bar 1 ends after 3 beats and needs 4"),
        ("C:4 | E:2.5 |", "Bar 2 ends after 2 1/2 beats"),
        ("_ C", "no note before"),
        ("C - _", "no note before"),
        ("C0,", "too high or too low"),
        ("meter: 4/5\nC", "meter '4/5'"),
        ("meter: 0/4\nC", "meter '0/4'"),
        ("tempo: fast\nC", "tempo 'fast'"),
        ("tempo: 9000\nC", "tempo '9000'"),
        ("key: H\nC", "key 'H'"),
        ("pickup: 4\nC", "pickup"),
        ("C " * 11_000, "too long"),
        ("C:64 " * 100, "too long"),
    ],
)
def test_mistakes_are_named(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_tune(text)


@settings(max_examples=200, deadline=None)
@given(st.text("ABCDEFGabcdefg#b0123456789:/.'-_,| \n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        said = "" if parse_tune(text).note_count else "no notes"
    except BadInput as refusal:
        said = f"refused: {refusal}"
    assert said == "" or (said.startswith("refused: ") and "\n" not in said)
