"""The packages that only singing needs: they are loaded late, so that a first page doesn't wait for them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from composer.errors import BadInput


def late(name: str) -> Any:
    """The module called `name`; raises BadInput where its package is missing."""
    try:
        return import_module(name)
    except ImportError:
        package = name.replace("_", "-")
        sentence = f"Singing needs the package {package}, which is missing here; run: pip install {package}"
        raise BadInput(sentence) from None
