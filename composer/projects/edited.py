"""Results of which a person changed takes: what was changed is remembered, for no seed brings it back."""

from __future__ import annotations

from dataclasses import replace

from composer.music.pianoroll import Music
from composer.projects.melody import Melody
from composer.projects.result_file import Result

EDITED = "edited"
"""The name in a result's `about` under which the numbers (from 0) of the changed takes stand."""


def with_take(result: Result, take: int, music: Music) -> Result:
    """The result with `music` in place of take number `take` (from 0), which counts as edited from now on."""
    takes = (*result.takes[:take], music, *result.takes[take + 1 :])
    return replace(result, takes=takes, about={**result.about, EDITED: sorted({*edited_takes(result), take})})


def edited_takes(result: Result) -> tuple[int, ...]:
    """The numbers (from 0) of the takes that a person changed; whatever else a file says of them is left out."""
    told = result.about.get(EDITED)
    known = range(len(result.takes))
    numbers = told if isinstance(told, list) else []
    return tuple(take for take in numbers if isinstance(take, int) and take in known)


def edited_words(result: Result) -> str:
    """Which takes a person changed: “take 2 edited”, “takes 1, 3 edited”; "" for none."""
    numbers = [str(take + 1) for take in edited_takes(result)]
    return f"take{'s' * (len(numbers) > 1)} {', '.join(numbers)} edited" if numbers else ""


def alike(one: Result, other: Result) -> bool:
    """Whether takes of two results can be laid over one another: the same melody, parts and kind of music."""
    if one.request is other.request:
        return True
    kinds = {type(result.takes[0]) for result in (one, other)}
    melodies = {Melody(result.request.melody).id for result in (one, other)}
    return len(kinds) == len(melodies) == 1 and one.about["parts"] == other.about["parts"]
