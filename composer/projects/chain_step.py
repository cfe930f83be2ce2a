"""A step of a chain: a result, and what of it becomes the melody of the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from composer.errors import BadInput
from composer.music.score import Score
from composer.music.theory import SOPRANO_RANGE, fit_range, fold_into_range
from composer.projects.melody import Melody
from composer.projects.performance import first_programs, part_names, perform
from composer.projects.result_file import Result

TUNE = ""
"""The first part, which is the melody or the one made up in its place: it goes on where no other is named."""


@dataclass(frozen=True)
class ChainStep:
    """A result, the take of it that goes on (from 0) and the name of the part that does; TUNE is the first part.

    `programs` are the General MIDI programs 0..127 its parts are heard with; () stands for the usual ones.
    """

    result: Result
    take: int = 0
    part: str = TUNE
    programs: tuple[int, ...] = ()

    @property
    def row(self) -> int | None:
        """The number (from 0) of the part that goes on; None where the result has no part of that name."""
        names = self.result.about["parts"]
        return 0 if self.part == TUNE else names.index(self.part) if self.part in names else None

    @property
    def take_there(self) -> int:
        """The take that goes on, or the last there is where that is gone."""
        return min(self.take, len(self.result.takes) - 1)

    @property
    def part_label(self) -> str:
        """The part that goes on, as the page calls it."""
        return self.part or part_names(self.result)[0]

    @property
    def model_label(self) -> str:
        """The kind of model that made it, as the page calls it: “U-Net GAN”."""
        return str(self.result.about["model"]).rpartition(" · ")[2]

    @property
    def heard_with(self) -> tuple[int, ...]:
        """A General MIDI program 0..127 for each part."""
        usual = first_programs(self.result)
        return self.programs if len(self.programs) == len(usual) else usual

    @cached_property
    def handed_on(self) -> Score:
        """What goes on, as a melody: the person's own where its notes are played as they were, else one part of it.

        Such a part is as loud as the person's melody, and a low or high one is moved by whole octaves to where a tune
        is sung, so that there is room below it. Raises BadInput, with a sentence in small letters, where the take or
        the part is not there, the part has no notes, or it is drums.
        """
        melody = Melody(self.result.request.melody)
        score = perform(self.result, self._sound_take(), first_programs(self.result), melody.bpm)
        track = score.tracks[self._sound_row()]
        if track.is_drum:
            raise BadInput("drums have no tune; choose another part.")
        if not len(track.notes):
            raise BadInput(f"the {self.part_label} of take {self.take + 1} has no notes; choose another part.")
        if self.row == 0 and np.array_equal(track.notes, melody.grid.notes):
            return melody.score
        notes = track.notes.copy()
        notes["velocity"] = round(float(np.median(melody.grid.notes["velocity"])))
        octaves = round(fit_range(notes["pitch"], *SOPRANO_RANGE) / 12)
        notes["pitch"] = fold_into_range(notes["pitch"] + 12 * octaves, 0, 127)
        return replace(score, tracks=(replace(track, notes=notes),))

    def _sound_take(self) -> int:
        if self.take >= len(self.result.takes):
            raise BadInput(f"there is no take {self.take + 1} any more; choose another take.")
        return self.take

    def _sound_row(self) -> int:
        if self.row is None:
            names = ", ".join(self.result.about["parts"])
            raise BadInput(f"there is no part called “{self.part}”; choose one of: {names}.")
        return self.row
