"""1 Your trainings: all runs in a table to search, sort and choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from composer.algorithms.registry import ALGORITHMS
from composer.data.registry import sources
from composer.jobs.overview import Overview, discarded, settings_that_differ
from composer.ui.runs_state import (
    ALGORITHM,
    CHOSEN,
    DATASET,
    ERROR,
    ORDER,
    ORDERS,
    SAID,
    STARRED,
    TEXT,
    first_selection,
    name_of,
    table_key,
    take_ticks,
    tick_anew,
    undo,
    visible,
)
from composer.ui.training import algorithm_title, size, title_of

_BOX_PX = 147
"""Two boxes stand beside each other on a phone."""
_COLUMNS = {
    "★": st.column_config.TextColumn("★", width=40, help="Starred"),
    "Similarity": st.column_config.NumberColumn(format="%.3f", help="0 = just like the real music."),
    "Chord rate": st.column_config.NumberColumn(format="%.3f", help="Share of moments with a known chord."),
    "Loss": st.column_config.LineChartColumn("Generator loss, by epoch", width="small"),
    "Generator": st.column_config.NumberColumn("Generator loss", format="%.3f"),
    "Critic": st.column_config.NumberColumn("Critic loss", format="%.3f"),
    "Minutes": st.column_config.NumberColumn("Minutes spent", format="%.1f"),
    "MB": st.column_config.NumberColumn("Disk, MB", format="%.1f"),
    "Name": st.column_config.TextColumn(width="medium"),
    "State": st.column_config.TextColumn(width="medium"),
}


def table_card(found: Sequence[Overview]) -> None:
    """Draw the card; runs that are ticked, or picked in the box below, are the chosen ones."""
    with st.container(border=True, key="card_runs"):
        st.header("Your trainings", anchor=False)
        _say()
        if not found:
            st.info("Nothing has been trained here yet. A first training takes a few minutes.", icon=":material/list:")
            return
        _filters(found)
        shown = visible(found)
        key = table_key(shown)
        st.dataframe(
            table_columns(shown),
            hide_index=True,
            column_config=_COLUMNS,
            key=key,
            on_select=lambda: take_ticks(key, [each.id for each in shown]),
            selection_mode="multi-row",
            selection_default={"selection": {"rows": first_selection(key, shown)}},
            placeholder="–",
            alt="All trainings that were asked for, a row each",
        )
        st.caption(count_words(len(shown), found))
        names = {each.id: name_of(each.record) for each in found}
        st.multiselect(
            "Chosen",
            list(names),
            key=CHOSEN,
            format_func=lambda run_id: names.get(run_id, run_id),
            on_change=tick_anew,
            placeholder="Choose one to name, use or delete it, two to six to compare them",
            help="Tick runs in the table, or type here.",
            persist_state="session",
        )


def table_columns(shown: Sequence[Overview]) -> dict[str, list[Any]]:
    """The table, column by column; settings that all these runs share have none."""
    records = [each.record for each in shown]
    datasets = {name: source.title for name, source in sources().items()}
    last = {name: [record.last.get(name) for record in records] for name in _FIGURES.values()}
    columns: dict[str, list[Any]] = {
        "★": ["★" if record.labels.starred else "" for record in records],
        "Name": [name_of(record) for record in records],
        "State": [_capital(each.words) for each in shown],
        "Epochs": [record.epoch for record in records],
        "Similarity": last["similarity"],
        "Chord rate": last["chord_rate"],
        "Loss": [list(record.curve) for record in records],
        "Dataset": [datasets.get(record.dataset, record.dataset) for record in records],
        "Algorithm": [algorithm_title(record.algorithm) for record in records],
        "Generator": last["generator"],
        "Critic": last["critic"],
        "Minutes": [record.seconds / 60 for record in records],
        "MB": [record.disk_bytes / 1e6 for record in records],
    }
    for name in settings_that_differ(records):
        label = setting_label(name, {record.algorithm for record in records})
        columns[label] = [record.settings.get(name) for record in records]
    began = [record.before for record in records]
    return columns | ({"Began from": [name or "nothing" for name in began]} if len(set(began)) > 1 else {})


def setting_label(name: str, algorithms: set[str]) -> str:
    """What a setting is called on the page, by the first of the algorithms that has it."""
    known = [ALGORITHMS[algorithm].TrainSettings.fields() for algorithm in sorted(algorithms & ALGORITHMS.keys())]
    return next((about.label for fields in known for about in fields if about.name == name), name)


def count_words(shown: int, found: Sequence[Overview]) -> str:
    """How many runs there are and are shown, and the disk they all use."""
    total, disk = len(found), size(sum(each.record.disk_bytes for each in found))
    runs = f"{total} run{'s' * (total != 1)}"
    return f"{runs if shown == total else f'{shown} of {runs}'} · together they use {disk} of disk"


_FIGURES = {name: name.lower().replace(" ", "_") for name in ("Similarity", "Chord rate", "Generator", "Critic")}


def _filters(found: Sequence[Overview]) -> None:
    st.session_state.setdefault(ORDER, next(iter(ORDERS)))
    titles = {name: source.title for name, source in sources().items()}
    algorithms = {each.record.algorithm for each in found}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Search", key=TEXT, placeholder="Name, note or state", width=310, persist_state="session")
        _any_of("Dataset", DATASET, {each.record.dataset for each in found}, titles)
        _any_of("Algorithm", ALGORITHM, algorithms, {name: algorithm_title(name) for name in algorithms})
        st.selectbox("Order", list(ORDERS), key=ORDER, width=_BOX_PX, persist_state="session")
        with st.container(width=_BOX_PX, height=40, vertical_alignment="center", border=False):
            st.toggle("Starred", key=STARRED, persist_state="session")


def _any_of(label: str, key: str, names: set[str], titles: dict[str, str]) -> None:
    options = sorted(name for name in names if name)
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    st.selectbox(
        label,
        options,
        key=key,
        index=None,
        placeholder="All",
        format_func=lambda name: titles.get(name, name),
        width=_BOX_PX,
        persist_state="session",
    )


def _say() -> None:
    """What became of the last thing done, and the way back from a deletion."""
    if st.session_state.get(ERROR):
        st.error(st.session_state[ERROR], icon=":material/error:")
    if st.session_state.get(SAID):
        st.success(st.session_state[SAID], icon=":material/check:")
    gone = discarded()
    if gone is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"In the trash: {title_of(gone)}. It is gone for good with the next one, or the next start.")
            st.button("Undo", icon=":material/undo:", key="runs.undo", on_click=undo)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
