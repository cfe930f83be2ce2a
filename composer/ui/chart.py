"""Charts that grow while a person looks at them: Plotly in a component that is never mounted anew."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import streamlit as st

from composer.paths import assets

# The library is a component by itself: its message never changes, so the server sends it once a session (4.8 MB), and
# what travels at every tick is the figure alone. Outside a shadow root, because zooming by drag needs that.
_PLOTLY = files("plotly").joinpath("package_data/plotly.min.js")
_library = st.components.v2.component(
    "composer_plotly",
    js=_PLOTLY.read_text(encoding="utf-8") + "\nexport default () => {};\n",
    isolate_styles=False,
)
_chart = st.components.v2.component(
    "composer_chart",
    html='<div class="chart-mount" style="width: 100%"></div>',
    js=(assets() / "player" / "chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def load_charts() -> None:
    """Bring the chart library to the browser: once a page, outside any fragment that repeats."""
    _library(key="composer_plotly")


def live_chart(
    figure: dict[str, Any], key: str, height: int = 280, label: str = "Chart", group: str | None = None
) -> None:
    """Show a plotly figure (plain `data` and `layout`) of `height` pixels; under one `key` zoom survives new points.

    `label` tells a screen reader what the chart shows; charts of one `group` show its mark (an epoch, say) as a line.
    The layout's `uirevision` must stay the same. Needs `load_charts` somewhere on the page.
    """
    _chart(data={"figure": figure, "height": height, "label": label, "group": group}, key=key)
