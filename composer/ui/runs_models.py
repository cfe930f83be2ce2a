"""Models that come as a file: brought here, checked, used in the studio, deleted."""

from __future__ import annotations

import streamlit as st

from composer.algorithms.models import imported_models
from composer.training.model_file import MAX_FILE_BYTES, pack, unpack
from composer.trash import throw_away
from composer.ui.engine import ModelChoice, model_choice
from composer.ui.plain import plain
from composer.ui.telling import attempt
from composer.ui.training import size

_UPLOADS, _ERROR, _SAID = "runs.uploads", "runs.file_error", "runs.file_said"


def models_card() -> None:
    """Draw the card: the way in for a model's zip, and a line for each model that was brought."""
    with st.container(border=True, key="card_models"):
        st.header("Models in a file", anchor=False)
        key = f"runs.file.{st.session_state.get(_UPLOADS, 0)}"
        st.file_uploader(
            "Bring a model",
            ["zip"],
            key=key,
            max_upload_size=MAX_FILE_BYTES // 1_000_000,
            on_change=_bring,
            args=(key,),
            help="A zip that “Download the model” made on this page, here or on another computer.",
        )
        st.caption(":material/shield: It is checked before it is used, and stays on this machine.")
        if st.session_state.get(_ERROR):
            st.error(st.session_state[_ERROR], icon=":material/error:")
        if st.session_state.get(_SAID):
            st.success(st.session_state[_SAID], icon=":material/check:")
        for folder in imported_models().values():
            _draw_line(folder.name, model_choice(folder))


def _draw_line(name: str, choice: ModelChoice | None) -> None:
    folder = imported_models()[name]
    with st.container(key=f"model-{name}", gap="small"):
        st.markdown(f"**{plain(name)}**")
        if choice is None:
            st.caption("This model can't be read any more; delete it and bring it again.")
        else:
            weights = size(sum(path.stat().st_size for path in folder.glob("*")))
            st.caption(plain(f"{choice.title.partition(' · ')[2]} · {', '.join(choice.parts)} · {weights}"))
        with st.container(horizontal=True, gap="small"):
            if choice is not None:
                if st.button("Use in the studio", icon=":material/piano:", key=f"use-{name}"):
                    st.switch_page("streamlit_app.py", query_params={"model": name})
                st.download_button(
                    "Download",
                    lambda: pack(folder),
                    f"{name}.zip",
                    "application/zip",
                    icon=":material/download:",
                    key=f"download-{name}",
                    on_click="ignore",
                )
            st.button("Delete", icon=":material/delete:", key=f"delete-{name}", on_click=_delete, args=(name,))


def _bring(key: str) -> None:
    """Take the file that was dropped in (a callback); what is wrong with it is told on the page."""
    file = st.session_state.get(key)
    if file is None:
        return

    def _unpack() -> None:
        folder = unpack(file, file.name)
        st.session_state[_SAID] = f"“{folder.name}” is here; it is offered in the studio now."
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1  # an uploader with a new key is empty

    attempt(_unpack, _ERROR, _SAID)


def _delete(name: str) -> None:
    def _throw_away() -> None:
        if name in imported_models():
            throw_away(imported_models()[name])
            st.session_state[_SAID] = f"Deleted “{name}”."

    attempt(_throw_away, _ERROR, _SAID)
