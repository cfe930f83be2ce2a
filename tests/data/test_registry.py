"""The registry of datasets."""

from __future__ import annotations

import pytest

from composer.data.registry import SOURCES, find_source
from composer.errors import BadInput


@pytest.mark.parametrize("name", SOURCES)
def test_every_dataset_says_what_it_is_and_on_what_terms(name: str) -> None:
    source = find_source(name)
    assert source.name == name and len(source.part_names) >= 1
    assert source.title and source.summary.endswith(".") and source.terms.endswith(".")


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"“polkas”.*chorales"):
        find_source("polkas")
