"""Look at a dataset: how much there is, its keys and heights, and any of its pieces to see and hear."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from composer.data.dataset import Piece, Source
from composer.data.own.portrait import WINDOW_BARS, Portrait, portrait
from composer.errors import BadInput
from composer.music.instruments import default_programs
from composer.music.pianoroll import DRUMS, FINE_STEPS, Pianoroll, pianoroll_from_voices
from composer.music.score import Meter, Score, Tempo, Track
from composer.plots.dataset import key_figure, pitch_figure
from composer.ui.chart import live_chart
from composer.ui.dataset_state import ERROR, shown
from composer.ui.engine import players, synthesiser
from composer.ui.menu import is_dark
from composer.ui.player import PlayerData, player, player_data
from composer.ui.training import dataset_if_built

_PREVIEW_BARS = 16
_PREVIEW_BPM = 100.0
_CHART_PX = 250


def look_card() -> None:
    """Draw the card of the dataset that is looked at; one that was never built can be built here."""
    source = shown()
    with st.container(border=True, key="card_look"):
        st.header(source.title, anchor=False)
        st.caption(f"{source.summary} {source.terms}")
        try:
            dataset = dataset_if_built(source.name)
        except BadInput as error:
            st.error(str(error), icon=":material/error:")
            return
        if dataset is None:
            _offer_to_build(source)
            return
        draw_look(f"{source.name}-{dataset.fingerprint}", dataset.pieces, dataset.part_names)


def draw_look(content: str, pieces: Sequence[Piece], part_names: Sequence[str]) -> None:
    """Draw the figures, the charts and the player of pieces; `content` stands for what they are."""
    found = _portrait(content, pieces, tuple(part_names))
    with st.container(horizontal=True):
        for label, value, text in figures_words(found):
            st.metric(label, value, help=text, width=110)
    left, right = st.columns(2)
    with left:
        live_chart(key_figure(found.keys, is_dark()), f"keys-{content}", _CHART_PX, "Pieces in each key")
    with right:
        figure = pitch_figure(found.pitches, part_names, is_dark())
        live_chart(figure, f"pitches-{content}", _CHART_PX, "How high each part plays")
    number = st.selectbox(
        "Listen to",
        range(len(pieces)),
        key=f"piece-{content}",
        format_func=lambda number: pieces[number].name,
        help=f"The first {_PREVIEW_BARS} bars, as a model is shown them.",
    )
    key = ("dataset", content, number)
    player(players().get(key, lambda: _sound(pieces[number], part_names)), key="dataset_player")


def figures_words(found: Portrait) -> list[tuple[str, str, str]]:
    """Label, value and help of the numbers above the charts."""
    splits = ", ".join(f"{count:,} to {_USES[split]}" for split, count in found.splits.items())
    return [
        ("Pieces", f"{found.pieces:,}", f"Dealt out by piece: {splits}."),
        ("Bars", f"{found.bars:,}", "Bars of all pieces together."),
        ("Windows", f"{found.windows:,}", f"Stretches of {WINDOW_BARS} bars, so much as a model is shown at once."),
        ("Notes", f"{found.notes:,}", "Notes of all parts together."),
    ]


_USES = {"train": "learn from", "valid": "watch the training", "test": "judge it in the end"}


def preview_score(piece: Piece, part_names: Sequence[str]) -> Score:
    """The first bars of a piece on the instruments that suit its parts."""
    roll = piece.music if isinstance(piece.music, Pianoroll) else pianoroll_from_voices(piece.music)
    roll = roll.window(0, min(roll.steps, roll.pickup_steps + _PREVIEW_BARS * roll.steps_per_bar))
    programs = default_programs(part_names)
    tracks = tuple(
        Track(name, roll.part(number), program, name == DRUMS)
        for number, (name, program) in enumerate(zip(part_names, programs, strict=True))
    )
    meter = Fraction(roll.steps_per_bar, 4 * FINE_STEPS)
    scale = max(4 // meter.denominator, 1)
    return Score(
        tracks=tracks,
        tempos=(Tempo(0.0, _PREVIEW_BPM),),
        meters=(Meter(0.0, meter.numerator * scale, meter.denominator * scale),),
        pickup=roll.pickup_steps / FINE_STEPS,
        title=piece.name,
    )


def _sound(piece: Piece, part_names: Sequence[str]) -> PlayerData:
    score = preview_score(piece, part_names)
    return player_data(score, synthesiser().render_stems(score))


def _offer_to_build(source: Source) -> None:
    st.caption("It is prepared from what is installed on this computer, once; that takes a minute or so.")
    if st.button("Prepare it", icon=":material/downloading:", key="build", type="primary"):
        bar = st.progress(0.0, "Preparing the music")
        try:
            source.load(lambda share, words: _tell(bar, share, words))
        except BadInput as error:
            st.session_state[ERROR] = str(error)
        st.rerun()


def _tell(bar: st.delta_generator.DeltaGenerator, share: float, words: str) -> None:
    bar.progress(min(share, 1.0), words)


@st.cache_resource(max_entries=8, show_spinner=False)
def _portrait(content: str, _pieces: Sequence[Piece], part_names: tuple[str, ...]) -> Portrait:
    return portrait(_pieces, part_names)
