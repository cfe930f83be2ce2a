"""The studio: bring a melody, choose who plays along, listen, take it home."""

import streamlit as st

from composer.ui.arrange_card import arrange_card
from composer.ui.chain_moves import settle_chain
from composer.ui.engine import warm_up
from composer.ui.inside_card import inside_card
from composer.ui.keeping import keep_playing
from composer.ui.listen_card import listen_card
from composer.ui.melody_card import melody_card
from composer.ui.menu import page
from composer.ui.opening import begin
from composer.ui.take_home_card import take_home_card
from composer.ui.task import task_card

page("Studio", "Bring a melody, choose who plays along, listen.")
begin()
settle_chain()
task_card()
left, right = st.columns((4, 9), gap="medium")
with left:
    melody_card()
    arranging = st.container(border=True, key="card_arrange")
with right:
    status = listen_card()
    inside_card()
    take_home_card()
warm_up()
with arranging:
    arrange_card(status)
keep_playing()
