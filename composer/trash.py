"""What was deleted last stays for a while, so that it can be brought back: moved aside, not copied."""

from __future__ import annotations

import shutil
from pathlib import Path

from composer.errors import BadInput
from composer.paths import home


def throw_away(folder: Path) -> None:
    """Move a folder of the data folder into the trash, in place of what was there before, which is gone for good.

    Raises BadInput where it can't be moved, and then nothing has changed but the trash.
    """
    empty()
    place = _trash() / folder.relative_to(home())
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(place)
    except OSError as error:
        raise BadInput(f"“{folder.name}” can't be deleted ({error.strerror}); is it open in another program?") from None


def thrown_away(kind: str) -> str | None:
    """The name of the folder in the trash that came from home()/`kind`; None where there is none."""
    return next((path.name for path in (_trash() / kind).glob("*")), None)


def bring_back(kind: str) -> Path:
    """Put what was thrown away from home()/`kind` back to where it was, and return its folder.

    Raises BadInput where nothing is there any more, or where something new has taken its place.
    """
    name = thrown_away(kind)
    if name is None:
        raise BadInput("What was deleted is gone for good and can't be brought back.")
    place = home() / kind / name
    try:
        if place.exists():
            raise FileExistsError(0, "something else has its place now")
        place.parent.mkdir(parents=True, exist_ok=True)
        (_trash() / kind / name).rename(place)
    except OSError as error:
        raise BadInput(f"“{name}” can't be brought back ({error.strerror}).") from None
    return place


def empty() -> None:
    """Remove for good what lies in the trash; what can't be removed now is left to the next time."""
    shutil.rmtree(_trash(), ignore_errors=True)


def _trash() -> Path:
    return home() / "trash"
