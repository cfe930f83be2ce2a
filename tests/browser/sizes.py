"""The windows in which pages are looked at: wide and narrow, light and dark."""

from __future__ import annotations

import pytest

SIZES = [
    pytest.param({"width": width, "height": height, "dark": dark}, id=f"{width}-{'dark' if dark else 'light'}")
    for width, height in ((1440, 900), (390, 844))
    for dark in (False, True)
]
