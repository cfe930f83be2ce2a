"""Settings: one field, its type, its bounds, and the sentence for a value that does not fit."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.settings import Settings, setting


@dataclass(frozen=True)
class Oven(Settings):
    """Settings of every kind."""

    minutes: int = setting(30, "Minutes", help="How long.", unit="min", minimum=1, maximum=90, step=1)
    heat: float = setting(200.0, "Heat", minimum=0.5, maximum=250.0)
    fan: bool = setting(True, "Fan", advanced=True)
    shelf: str = setting("middle", "Shelf", choices={"low": "Low", "middle": "Middle"})
    rate: float = setting(2e-3, "Rate", minimum=1e-4, maximum=1e-2, scale="log", format="%.4f")
    note: str = setting("", "Note")


def about(name: str) -> Any:
    return next(field for field in Oven.fields() if field.name == name)


def test_fields_come_in_order_with_all_that_is_known_of_them() -> None:
    assert [field.name for field in Oven.fields()] == ["minutes", "heat", "fan", "shelf", "rate", "note"]
    minutes = about("minutes")
    assert (minutes.kind, minutes.default, minutes.label, minutes.help, minutes.unit) == (
        int,
        30,
        "Minutes",
        "How long.",
        "min",
    )
    assert (minutes.minimum, minutes.maximum, minutes.step, minutes.advanced) == (1, 90, 1, False)
    assert about("fan").advanced and about("rate").format == "%.4f"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Oven().minutes = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
    [
        ("minutes", "12", 12),
        ("minutes", 12.0, 12),
        ("heat", "180", 180.0),
        ("heat", 180, 180.0),
        ("fan", "false", False),
        ("fan", "Yes", True),
        ("fan", 0, False),
        ("shelf", "low", "low"),
        ("minutes", 1, 1),
        ("minutes", 90, 90),
    ],
)
def test_values_from_forms_flags_and_links_get_their_type(name: str, value: Any, parsed: Any) -> None:
    value = getattr(Oven(**{name: value}), name)
    assert value == parsed and type(value) is type(parsed)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("minutes", "soon", "“soon” is not a whole number"),
        ("minutes", 2.5, "“2.5” is not a whole number"),
        ("minutes", None, "is not a whole number"),
        ("minutes", [3], "is not a whole number"),
        ("minutes", 0, "between 1 and 90, not 0"),
        ("minutes", 91, "between 1 and 90, not 91"),
        ("heat", "warm", "“warm” is not a number"),
        ("heat", float("nan"), "between 0.5 and 250"),
        ("heat", float("inf"), "between 0.5 and 250"),
        ("fan", "maybe", "“maybe” is not yes or no"),
        ("shelf", "roof", "“roof” is not one of low, middle"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_sentence(name: str, value: Any, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Oven(**{name: value})
    sentence = str(refusal.value)
    assert words in sentence and sentence.startswith(about(name).label) and sentence.count(". ") == 0


def test_an_endless_whole_number_is_refused() -> None:
    with pytest.raises(BadInput, match="Minutes"):
        Oven.from_dict(json.loads('{"minutes": 1e999}'))


@pytest.mark.parametrize("bound", [{"minimum": 1}, {"maximum": -1}])
def test_one_bound_alone_is_enough_for_a_sentence(bound: dict[str, float]) -> None:
    @dataclass(frozen=True)
    class OneBound(Settings):
        size: int = setting(bound.get("minimum", -1), "Size", **bound)

    with pytest.raises(BadInput, match=r"Size .*0"):
        OneBound(size=0)


def test_unknown_names_are_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"“colour”.*minutes, heat, fan, shelf, rate, note"):
        Oven.from_dict({"minutes": 3, "colour": "red"})


def test_missing_values_take_their_defaults() -> None:
    assert Oven.from_dict({"minutes": 3}) == Oven(minutes=3)


@given(
    st.builds(
        Oven,
        minutes=st.integers(1, 90),
        heat=st.floats(0.5, 250.0),
        fan=st.booleans(),
        shelf=st.sampled_from(["low", "middle"]),
        note=st.text(),
    )
)
def test_settings_survive_json_and_texts(oven: Oven) -> None:
    assert Oven.from_dict(json.loads(json.dumps(oven.as_dict()))) == oven
    assert Oven.from_dict({name: str(value) for name, value in oven.as_dict().items()}) == oven


def test_a_log_scale_offers_round_values_within_bounds_and_the_default() -> None:
    assert about("rate").steps() == [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2]
    odd = dataclasses.replace(about("rate"), default=3e-3)
    assert 3e-3 in odd.steps() and odd.steps() == sorted(odd.steps())
