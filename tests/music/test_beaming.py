"""Beams: short notes of one beat are joined, rests and beats part them, sixteenths have a second beam."""

from __future__ import annotations

import pytest

from composer.music.beaming import beams
from composer.music.engraving import engrave, score_bars
from composer.music.musicxml import read_musicxml
from composer.music.musicxml_writer import write_musicxml
from composer.music.notation import parse_tune

EIGHTHS, SIXTEENTHS = "C4:1/2 D:1/2", "C4:1/4 D:1/4 E:1/4 F:1/4"
SHORT = {"begin": "(", "continue": "-", "end": ")", "forward hook": ">", "backward hook": "<"}


def shown(tune: str) -> str:
    """The beams of a tune's first bar, a word a note: "(" begins, "-" goes on, ")" ends, "." is none."""
    score = parse_tune(tune)
    bars = score_bars(score)
    symbols = engrave(score.tracks[0].notes, bars)[0]
    return " ".join("".join(SHORT[beam] for beam in joined) or "." for joined in beams(symbols, bars[0]))


@pytest.mark.parametrize(
    ("tune", "expected"),
    [
        (f"{EIGHTHS} G {EIGHTHS} G", "( ) . ( ) ."),
        (f"{SIXTEENTHS} C4:3", "(( -- -- )) ."),
        ("C4:1/2 D:1/4 E:1/4 C4:3", "( -( )) ."),
        ("C4:3/4 D:1/4 C4:3", "( )< ."),
        ("C4:1/4 D:3/4 C4:3", "(> ) ."),
        ("C4:1/2 -:1/2 C4:1/2 -:1/2 C4:2", ". . . . ."),
        ("C4 D:1/2 E:1/2 F:1/2 G:1.5", ". ( ) ( ) ."),
        ("C4:1/3 D:1/3 E:1/3 C4:3", "( - ) ."),
        ("meter: 6/8\nC4:1/2 D:1/2 E:1/2 C4:1/2 D:1/2 E:1/2", "( - ) ( - )"),
    ],
)
def test_short_notes_of_a_beat_are_joined(tune: str, expected: str) -> None:
    assert shown(tune)[: len(expected)] == expected


def test_a_file_with_beams_is_read_as_it_was() -> None:
    tune = parse_tune(f"{SIXTEENTHS} {EIGHTHS} C4 D | C4:4")
    data = write_musicxml(tune)
    assert data.count(b"<beam ") == 4 * 2 + 2
    again = read_musicxml(data)
    assert again.tracks[0].notes["pitch"].tolist() == tune.tracks[0].notes["pitch"].tolist()
    assert again.tracks[0].notes["onset"].tolist() == tune.tracks[0].notes["onset"].tolist()
