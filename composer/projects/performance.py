"""A take as it is played: the person's own melody, the new parts, chosen instruments and tempo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from composer.music.grid import to_score
from composer.music.instruments import default_programs
from composer.music.score import Score, Tempo
from composer.projects.melody import Melody
from composer.projects.results import Result

MELODY_PART, MADE_UP_PART = "Melody", "Melody (made up)"


def part_names(result: Result) -> tuple[str, ...]:
    """The names of the parts, the person's melody (or the one that was made up in its place) first."""
    first = MELODY_PART if follows_melody(result) else MADE_UP_PART
    return (first, *result.about["parts"][1:])


def first_programs(result: Result) -> tuple[int, ...]:
    """The General MIDI programs 0..127 a result is first heard with: the person's melody's own, if it has one."""
    own = result.request.melody.tracks[0].program if follows_melody(result) else 0
    programs = default_programs(result.about["parts"])
    return (own or programs[0], *programs[1:])


def follows_melody(result: Result) -> bool:
    """Whether the first part is the person's own melody, and not one that was made up."""
    return bool(result.request.settings.get("follow", True))


def perform(result: Result, take: int, programs: Sequence[int], bpm: float) -> Score:
    """Take number `take` (from 0) as a score with one program a part, begun at `bpm` quarter notes a minute.

    Later changes of tempo keep their proportion to the first.
    """
    grid = Melody(result.request.melody).grid
    score = to_score(grid, result.takes[take], part_names(result), programs, follows_melody(result))
    factor = bpm / score.tempos[0].bpm
    return replace(score, tempos=tuple(Tempo(tempo.onset, tempo.bpm * factor) for tempo in score.tempos))
