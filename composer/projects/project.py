"""A project: a result with its name and the way it is played, as one file that can be sent to somebody else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from composer.errors import BadInput
from composer.music.score import Score
from composer.projects.chain import Chain
from composer.projects.chain_file import chain_tensors, chain_words, read_chain
from composer.projects.checking import SENSELESS, check_programs, check_result
from composer.projects.result_file import Result, pack_result, unpack_result

EXTENSION = "composer"
LARGEST_FILE = 20_000_000
LONGEST_PROJECT_NAME = 80
_FORMAT = 1
_FOREIGN = "This is no project of the studio; please choose a file that ends in .composer."


@dataclass(frozen=True)
class Project:
    """What a person works on: a result, named, with a General MIDI program a part, a tempo and the take looked at.

    `id` is 16 hex digits, `changed` the moment of the last change (UTC, ISO 8601); `bpm` is quarters a minute. Where
    the result is one of several steps, `chain` holds them all and `place` (from 0) is the result's among them.
    """

    id: str
    name: str
    changed: str
    result: Result
    programs: tuple[int, ...]
    bpm: int
    take: int = 0
    chain: Chain | None = None
    place: int = 0

    @property
    def melody(self) -> Score:
        """The melody that all began with."""
        return self.chain.melody if self.chain else self.result.request.melody

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
    """The bytes of a project file, from which `unpack_project` makes an equal project.

    A studio that knows no chains reads the project's own result and passes over the other steps.
    """
    chain, place = project.chain, project.place
    return pack_result(
        project.result,
        chain_tensors(chain, place) if chain else {},
        format=_FORMAT,
        name=project.name,
        changed=project.changed,
        programs=project.programs,
        bpm=project.bpm,
        take=project.take,
        result_id=project.result.id,
        **({"chain": chain_words(chain, place)} if chain else {}),
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
    check_result(result)
    try:
        name, changed = checked_name(str(words["name"])), datetime.fromisoformat(words["changed"]).isoformat()
        played = tuple(words["programs"]), int(words["bpm"]), int(words["take"])
        chained = read_chain(words["chain"], data, result) if "chain" in words else ()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadInput(SENSELESS) from None
    check_programs(played[0], "project file")
    return Project(project_id, name, changed, result, *played, *chained)


def checked_name(name: str) -> str:
    """A name for a project, on one line; raises BadInput where it is empty or too long."""
    name = " ".join(name.split())
    if not name:
        raise BadInput("A project needs a name; please type one.")
    if len(name) > LONGEST_PROJECT_NAME:
        raise BadInput(f"This name is too long; please keep to {LONGEST_PROJECT_NAME} letters.")
    return name
