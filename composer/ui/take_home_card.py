"""4 Take home: the take on the page as files, each made when it is asked for, and ways to share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from composer.music.bundles import file_name
from composer.music.score import Score
from composer.projects.results import Result
from composer.ui.chain_sound import steps_before
from composer.ui.home_files import MIDI, PICTURE, SOUND, Kind, Taken, everything, score_kinds
from composer.ui.keeping import project_name, project_of
from composer.ui.listen_card import heard_score
from composer.ui.menu import is_dark
from composer.ui.plain import plain
from composer.ui.share_menu import preset_maker, share_menu
from composer.ui.sheet_music import sheet_music
from composer.ui.state import RESULT, home_key, shown_take


def take_home_card() -> None:
    """Draw the card: the take on the page, as it sounds there, in every form; nothing where there is none."""
    result: Result | None = st.session_state.get(RESULT)
    if result is None:
        return
    take = shown_take(result)
    with st.container(border=True, key="card_home"):
        st.header("4 · Take home", anchor=False)
        st.caption(f"Take {take + 1}, with the instruments and the tempo chosen above.{_kept_words(result)}")
        score = heard_score(result, take)
        taken = Taken(score, _part_switches(score), is_dark())
        stem = f"{file_name(taken.score.title)}-take-{take + 1}"
        with st.container(horizontal=True, gap="small"):
            _button(MIDI, taken, stem, primary=True)
            for label, icon, kinds in (
                ("Sound", ":material/headphones:", SOUND),
                ("Score", ":material/lyrics:", score_kinds()),
                ("Picture", ":material/image:", PICTURE),
            ):
                with st.popover(label, icon=icon, key=f"menu_{label}"):
                    for kind in kinds:
                        _button(kind, taken, stem)
            st.download_button(
                "All of it",
                _later(everything, Taken(taken.score, taken.parts, taken.dark, project_of(result))),
                f"{stem}.zip",
                "application/zip",
                icon=":material/folder_zip:",
                help="Every kind of file in one zip, also each part for itself, and the project.",
                key="home_All of it",
                on_click="ignore",
            )
            share_menu(result)
        sheet_music(taken, (result.fingerprint(take), steps_before()), stem)
        preset_maker(result)


def _kept_words(result: Result) -> str:
    """Where the result is kept: “ Kept as the project “Evening Walk”.”"""
    name = project_name(result)
    return f" Kept as the project “{plain(name)}”." if name else ""


def _button(kind: Kind, taken: Taken, stem: str, primary: bool = False) -> None:
    st.download_button(
        kind.label,
        _later(kind.write, taken),
        f"{stem}{kind.ending}",
        kind.mime,
        icon=kind.icon,
        help=kind.help,
        key=f"home_{kind.label}",
        on_click="ignore",
        type="primary" if primary else "secondary",
        width="content" if primary else "stretch",
    )


def _part_switches(score: Score) -> Sequence[int]:
    """The numbers (from 0) of the parts that go into the files: all at first, and always one at least."""
    names, key = [track.name for track in score.tracks], home_key(score)
    st.session_state.setdefault(key, list(range(len(names))))
    chosen = st.pills(
        "Parts in the files",
        range(len(names)),
        selection_mode="multi",
        key=key,
        format_func=names.__getitem__,
        help="Switch off what you don't want to take home. One part stays on.",
        on_change=_keep_one,
        args=(key,),
        persist_state="session",
    )
    st.session_state[f"{key}.last"] = chosen
    return sorted(chosen)


def _keep_one(key: str) -> None:
    """Put the last part back where a person has switched it off."""
    st.session_state[key] = st.session_state[key] or st.session_state[f"{key}.last"]


def _later(write: Callable[[Taken], bytes], taken: Taken) -> Callable[[], bytes]:
    return lambda: write(taken)
