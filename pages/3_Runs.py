"""Runs: every training on this computer, to find, name, compare, hear, keep or delete."""

import streamlit as st

from composer.jobs.overview import overviews
from composer.ui.chart import load_charts
from composer.ui.menu import page
from composer.ui.runs_compare import compare_card
from composer.ui.runs_models import models_card
from composer.ui.runs_one import one_card
from composer.ui.runs_state import CHOSEN, begin, write_address
from composer.ui.runs_table import table_card

page("Runs", "Every training on this computer: find it, name it, compare it, hear what it learned.")
load_charts()
runs = overviews()
begin(runs)
table_card(runs)
write_address()
known = {run.id: run for run in runs}
chosen = [known[run_id] for run_id in st.session_state[CHOSEN]]
if len(chosen) == 1:
    one_card(chosen[0])
elif chosen:
    compare_card(chosen)
models_card()
