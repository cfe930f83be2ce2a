"""What the Datasets page holds: the files that were read and are being checked, and the dataset that is looked at."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

import streamlit as st

from composer.data.dataset import Progress, Source
from composer.data.own import library
from composer.data.own.archive import open_files
from composer.data.own.assembling import Assembly, assemble
from composer.data.own.judging import Judged
from composer.data.own.parts import LAYOUTS, LEFT_OUT, KindRow, Layout, TrackKind, kinds, propose_layout
from composer.data.own.reading import judge_all
from composer.data.registry import find_source, sources
from composer.errors import BadInput
from composer.jobs.local import delete_dataset
from composer.ui.telling import attempt

IMPORT, ERROR, SAID, SHOWN = "datasets.import", "datasets.error", "datasets.said", "datasets.shown"
LAYOUT, TITLE, UPLOADS = "datasets.layout", "datasets.title", "datasets.uploads"
AUTOMATIC = "automatic"
LEAVE_OUT = "leave out"
_FIRST_TITLE = "My music"


@dataclass
class Import:
    """Files that were read, not kept yet; `assembly` and `rows` follow the layout and the corrections."""

    files: Sequence[Judged] = field(repr=False)
    title: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    made: dict[object, Assembly] = field(default_factory=dict, repr=False)
    found: dict[str, list[KindRow]] = field(default_factory=dict, repr=False)

    def rows(self, layout: Layout) -> list[KindRow]:
        """The kinds of tracks and where they are put by themselves."""
        if layout.name not in self.found:
            self.found[layout.name] = kinds(self.files, layout)
        return self.found[layout.name]

    def assembly(self, layout: Layout, corrections: dict[TrackKind, str]) -> Assembly:
        """The pieces in a layout with corrections; the last answer is remembered."""
        wish = (layout.name, tuple(sorted(corrections.items())))
        if wish not in self.made:
            self.made = {wish: assemble(self.files, layout, corrections)}
        return self.made[wish]


def current_import() -> Import | None:
    """The import that is being checked."""
    found: Import | None = st.session_state.get(IMPORT)
    return found


def take_files(files: Sequence[tuple[str, BinaryIO]], progress: Progress) -> None:
    """Read files that were brought and begin to check them; what goes wrong is told on the page."""
    st.session_state[ERROR] = st.session_state[SAID] = None
    st.session_state.pop(IMPORT, None)
    try:
        read = judge_all(open_files(files), progress)
        layout = propose_layout(read).name if any(not file.refusal for file in read) else next(iter(LAYOUTS))
    except BadInput as error:
        st.session_state[ERROR] = str(error)
        return
    found = Import(read, first_title([name for name, _ in files]))
    st.session_state[IMPORT] = found
    st.session_state[LAYOUT], st.session_state[TITLE] = layout, found.title


def first_title(names: Sequence[str]) -> str:
    """What a dataset of these files is called at first: as the one zip is, else "My music", with a number if taken."""
    path = PurePosixPath(names[0])
    wish = path.stem.replace("_", " ").strip()[:50] if len(names) == 1 and path.suffix.lower() == ".zip" else ""
    wish = wish or _FIRST_TITLE
    return next(title for number in range(1, 1000) if _is_free(title := wish if number == 1 else f"{wish} {number}"))


def _is_free(title: str) -> bool:
    try:
        library.check_title(title)
        return True
    except BadInput:
        return False


def part_key(found: Import, layout: Layout, row: int) -> str:
    """The key of the box in which the part of row number `row` is corrected."""
    return f"datasets.part.{found.id}.{layout.name}.{row}"


def corrections(found: Import, layout: Layout) -> dict[TrackKind, str]:
    """What the person chose for kinds of tracks; those left to the program are not in it."""
    rows = found.rows(layout)
    chosen = [st.session_state.get(part_key(found, layout, number), AUTOMATIC) for number in range(len(rows))]
    told = {row.kind: part for row, part in zip(rows, chosen, strict=True) if part != AUTOMATIC}
    return {kind: LEFT_OUT if part == LEAVE_OUT else part for kind, part in told.items()}


def current_assembly(found: Import) -> Assembly:
    """The pieces as they would be kept now."""
    layout = LAYOUTS[st.session_state.get(LAYOUT) or next(iter(LAYOUTS))]
    return found.assembly(layout, corrections(found, layout))


def content_id(found: Import) -> str:
    """Stands for the pieces as they would be kept now."""
    layout = LAYOUTS[st.session_state.get(LAYOUT) or next(iter(LAYOUTS))]
    wish = f"{layout.name}{sorted(corrections(found, layout).items())}"
    return f"import-{found.id}-{hashlib.sha256(wish.encode()).hexdigest()[:8]}"


def keep() -> None:
    """Keep what was checked as a dataset and look at it (a button's callback)."""
    found = current_import()
    if found is not None:
        attempt(lambda: _keep(found), ERROR, SAID)


def _keep(found: Import) -> None:
    source = library.save(st.session_state[TITLE], current_assembly(found))
    discard()
    st.session_state[SHOWN] = source.name
    st.session_state[SAID] = f"Kept “{source.title}”. It is offered on the Train page now."


def discard() -> None:
    """Put the files that were read away (a button's callback)."""
    st.session_state.pop(IMPORT, None)
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1  # an uploader with a new key is empty


def show(source: Source) -> None:
    """Look at a dataset (a button's callback)."""
    st.session_state[SHOWN] = source.name
    st.session_state[SAID] = st.session_state[ERROR] = None


def shown() -> Source:
    """The dataset that is looked at: the chosen one, else the first that is built, else the first."""
    offered = sources()
    chosen = offered.get(st.session_state.get(SHOWN, ""))
    built = (source for source in offered.values() if source.path.exists())
    return chosen or next(built, next(iter(offered.values())))


def rename(name: str, key: str) -> None:
    """Call a dataset of the person's as the box under `key` says (a callback)."""
    attempt(lambda: library.rename(find_source(name), st.session_state[key]), ERROR, SAID)


def delete(name: str) -> None:
    """Remove a dataset of the person's and say which models stay (a callback)."""
    attempt(lambda: _delete(find_source(name)), ERROR, SAID)


def _delete(source: Source) -> None:
    runs = delete_dataset(source)
    st.session_state[SAID] = f"Deleted “{source.title}”.{models_words([run.id for run in runs])}"


def models_words(runs: Sequence[str]) -> str:
    """What becomes of the runs that learned from a dataset when it goes; "" for none."""
    if not runs:
        return ""
    names = ", ".join(f"“{run}”" for run in runs)
    plural = "s" * (len(runs) > 1)
    return f" The model{plural} of the training{plural} {names} can still be used, but not be trained any further."
