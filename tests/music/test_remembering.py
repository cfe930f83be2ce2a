"""The remembering synthesiser plays only what it hasn't played yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from composer.music.remembering import RememberingSynthesiser
from composer.music.score import Score, Track, make_notes
from composer.music.stems import Audio, Synthesiser, TimedPart

NOTES = make_notes([0, 1], 1, [60, 64])
DUET = Score((Track("High", NOTES, 73), Track("Low", NOTES, 42)))


class Counting(Synthesiser):
    """A constant tone as loud as its program's number, counting how often it is asked."""

    name = "counting"
    note = "a note"

    def __init__(self) -> None:
        super().__init__()
        self.played: list[int] = []

    def render(self, part: TimedPart, frames: int) -> Audio:
        self.played.append(part.program)
        return np.full(frames, part.program + 1, np.float32)


def test_only_the_changed_part_is_played_again() -> None:
    inner = Counting()
    synthesiser = RememberingSynthesiser(inner)
    first = synthesiser.render_stems(DUET)
    again = synthesiser.render_stems(DUET)
    assert inner.played == [73, 42]
    assert all(np.array_equal(a, b) for a, b in zip(first.audio, again.audio, strict=True))
    synthesiser.render_stems(replace(DUET, tracks=(DUET.tracks[0], replace(DUET.tracks[1], program=70))))
    assert inner.played == [73, 42, 70]
    synthesiser.render_stems(DUET.with_tempo(60))
    assert inner.played == [73, 42, 70, 73, 42]


def test_it_sounds_as_what_it_stands_for() -> None:
    plain, remembering = Counting(), RememberingSynthesiser(Counting())
    for _ in range(2):
        stems = remembering.render_stems(DUET)
        assert all(np.array_equal(a, b) for a, b in zip(stems.audio, plain.render_stems(DUET).audio, strict=True))
    assert (remembering.name, remembering.note) == ("counting", "a note")


def test_what_it_keeps_is_bounded() -> None:
    inner = Counting()
    synthesiser = RememberingSynthesiser(inner, capacity_bytes=200_000)
    for program in (1, 2, 1, 2):
        synthesiser.render_stems(Score((Track("One", NOTES, program),)))
    assert inner.played == [1, 2, 1, 2]
