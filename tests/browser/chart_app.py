"""A page with a chart that grows twice a second."""

from __future__ import annotations

import streamlit as st

from composer.plots.training import loss_figure, similarity_figure
from composer.ui.chart import live_chart, load_charts

st.set_page_config(page_title="Chart", layout="wide")
dark = st.context.theme.type == "dark"
load_charts()


@st.fragment(run_every=0.5)
def charts() -> None:
    """Two charts with one more epoch at every run."""
    epochs = st.session_state.epochs = st.session_state.get("epochs", 5) + 1
    metrics = [
        {
            "epoch": epoch,
            "generator": 3 / epoch + 0.4,
            "critic": -1.5 / epoch - 0.1,
            "similarity": 0.5 / epoch**0.5 + 0.1,
            "chord_rate": 0.9 - 0.5 / epoch,
        }
        for epoch in range(1, epochs + 1)
    ]
    left, right = st.columns(2)
    with left:
        live_chart(loss_figure(metrics, dark), key="loss", label="Losses of generator and critic")
    with right:
        live_chart(similarity_figure(metrics, 0.12, dark), key="similarity", label="Similarity index")


charts()
