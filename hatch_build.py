"""How a wheel is made: requirements from requirements.txt, and the app's files beside the package's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

APP_FILES = ("streamlit_app.py", "pages", "assets", ".streamlit/config.toml")
"""Lies at the root of a checkout, where Streamlit and people look for it; in a wheel it lies in composer/_app."""


class Requirements(MetadataHookInterface):
    """Gives the wheel the pins of requirements.txt, so that they are written once."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Sets metadata["dependencies"] to the lines of requirements.txt that are neither comment nor pip option."""
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith(("#", "-"))]


class AppFiles(BuildHookInterface[Any]):
    """Puts the app's files into composer/_app; an editable install finds them in the checkout and needs no copy."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds every one of APP_FILES to build_data["force_include"]; `version` is "standard" or "editable"."""
        if version != "editable":
            build_data["force_include"] |= {str(Path(self.root, name)): f"composer/_app/{name}" for name in APP_FILES}
