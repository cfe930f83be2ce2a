"""A project: a result with its name and the way it is played, as one file that can be sent to somebody else."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from composer.errors import BadInput
from composer.music.pianoroll import Pianoroll
from composer.projects.checking import LONGEST_NAME, MOST_PARTS, check_melody, check_programs, check_seed
from composer.projects.performance import perform
from composer.projects.result_file import Result, pack_result, unpack_result

EXTENSION = "composer"
LARGEST_FILE = 5_000_000
LONGEST_PROJECT_NAME = 80
_FORMAT = 1
_FOREIGN = "This is no project of the studio; please choose a file that ends in .composer."
_SENSELESS = "The music in this project file makes no sense; please export the project again."
_PART_NAME = re.compile(r"[\w .,'()-]{1,40}")


@dataclass(frozen=True)
class Project:
    """What a person works on: a result, named, with a General MIDI program a part, a tempo and the take looked at.

    `id` is 16 hex digits, `changed` the moment of the last change (UTC, ISO 8601); `bpm` is quarters a minute.
    """

    id: str
    name: str
    changed: str
    result: Result
    programs: tuple[int, ...]
    bpm: int
    take: int = 0

    def touched(self, **changes: Any) -> Project:
        """The project with changes, made now."""
        return replace(self, changed=now(), **changes)


def new_id() -> str:
    """16 hex digits that no other project has."""
    return secrets.token_hex(8)


def now() -> str:
    """This moment in UTC as ISO 8601 text, which sorts by time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def pack_project(project: Project) -> bytes:
    """The bytes of a project file, from which `unpack_project` makes an equal project."""
    return pack_result(
        project.result,
        format=_FORMAT,
        name=project.name,
        changed=project.changed,
        programs=project.programs,
        bpm=project.bpm,
        take=project.take,
        result_id=project.result.id,
    )


def unpack_project(data: bytes, project_id: str) -> Project:
    """The project in the bytes of a file, to be known as `project_id`.

    Raises BadInput for a file that is too large, damaged, of another kind or a newer version, or holds nonsense.
    """
    if len(data) > LARGEST_FILE:
        raise BadInput(f"This file is larger than {LARGEST_FILE // 1_000_000} MB; a project of the studio is smaller.")
    result, words = unpack_result(data)
    if not isinstance(words.get("format"), int):
        raise BadInput(_FOREIGN)
    if words["format"] > _FORMAT:
        raise BadInput("This project was saved by a newer version of the studio; please update the studio to open it.")
    try:
        name, changed = checked_name(str(words["name"])), datetime.fromisoformat(words["changed"]).isoformat()
        played = tuple(words["programs"]), int(words["bpm"]), int(words["take"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadInput(_SENSELESS) from None
    check_result(result)
    check_programs(played[0], "project file")
    return Project(project_id, name, changed, result, *played)


def checked_name(name: str) -> str:
    """A name for a project, on one line; raises BadInput where it is empty or too long."""
    name = " ".join(name.split())
    if not name:
        raise BadInput("A project needs a name; please type one.")
    if len(name) > LONGEST_PROJECT_NAME:
        raise BadInput(f"This name is too long; please keep to {LONGEST_PROJECT_NAME} letters.")
    return name


def check_result(result: Result) -> None:
    """Raise BadInput unless a result from outside is one that can be shown and played."""
    check_melody(result.request.melody, "project file")
    check_seed(result.request.seed, "project file")
    about, parts = result.about, result.about.get("parts")
    words = (about.get("model"), about.get("model_name"), about.get("algorithm"), result.request.model)
    named = isinstance(parts, list) and all(isinstance(part, str) and _PART_NAME.fullmatch(part) for part in parts)
    if not named or not 0 < len(parts or ()) <= MOST_PARTS or not all(map(_is_short_text, words)):
        raise BadInput(_SENSELESS)
    try:
        for number, take in enumerate(result.takes):
            if not isinstance(take, Pianoroll) and (np.any(take.pitch < -1) or np.any(take.pitch > 127)):
                raise ValueError("no such pitch")
            if take.steps_per_bar < 1 or take.pickup_steps < 0:
                raise ValueError("no such bar")
            perform(result, number, [0] * len(parts or ()), 100)
    except (ValueError, TypeError, IndexError):
        raise BadInput(_SENSELESS) from None


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME
