"""Where things are: what ships with the program, and what the program keeps for its person."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

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

    The environment variable COMPOSER_HOME moves it; otherwise it is the user's data folder of this system.
    """
    folder = Path(os.environ.get("COMPOSER_HOME") or platformdirs.user_data_dir("composer-studio", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
