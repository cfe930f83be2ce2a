"""Projects: everything that was made here, to go on with, to copy, to send and to throw away."""

import streamlit as st

from composer.ui.menu import page
from composer.ui.projects_bring import bring_card
from composer.ui.projects_list import projects_card

page("Projects", "What you made in the studio is kept here by itself. Open one to go on with it.")
left, right = st.columns((9, 4), gap="medium")
with left:
    projects_card()
with right:
    bring_card()
