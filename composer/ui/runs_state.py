"""What the Runs page knows: which runs are looked for, in what order, which are chosen, and what is done to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from composer.jobs.overview import DAMAGED, Overview, discard, undo_discard
from composer.plots.comparison import places
from composer.training.labels import Labels, read_labels, write_labels
from composer.training.record import Record
from composer.training.run import Run
from composer.ui.telling import attempt
from composer.ui.training import forget, title_of

CHOSEN, ERROR, SAID = "runs.chosen", "runs.error", "runs.said"
TEXT, DATASET, ALGORITHM, STARRED, ORDER = (
    f"runs.{name}" for name in ("text", "dataset", "algorithm", "star", "order")
)
_PLACES, _ROUND, _TABLES = "runs.places", "runs.round", "runs.tables"
ADDRESS = "chosen"

ORDERS: dict[str, Callable[[Overview], tuple[bool, float | str]]] = {
    "Newest first": lambda found: (False, -found.record.changed),
    "Name": lambda found: (False, name_of(found.record).casefold()),
    "Similarity, best first": lambda found: _by(found, "similarity", 1),
    "Chord rate, best first": lambda found: _by(found, "chord_rate", -1),
    "Generator loss, lowest first": lambda found: _by(found, "generator", 1),
    "Most epochs first": lambda found: (False, -found.record.epoch),
    "Most time first": lambda found: (False, -found.record.seconds),
    "Most disk first": lambda found: (False, -found.record.disk_bytes),
}
"""What sorts runs, by the words on the page; True sorts what has no such figure to the end."""


def name_of(record: Record) -> str:
    """What a run is called: by its person, else after its algorithm and dataset."""
    return record.labels.name or title_of(record.run)


def begin(found: Sequence[Overview]) -> None:
    """Choose, in a new session, the runs in the address; forget chosen runs that are no longer there."""
    wished = st.query_params.get(ADDRESS, "").split(",")
    ids = {each.id for each in found}
    before = st.session_state.get(CHOSEN, wished)
    chosen = [run_id for run_id in before if run_id in ids]
    if CHOSEN not in st.session_state or chosen != before:
        st.session_state[CHOSEN] = chosen


def write_address() -> None:
    """Put the chosen runs into the address, so that a reload finds them again."""
    chosen = ",".join(st.session_state[CHOSEN])
    if chosen != st.query_params.get(ADDRESS, ""):
        st.query_params.update({ADDRESS: chosen}) if chosen else st.query_params.pop(ADDRESS)


def matching(found: Sequence[Overview], text: str, dataset: str, algorithm: str, starred: bool) -> list[Overview]:
    """The runs in whose name, note or state every word of `text` occurs, of a dataset and algorithm ("" for any)."""
    words = text.casefold().split()
    return [
        each
        for each in found
        if all(word in _searched(each) for word in words)
        and dataset in ("", each.record.dataset)
        and algorithm in ("", each.record.algorithm)
        and (each.record.labels.starred or not starred)
    ]


def visible(found: Sequence[Overview]) -> list[Overview]:
    """The runs that the boxes above the table ask for, in the order asked for."""
    state = st.session_state
    kept = matching(found, state[TEXT], state[DATASET] or "", state[ALGORITHM] or "", state[STARRED])
    return sorted(kept, key=ORDERS[state[ORDER]])


def table_key(shown: Sequence[Overview]) -> str:
    """The key of the table of these runs: another one for other runs, and after a choice outside the table."""
    return f"runs.table.{st.session_state.get(_ROUND, 0)}.{hash(tuple(each.id for each in shown))}"


def first_selection(key: str, shown: Sequence[Overview]) -> list[int]:
    """The rows that are ticked when the table of this key is drawn for the first time."""
    known = st.session_state.get(_TABLES)
    if known is None or known[0] != key:
        rows = [row for row, each in enumerate(shown) if each.id in st.session_state[CHOSEN]]
        st.session_state[_TABLES] = known = (key, rows)
    return list(known[1])


def take_ticks(key: str, ids: Sequence[str]) -> None:
    """Choose the runs that are ticked in the table (a callback); chosen runs that it doesn't show stay."""
    rows = st.session_state[key]["selection"]["rows"]
    hidden = [run_id for run_id in st.session_state[CHOSEN] if run_id not in ids]
    st.session_state[CHOSEN] = hidden + [ids[row] for row in rows if row < len(ids)]


def tick_anew() -> None:
    """Let the table show what was chosen outside it (a callback)."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def places_of(ids: Sequence[str]) -> dict[str, int]:
    """The places of compared runs; each keeps its own, and with it its colour, while others come and go."""
    st.session_state[_PLACES] = found = places(st.session_state.get(_PLACES, {}), ids)
    return found


def keep_label(run: Run, field: str, key: str) -> None:
    """Keep a run's name, note or star as the widget under `key` says (a callback)."""
    attempt(lambda: write_labels(run, replace(read_labels(run), **{field: st.session_state[key]})), ERROR, SAID)


def delete(run: Run, name: str) -> None:
    """Delete a run (a button's callback)."""
    attempt(lambda: _delete(run, name), ERROR, SAID)


def _delete(run: Run, name: str) -> None:
    discard(run)
    forget(run)
    st.session_state[CHOSEN] = [run_id for run_id in st.session_state[CHOSEN] if run_id != run.id]
    st.session_state[SAID] = f"Deleted “{name}”."


def undo() -> None:
    """Bring the run back that was deleted last (a button's callback)."""
    attempt(lambda: st.session_state.update({CHOSEN: [undo_discard().id], SAID: "It is back."}), ERROR, SAID)
    tick_anew()


def _searched(found: Overview) -> str:
    labels: Labels = found.record.labels
    return f"{name_of(found.record)} {title_of(found.record.run)} {labels.note} {found.id} {found.words}".casefold()


def _by(found: Overview, figure: str, sign: int) -> tuple[bool, float]:
    value = found.record.last.get(figure)
    missing = value is None or math.isnan(value) or found.status.state == DAMAGED
    return missing, 0.0 if missing else sign * float(value or 0.0)
