"""Whether what a model from elsewhere says of itself can be believed, and shown on a page as it is."""

from __future__ import annotations

import re

from composer.algorithms.base import ModelInfo
from composer.errors import BadInput

MOST_PARTS = 32
_NAME = re.compile(r"[\w .,'()&+-]{1,40}")
"""A part's name: nothing in it that a page could take for a link, a picture or an instruction."""
_DATASET = re.compile(r"[\w .-]{1,80}")


def check_info(info: ModelInfo) -> None:
    """Raise BadInput where a field is of the wrong kind, or holds what no model of this program would say."""
    sound = (
        isinstance(info.version, int)
        and isinstance(info.seed, int)
        and isinstance(info.fingerprint, str)
        and len(info.fingerprint) <= 80
        and isinstance(info.dataset, str)
        and _DATASET.fullmatch(info.dataset)
        and len(info.algorithm) <= 40
        and 1 <= len(info.part_names) <= MOST_PARTS
        and all(_NAME.fullmatch(name) for name in info.part_names)
    )
    if not sound:
        raise BadInput("The config.json of this model holds what no model of this program would say; choose another.")
