"""Where projects are kept: a folder with a file each, and for a while those that were deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from composer.errors import BadInput
from composer.paths import home, write_atomically
from composer.projects.chain import Chain
from composer.projects.melody import Melody
from composer.projects.project import (
    EXTENSION,
    LARGEST_FILE,
    LONGEST_PROJECT_NAME,
    Project,
    checked_name,
    new_id,
    now,
    pack_project,
    unpack_project,
)
from composer.projects.result_file import Result

DELETED_KEPT = 20
_TOLD = ("name", "changed", "about", "takes", "result_id", "request")
_GONE = "This project is no longer there; somebody may have deleted it."


@dataclass(frozen=True)
class Entry:
    """A line in the list of projects: what can be told without reading its takes. `result` is its result's id.

    `steps` says how many steps its chain has.
    """

    id: str
    name: str
    changed: str
    melody: str
    model: str
    takes: int
    result: str
    steps: int = 1


@dataclass(frozen=True)
class Shelf:
    """A folder of project files. Those deleted lie in a folder inside it until DELETED_KEPT newer ones do."""

    folder: Path

    def entries(self) -> list[Entry]:
        """All projects, the one changed last first; files that can't be read are left out."""
        found = filter(None, map(_entry, self.folder.glob(f"*.{EXTENSION}")))
        return sorted(found, key=lambda entry: (entry.changed, entry.id), reverse=True)

    def find(self, project_id: str) -> Project | None:
        """The project of that id, or None where there is none or its file is damaged."""
        try:
            return unpack_project(self._path(project_id).read_bytes(), project_id)
        except (OSError, BadInput):
            return None

    def holding(self, result_id: str) -> Project | None:
        """The project changed last that holds the result of that id, or None."""
        return next((self.find(entry.id) for entry in self.entries() if entry.result == result_id), None)

    def save(self, project: Project) -> None:
        """Keep a project, whole or not at all, in place of the one with its id."""
        write_atomically(self._path(project.id), pack_project(project))

    def keep(
        self,
        project_id: str | None,
        result: Result,
        programs: tuple[int, ...],
        bpm: int,
        take: int = 0,
        chain: Chain | None = None,
        place: int = 0,
    ) -> Project:
        """Put a new result into the project with that id, if it began with the same melody, else into a new project.

        Where the result is one of several steps, `chain` and `place` are as in Project.
        """
        project = self.find(project_id) if project_id else None
        melody = Melody(chain.melody if chain else result.request.melody)
        if project is None or Melody(project.melody).id != melody.id:
            project = Project(new_id(), self.unused_name(melody.name or "My tune"), now(), result, programs, bpm)
        project = project.touched(result=result, programs=programs, bpm=bpm, take=take, chain=chain, place=place)
        self.save(project)
        return project

    def rename(self, project_id: str, name: str) -> None:
        """Give a project another name; raises BadInput where the name can't be used or the project is gone."""
        self.save(replace(self._get(project_id), name=checked_name(name)))

    def duplicate(self, project_id: str) -> Project:
        """A copy of a project under a name of its own; raises BadInput where the project is gone."""
        project = self._get(project_id)
        return self._add(project)

    def add(self, data: bytes) -> Project:
        """Take in the project in a file's bytes, as a new one; raises BadInput as `unpack_project` does."""
        return self._add(unpack_project(data, new_id()))

    def export(self, project_id: str) -> bytes:
        """A project as the bytes of a file; raises BadInput where it is gone."""
        return pack_project(self._get(project_id))

    def delete(self, project_id: str) -> None:
        """Take a project off the shelf; `restore` puts it back. One that is gone already stays gone."""
        path = self._path(project_id)
        if path.exists():
            self._deleted.mkdir(parents=True, exist_ok=True)
            path.replace(self._deleted / path.name)
            (self._deleted / path.name).touch()
        for old in sorted(self._deleted.glob(f"*.{EXTENSION}"), key=_modified, reverse=True)[DELETED_KEPT:]:
            old.unlink(missing_ok=True)

    def restore(self, project_id: str) -> None:
        """Put a deleted project back; raises BadInput where it can't be found any more."""
        try:
            (self._deleted / self._path(project_id).name).replace(self._path(project_id))
        except OSError:
            raise BadInput("This project can't be brought back any more.") from None

    def unused_name(self, wish: str) -> str:
        """`wish`, shortened, with a number after it where a project has that name."""
        names = {entry.name for entry in self.entries()}
        return _numbered(" ".join(wish.split())[: LONGEST_PROJECT_NAME - 5], names)

    def _add(self, project: Project) -> Project:
        added = project.touched(id=new_id(), name=self.unused_name(project.name))
        self.save(added)
        return added

    def _get(self, project_id: str) -> Project:
        project = self.find(project_id)
        if project is None:
            raise BadInput(_GONE)
        return project

    @property
    def _deleted(self) -> Path:
        return self.folder / "deleted"

    def _path(self, project_id: str) -> Path:
        name = project_id if re.fullmatch(r"[0-9a-f]{16}", project_id) else "none"
        return self.folder / f"{name}.{EXTENSION}"


def shelf() -> Shelf:
    """This machine's projects."""
    return Shelf(home() / "projects")


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns


def _numbered(wish: str, names: Collection[str]) -> str:
    base = re.sub(r" \d{1,3}$", "", wish) or wish
    tries = [wish, *(f"{base} {number}" for number in range(2, len(names) + 3))]
    return next(name for name in tries if name not in names)


def _entry(path: Path) -> Entry | None:
    """What the beginning of a project file says."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, LARGEST_FILE)))["__metadata__"]
        words = {name: json.loads(header[name]) for name in _TOLD}
        chain = json.loads(header.get("chain", "{}"))
        melody = chain.get("melody") or words["request"]["melody"]
        told = (words["name"], words["changed"], melody["title"], words["about"]["model"], words["takes"])
        return Entry(path.stem, *told, words["result_id"], len(chain.get("steps", ())) or 1)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
