"""Train: choose music and an algorithm, watch it learn, take the model to the studio."""

import streamlit as st

from composer.ui.chart import load_charts
from composer.ui.hear_card import hear_card
from composer.ui.house import guest_note
from composer.ui.menu import page
from composer.ui.sweep_card import sweep_card
from composer.ui.sweep_results import sweep_results
from composer.ui.training import begin
from composer.ui.training_again import again_card
from composer.ui.training_choice import choice_card
from composer.ui.training_progress import progress_card
from composer.ui.training_queue import queue_card
from composer.ui.training_runs import runs_card

page("Train", "Let a model learn from real music, watch it get better, then play with it in the studio.")
guest_note()
load_charts()
shown = begin()
left, right = st.columns((4, 9), gap="medium")
with left:
    sweep_card(choice_card())
with right:
    progress_card(shown)
    queue_card()
    hear_card(shown)
    again_card(shown)
    sweep_results()
    runs_card(shown)
