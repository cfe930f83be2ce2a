"""Datasets: the music that models learn from, and a place for a person's own."""

import streamlit as st

from composer.ui.chart import load_charts
from composer.ui.dataset_bring import bring_card
from composer.ui.dataset_check import check_card
from composer.ui.dataset_look import look_card
from composer.ui.dataset_shelf import shelf_card
from composer.ui.dataset_state import current_import
from composer.ui.menu import page

page("Datasets", "The music that models learn from. Bring your own, and a model can learn from that.")
load_charts()
left, right = st.columns((4, 9), gap="medium")
with left:
    bring_card()
found = current_import()
if found is not None:
    with right:
        check_card(found)
else:
    with left:
        shelf_card()
    with right:
        look_card()
