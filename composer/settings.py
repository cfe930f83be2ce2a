"""Settings written once: a frozen dataclass whose fields carry all that a form, a flag, a check and a link need."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from composer.errors import BadInput


@dataclass(frozen=True)
class Setting:
    """What is known about one field of a Settings class; numbers are in `unit`.

    `scale` is "linear" or "log" (then a form offers `steps()`); `choices` maps a stored value to its label.
    """

    name: str
    kind: type
    default: Any
    label: str
    help: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: Mapping[Any, str] | None = None
    scale: str = "linear"
    format: str = ""
    advanced: bool = False

    def steps(self) -> list[float]:
        """The values a log-scaled form offers: 1, 2 and 5 times each power of ten from minimum to maximum."""
        assert self.minimum is not None and self.maximum is not None
        values = [float(f"{m}e{e}") for e in range(-8, 8) for m in (1, 2, 5)]
        return sorted({v for v in values if self.minimum <= v <= self.maximum} | {float(self.default)})

    def parse(self, value: Any) -> Any:
        """`value` (from a form, flag, link or file) as this setting's type; raises BadInput with a sentence."""
        try:
            parsed = _as_bool(value) if self.kind is bool else self.kind(value)
        except (TypeError, ValueError, OverflowError):
            raise BadInput(f"{self.label}: “{value}” is not {_KIND_NAMES[self.kind]}.") from None
        if self.kind is int and isinstance(value, float) and value != parsed:
            raise BadInput(f"{self.label}: “{value}” is not a whole number.")
        if self.choices is not None and parsed not in self.choices:
            raise BadInput(f"{self.label}: “{value}” is not one of {', '.join(map(str, self.choices))}.")
        too_low = self.minimum is not None and not parsed >= self.minimum
        too_high = self.maximum is not None and not parsed <= self.maximum
        if too_low or too_high:
            raise BadInput(f"{self.label} must be {self._bounds()}, not {value}.")
        return parsed

    def _bounds(self) -> str:
        if self.minimum is None:
            return f"at most {self.maximum:g}"
        return (
            f"at least {self.minimum:g}" if self.maximum is None else f"between {self.minimum:g} and {self.maximum:g}"
        )


_KIND_NAMES = {int: "a whole number", float: "a number", str: "a text", bool: "yes or no"}


def _as_bool(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    if str(value).lower() not in words:
        raise ValueError(value)
    return words[str(value).lower()]


def setting(default: Any, label: str, **about: Any) -> Any:
    """A dataclass field with its default and what Setting knows of it (help, unit, minimum, maximum, step, ...)."""
    return dataclasses.field(default=default, metadata={"label": label, **about})


class Settings:
    """Base of frozen dataclasses whose fields are made with `setting`; values are checked when one is made."""

    def __post_init__(self) -> None:
        for about in self.fields():
            object.__setattr__(self, about.name, about.parse(getattr(self, about.name)))

    @classmethod
    def fields(cls) -> list[Setting]:
        """What is known about every field, in order."""
        return [
            Setting(name=f.name, kind=type(f.default), default=f.default, **f.metadata)
            for f in dataclasses.fields(cls)  # type: ignore[arg-type]
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain values by field name, ready for JSON."""
        return dict(dataclasses.asdict(self))  # type: ignore[call-overload]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from plain values; missing fields take their defaults, unknown ones raise BadInput."""
        unknown = set(values) - {about.name for about in cls.fields()}
        if unknown:
            names = ", ".join(about.name for about in cls.fields())
            raise BadInput(f"Unknown setting “{min(unknown)}”; the settings are {names}.")
        return cls(**values)
