"""A blind now: two of the compared runs play a melody without their names, and a person says which is better."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from composer.errors import BadInput
from composer.jobs.overview import Overview
from composer.projects.listening import Choice, Score, remember, scores
from composer.ui.plain import plain
from composer.ui.runs_music import arranged, melody_box, play
from composer.ui.runs_state import name_of

ROUND = "runs.blind"
_ANSWERS = {"I like A more": 0, "I like B more": 1, "Can't tell": None}
_LARGEST_SEED = 99_999


@dataclass(frozen=True)
class Round:
    """Two runs in the order in which they are heard, the seed of their music, and what they were chosen from."""

    pair: tuple[str, str]
    seed: int
    among: frozenset[str]
    answered: bool = False


def new_round(ids: Sequence[str], dice: random.Random) -> Round:
    """Any two of the runs, in any order, with music of any seed."""
    first, second = dice.sample(sorted(ids), 2)
    return Round((first, second), dice.randrange(_LARGEST_SEED), frozenset(ids))


def blind_view(found: Sequence[Overview]) -> None:
    """Draw the test, or after the answer what was heard, and how often each run was liked so far."""
    able = {each.id: each for each in found if each.record.has_model}
    if len(able) < 2:
        st.info("A blind test needs two runs with a model each; let them train for an epoch first.")
        return
    now: Round | None = st.session_state.get(ROUND)
    if now is None or now.among != frozenset(able):
        st.session_state[ROUND] = now = new_round(list(able), random.Random())
    title = melody_box()
    try:
        with st.spinner("Arranging …"):
            results = [arranged(able[run_id].record.run.folder, title, now.seed) for run_id in now.pair]
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return
    for letter, result, column in zip("AB", results, st.columns(2), strict=True):
        with column:
            st.subheader(f"Music {letter}", anchor=False)
            play(result, key=f"runs_blind_{letter}")
    names = [name_of(able[run_id].record) for run_id in now.pair]
    _reveal(names) if now.answered else _ask(now, title)
    st.caption(plain(score_words({name_of(able[model].record): score for model, score in scores(able).items()})))


def score_words(found: dict[str, Score]) -> str:
    """How often each run was liked better so far, the best first; "" before the first answer."""
    heard = {name: score for name, score in found.items() if score.heard}
    lines = [
        f"{name}: liked better {score.liked} of {score.heard} times" + f", {score.even} undecided" * bool(score.even)
        for name, score in sorted(heard.items(), key=lambda pair: -pair[1].liked / pair[1].heard)
    ]
    return f"So far. {'; '.join(lines)}." if lines else ""


def _ask(now: Round, title: str) -> None:
    st.caption("Both play the same melody. Their names come after your answer.")
    with st.container(horizontal=True, gap="small"):
        for words, liked in _ANSWERS.items():
            st.button(words, key=f"runs.answer.{liked}", on_click=_answer, args=(now, title, liked))


def _reveal(names: Sequence[str]) -> None:
    st.success(f"A was **{plain(names[0])}**, B was **{plain(names[1])}**.", icon=":material/visibility:")
    st.button("Another round", icon=":material/casino:", key="runs.again", on_click=_again)


def _answer(now: Round, title: str, liked: int | None) -> None:
    """Remember an answer and show the names (a button's callback); a full disk keeps neither from being shown."""
    st.session_state[ROUND] = Round(now.pair, now.seed, now.among, answered=True)
    try:
        remember(Choice(*now.pair, title, "" if liked is None else now.pair[liked]))
    except OSError:
        st.toast("Your answer can't be kept: the disk is full.", icon=":material/error:")


def _again() -> None:
    del st.session_state[ROUND]
