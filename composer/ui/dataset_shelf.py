"""All datasets there are: what is in each, and for the person's own, the way to rename or delete it."""

from __future__ import annotations

import streamlit as st

from composer.data.dataset import Source
from composer.data.registry import sources
from composer.training.run import runs_on
from composer.ui.dataset_state import delete, models_words, rename, show, shown
from composer.ui.house import reads_only, why_disabled
from composer.ui.plain import plain
from composer.ui.training import size
from composer.ui.training_choice import DATASET


def shelf_card() -> None:
    """Draw a line for each dataset, the person's own first."""
    with st.container(border=True, key="card_shelf"):
        st.header("Datasets on this computer", anchor=False)
        offered = sorted(sources().values(), key=lambda source: source.file is None)
        if offered[0].file is None:
            st.caption(
                ":material/arrow_upward: None of yours yet: drop some MIDI files above, or a zip of them. Eight pieces "
                "are enough to begin with; a hundred are better."
            )
        for source in offered:
            _draw_line(source, source.name == shown().name)


def line_words(source: Source) -> str:
    """The small line below a dataset's title: its parts and the disk it takes."""
    kept = size(source.path.stat().st_size) if source.path.exists() else "made at first use"
    return f"{', '.join(source.part_names)} · {kept}"


def _draw_line(source: Source, is_shown: bool) -> None:
    badge = ":violet-badge[:material/person: Yours]" if source.file else ":gray-badge[Built in]"
    with st.container(key=f"dataset-{source.name}", gap="small"):
        with st.container(gap=None):
            st.markdown(f"**{plain(source.title)}** {badge}")
            st.caption(line_words(source))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Look",
                key=f"look-{source.name}",
                icon=":material/visibility:",
                on_click=show,
                args=(source,),
                disabled=is_shown,
            )
            if st.button("Train on it", key=f"train-{source.name}", icon=":material/model_training:"):
                st.session_state[DATASET] = source.name
                st.switch_page("pages/1_Train.py")
            if source.file is not None:
                _draw_changes(source)


def _draw_changes(source: Source) -> None:
    with st.popover("Change", icon=":material/edit:", key=f"change-{source.name}"):
        key = f"title-{source.name}"
        st.text_input("Name", source.title, key=key, max_chars=60)
        st.button("Rename", key=f"rename-{source.name}", on_click=rename, args=(source.name, key))
        st.divider()
        words = models_words([run.id for run in runs_on(source.name)])
        st.markdown(f"Deleting removes the dataset, not your files. It can't be undone.{words}")
        st.button(
            "Delete for good",
            key=f"delete-{source.name}",
            icon=":material/delete:",
            on_click=delete,
            args=(source.name,),
            disabled=reads_only(),
            help=why_disabled(),
        )
