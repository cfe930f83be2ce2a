"""What a person says of a run: a name of its own, a note, a star. It lies in the run's folder beside the rest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from composer.errors import BadInput
from composer.paths import write_atomically
from composer.training.run import Run

LABELS = "notes.json"
LONGEST_NAME, LONGEST_NOTE = 60, 2000


@dataclass(frozen=True)
class Labels:
    """A run's name and note, "" for none, and whether it has a star."""

    name: str = ""
    note: str = ""
    starred: bool = False


def read_labels(run: Run) -> Labels:
    """What was said of `run`; empty where nothing was, and where the file is damaged."""
    try:
        found = json.loads((run.folder / LABELS).read_text(encoding="utf-8"))
        labels = Labels(**found)
        kinds = {"name": str, "note": str, "starred": bool}
        return labels if all(isinstance(getattr(labels, key), kind) for key, kind in kinds.items()) else Labels()
    except (OSError, ValueError, TypeError, RecursionError):
        return Labels()


def write_labels(run: Run, labels: Labels) -> Labels:
    """Keep what is said of `run`, its name on one line and without surplus spaces, and return it.

    Raises BadInput where a text is too long, the run is gone or the disk is full.
    """
    name = " ".join("".join(c if c.isprintable() else " " for c in labels.name).split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"This name is too long; please keep it to {LONGEST_NAME} letters.")
    if len(labels.note) > LONGEST_NOTE:
        raise BadInput(f"This note is too long; please keep it to {LONGEST_NOTE:,} letters.")
    if not run.folder.is_dir():
        raise BadInput("This run is no longer there; it was deleted meanwhile.")
    kept = Labels(name, labels.note.strip(), labels.starred)
    try:
        write_atomically(run.folder / LABELS, json.dumps(asdict(kept), indent=2).encode())
    except OSError as error:
        raise BadInput(f"This can't be kept ({error.strerror}); please free some disk space.") from None
    return kept
