"""A page with nothing but players: a four-part piece in two takes, and its melody in the compact form."""

from __future__ import annotations

import numpy as np
import streamlit as st

from composer.music.instruments import instrument_name
from composer.music.score import Key, Meter, Score, Tempo, Track, make_notes
from composer.music.synthesis import open_synthesiser
from composer.ui.player import PlayerData, player, player_data

st.set_page_config(page_title="Player", layout="wide")

PROGRAMS = {"Soprano": 68, "Alto": 71, "Tenor": 60, "Bass": 70}
SOPRANO = [74, 76, 78, 79, 81, 79, 78, 76, 74, 78, 81, 83, 81, 79, 78]
SOPRANO += [76, 78, 79, 81, 78, 76, 74, 73, 76, 78, 76, 74, 73, 74, 74]
SHAPES = {"Alto": [69, 69, 69, 71, 73], "Tenor": [66, 64, 66, 67, 64], "Bass": [50, 57, 50, 55, 57, 49]}


def piece(take: int, times: int, alto: int) -> Score:
    """Eight bars in D, `times` over; the takes differ in their lower parts, not in length."""
    onset = np.arange(len(SOPRANO) * times)
    tracks = [Track("Soprano", make_notes(onset, 0.95, SOPRANO * times), PROGRAMS["Soprano"])]
    for name, shape in SHAPES.items():
        pitch = np.resize(np.roll(shape, take), len(onset)) - 12 * (name == "Bass" and take == 2)
        tracks.append(Track(name, make_notes(onset, 0.95, pitch), alto if name == "Alto" else PROGRAMS[name]))
    return Score(tuple(tracks), (Tempo(0.0, 100.0),), (Meter(0.0, 4, 4),), Key(2), title="Evening walk")


@st.cache_data(max_entries=8)
def data(take: int, compact: bool, times: int, program: int, bpm: int) -> PlayerData:
    """What the players show and play, made once."""
    score = piece(take, times, program).with_tempo(bpm)
    score = Score(score.tracks[:1], score.tempos, score.meters, score.key) if compact else score
    return player_data(score, open_synthesiser().render_stems(score), compact)


times = int(st.query_params.get("times", 1))
left, right = st.columns([1, 2.2], gap="medium")
with left.container(border=True):
    st.markdown("**1 · Melody**")
    player(data(0, True, times, 68, 100), key="melody")
    st.text_input("Name", key="name")
    program = st.selectbox("Alto", [71, 46, 73], format_func=instrument_name)
    bpm = st.select_slider("Tempo", [60, 100, 150], value=100)
with right.container(border=True):
    st.markdown("**3 · Listen**")
    take = st.radio("Take", [1, 2], horizontal=True)
    player(data(take, False, times, program, bpm), key="listen")
