"""Forms made from settings: one widget a field, its help, limits and choices taken from the field itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import streamlit as st

from composer.settings import Setting, Settings

AnySettings = TypeVar("AnySettings", bound=Settings)


def settings_form(
    settings_class: type[AnySettings],
    key: str,
    apart: Collection[str] = (),
    fixed: Collection[str] = (),
    hidden: Collection[str] = (),
) -> AnySettings:
    """Draw the widgets of a Settings class where the caller stands, and return what they say now.

    Advanced fields lie in an expander at the end, with a button that puts all back to their defaults. Values stay,
    under `key`, while the person is on other pages. Log-scaled fields offer `Setting.steps()`. The caller draws the
    fields named in `apart` elsewhere; those in `fixed` are shown but can't be changed, those in `hidden` aren't shown,
    and both keep the values they have.
    """
    fields = [about for about in settings_class.fields() if about.name not in {*apart, *hidden}]
    values = {about.name: setting_widget(about, key, about.name in fixed) for about in fields if not about.advanced}
    advanced = [about for about in fields if about.advanced]
    defaults = {name: value for name, value in settings_class().as_dict().items() if name not in {*fixed, *hidden}}
    if hidden and not advanced:
        return settings_class.from_dict(form_values(settings_class, key).as_dict() | values)
    with st.expander("Advanced", icon=":material/tune:", type="compact", key=f"{key}.advanced"):
        values |= {about.name: setting_widget(about, key, about.name in fixed) for about in advanced}
        st.button(
            "Reset to defaults",
            icon=":material/restart_alt:",
            type="tertiary",
            key=f"{key}.reset",
            on_click=fill_form,
            args=(defaults, key),
        )
    return settings_class.from_dict(form_values(settings_class, key).as_dict() | values)


def fill_form(values: Mapping[str, Any], key: str) -> None:
    """Let the form under `key` show plain `values` by field name; call before it is drawn, or in a callback."""
    for name, value in values.items():
        st.session_state[_widget_key(key, name)] = value


def form_values(settings_class: type[AnySettings], key: str) -> AnySettings:
    """What the form under `key` says now, without drawing it, for callbacks; a field not drawn yet has its default."""
    names = {about.name: _widget_key(key, about.name) for about in settings_class.fields()}
    return settings_class(**{name: st.session_state[full] for name, full in names.items() if full in st.session_state})


def setting_widget(about: Setting, key: str, disabled: bool = False) -> Any:
    """Draw the one widget that fits a field, under the form's `key`, and return its value."""
    name = _widget_key(key, about.name)
    st.session_state.setdefault(name, about.default)
    common: dict[str, Any] = {"key": name, "help": about.help or None, "disabled": disabled, "persist_state": "session"}
    if about.kind is bool:
        return st.toggle(about.label, **common)
    if about.choices is not None:
        return st.selectbox(about.label, list(about.choices), format_func=about.choices.__getitem__, **common)
    if about.minimum is None or about.maximum is None:
        return st.text_input(about.label, **common)
    if about.scale == "log":
        return st.select_slider(about.label, _choices(about, name), format_func=lambda v: _written(about, v), **common)
    return _slider(about, common)


def _slider(about: Setting, common: dict[str, Any]) -> Any:
    low, high, step = (None if v is None else about.kind(v) for v in (about.minimum, about.maximum, about.step))
    form = about.format or ("%d" if about.kind is int else None)
    written = f"{form} {about.unit}" if form and about.unit else form
    return st.slider(about.label, low, high, step=step, format=written, **common)


def _choices(about: Setting, name: str) -> list[Any]:
    """The steps of a log scale as the field's type, with the value the form holds now among them."""
    return sorted({about.kind(value) for value in about.steps()} | {st.session_state[name]})


def _written(about: Setting, value: float) -> str:
    return f"{about.format % value if about.format else f'{value:g}'} {about.unit}".strip()


def _widget_key(key: str, name: str) -> str:
    return f"{key}.{name}"
