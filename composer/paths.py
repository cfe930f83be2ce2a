"""Where things are, what ships with the program and what it keeps for its person; and how a file is kept whole."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import platformdirs

from composer.errors import BadInput

_PACKAGE = Path(__file__).resolve().parent


def app_root() -> Path:
    """The folder with streamlit_app.py, pages/ and assets/: inside an installed wheel, else the checkout."""
    installed = _PACKAGE / "_app"
    return installed if installed.is_dir() else _PACKAGE.parent


def assets() -> Path:
    """The shipped models, melodies, player and images."""
    return app_root() / "assets"


def home() -> Path:
    """The folder for all that the program keeps (datasets, runs, projects), made at first use.

    The environment variable COMPOSER_HOME moves it; otherwise it is the user's data folder of this system. Raises
    BadInput where it can't be made.
    """
    folder = Path(os.environ.get("COMPOSER_HOME") or platformdirs.user_data_dir("composer-studio", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"Nothing can be kept in {folder} ({error.strerror}); set COMPOSER_HOME to another folder."
        ) from None
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old one or the new one and never a part.

    Several threads and processes may write the same file at once; the last to finish wins. Raises OSError where it
    can't be written, and leaves no part of it behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
