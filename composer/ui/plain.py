"""Texts that a person or a file brought, on a page as they are."""

from __future__ import annotations


def plain(text: str) -> str:
    """`text` as Markdown that shows every character as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|$:<>~" else c for c in text)
