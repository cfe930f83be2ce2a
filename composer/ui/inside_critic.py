"""The critic's view: the take on the page as its model's critic hears it."""

from __future__ import annotations

import streamlit as st

from composer.plots.critic_view import bars_words, critic_figure, strongest, wish_words
from composer.projects.performance import part_names
from composer.projects.results import Result
from composer.ui.chart import live_chart
from composer.ui.engine import ModelChoice
from composer.ui.inside import wishes
from composer.ui.menu import is_dark
from composer.ui.plain import plain

WITHOUT = "This model came without its critic; train one to see its view."
_CHART_PX = 340
_WORDS = """
While the model learned, a **critic** learned beside it to tell real music from made-up music, and told it at every note
which change would sound more real (the gradient of its score). Here it says so of this take: the stronger the colour of
a note, the more a change of that note would please it.
"""


def critic_view(result: Result, choice: ModelChoice, take: int) -> None:
    """The critic's wishes for a take, in words and as a heat map; a sentence where the model has no critic."""
    found = wishes(result, choice, take)
    if found is None:
        st.caption(f":material/info: {WITHOUT}")
        return
    judged, given = found
    music, names = result.takes[take], part_names(result)
    summary = bars_words(judged, music)
    st.caption(_WORDS)
    st.markdown(summary)
    best = strongest(judged)
    st.markdown("\n".join(f"{number}. {plain(wish_words(wish, names, music))}" for number, wish in enumerate(best, 1)))
    live_chart(
        critic_figure(judged, given, names, music, is_dark()),
        "inside-critic",
        _CHART_PX,
        label=f"What the critic would change in take {take + 1}. {summary}",
    )
    st.caption(
        f"Take {take + 1}. A number marks each of these wishes, the ring above or below it is the pitch wished for"
        f"{'; your melody, in outline, is not judged' if len(given) else ''}. A critic is no teacher: it knows only "
        "what it learned from, and can be wrong."
    )
