"""One chosen run: its name, note and star, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from composer.data.own.library import slug
from composer.jobs.overview import DAMAGED, Overview
from composer.training.labels import LONGEST_NAME, LONGEST_NOTE
from composer.training.model_file import pack
from composer.ui.house import reads_only, why_disabled
from composer.ui.plain import plain
from composer.ui.runs_state import delete, keep_label, name_of
from composer.ui.training import duration, size, title_of


def one_card(found: Overview) -> None:
    """Draw the card of a run; what is typed here is kept at once."""
    record, run = found.record, found.record.run
    with st.container(border=True, key="card_one"):
        st.header(plain(name_of(record)), anchor=False)
        st.caption(plain(facts_words(found)))
        _labels(found)
        usable = record.has_model and found.status.state != DAMAGED
        with st.container(horizontal=True, gap="small"):
            if usable and st.button("Use in the studio", type="primary", icon=":material/piano:", key="runs.use"):
                st.switch_page("streamlit_app.py", query_params={"model": run.id})
            if st.button("Show on the Train page", icon=":material/show_chart:", key="runs.watch"):
                st.switch_page("pages/1_Train.py", query_params={"run": run.id})
            if usable:
                st.download_button(
                    "Download the model",
                    lambda: pack(run.folder, name_of(record)),
                    f"{slug(name_of(record))}.zip",
                    "application/zip",
                    icon=":material/download:",
                    key="runs.download",
                    help="The model as one file, which another copy of this program takes in on this page.",
                    on_click="ignore",
                )
            st.button(
                "Delete",
                icon=":material/delete:",
                key="runs.delete",
                on_click=delete,
                args=(run, name_of(record)),
                disabled=found.status.active or reads_only(),
                help=why_disabled("Stop the training first." if found.status.active else "It can be brought back."),
            )


def facts_words(found: Overview) -> str:
    """One line that says what the run is, how it stands and what it took."""
    record, now = found.record, found.status
    epochs = f"{record.epoch} of {now.epochs} epochs" if now.epochs else f"{record.epoch} epochs"
    facts = [title_of(record.run)] if record.labels.name else []
    facts += [found.words, epochs, duration(record.seconds), size(record.disk_bytes)]
    facts += [f"began from {record.before}"] if record.before else []
    return " · ".join(facts)


def _labels(found: Overview) -> None:
    run, labels = found.record.run, found.record.labels
    left, right = st.columns((2, 3))
    keys = {field: f"runs.{field}.{run.id}" for field in ("name", "note", "starred")}
    for field, key in keys.items():
        st.session_state.setdefault(key, getattr(labels, field))
    with left:
        st.text_input(
            "Name",
            key=keys["name"],
            max_chars=LONGEST_NAME,
            placeholder=title_of(run),
            on_change=keep_label,
            args=(run, "name", keys["name"]),
        )
        st.toggle("Star", key=keys["starred"], on_change=keep_label, args=(run, "starred", keys["starred"]))
    with right:
        st.text_area(
            "Note",
            key=keys["note"],
            max_chars=LONGEST_NOTE,
            height=104,
            placeholder="What did you try? What did you hear?",
            on_change=keep_label,
            args=(run, "note", keys["note"]),
        )
