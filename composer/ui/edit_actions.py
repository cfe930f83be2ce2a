"""What can be done to the take on the page: edited by hand, generated again in places, mixed with other takes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from composer.errors import BadInput
from composer.music.editing import mix_takes
from composer.music.pianoroll import Music
from composer.music.region import Region
from composer.projects.by_hand import with_notes
from composer.projects.checking import LARGEST_SEED
from composer.projects.edited import with_take
from composer.projects.results import Result
from composer.ui.edit_state import CHANGED, HEARD, NOW, TOLD, fixed_parts, hold_selection
from composer.ui.engine import algorithm_of, model_of
from composer.ui.inside import maker
from composer.ui.keeping import keep
from composer.ui.roll_editor import Edit
from composer.ui.state import RESULT
from composer.ui.steps import add_step

GONE = "The model that made this is gone or has learned since, so it can't play here again; press Generate instead."
_WISH = "studio.edit.wish"
_LINE = "studio.edit.line"
"""The fingerprints of the take that edits by hand led through without a break, the newest last."""
_LONGEST_LINE = 200
_MOVED_ON = "The music changed in the meantime, so this was not done; please try again."
_SAME = "Nothing new came; try once more, or select a larger place."


@dataclass(frozen=True)
class Place:
    """A take on the page, and the notes it had when a person did something to it."""

    take: int
    fingerprint: str

    @classmethod
    def of(cls, result: Result, take: int) -> Place:
        """Take number `take` (from 0) as it is now."""
        return cls(take, result.fingerprint(take))

    def result(self) -> Result:
        """The music on the page; raises BadInput where the take isn't there any more as it was.

        Edits by hand may have gone on since: quick ones come before the page has answered the first.
        """
        result: Result | None = st.session_state.get(RESULT)
        if result is None or self.take >= len(result.takes):
            raise BadInput(_MOVED_ON)
        now, line = result.fingerprint(self.take), st.session_state.get(_LINE, ())
        if now != self.fingerprint and not (self.fingerprint in line and now == line[-1]):
            raise BadInput(_MOVED_ON)
        return result


def edit(place: Place, done: Edit) -> None:
    """Put the notes that a person edited into the take; parts that may not change stay as they are."""
    st.session_state[CHANGED] = True
    before = _fingerprint(place)
    _attempt(place, lambda result: with_notes(result, place.take, done.notes, fixed_parts(result)), done.words)
    line = st.session_state.get(_LINE, ())
    line = line if line and line[-1] == before else (before,)
    st.session_state[_LINE] = (*line, _fingerprint(place))[-_LONGEST_LINE:]


def mix(place: Place, source: Sequence[int], words: str) -> None:
    """Make the take of one part from each of the takes numbered `source` (from 0), a number a part."""
    st.session_state[CHANGED] = True
    _attempt(place, lambda result: mix_takes(result.takes, source), words, "These takes have the same notes there.")


def ask_again(place: Place, region: Region, words: str) -> None:
    """Take down that a region is to be generated again, by chance, once the listening card is drawn."""
    st.session_state[_WISH] = (place, region, words, random.randint(0, LARGEST_SEED))
    st.session_state[CHANGED] = True


def generate_waiting() -> None:
    """Generate the region again that was taken down, if one was; where that fails the take stays as it was."""
    st.session_state[CHANGED] = False
    if _WISH not in st.session_state:
        return
    place, region, words, seed = st.session_state.pop(_WISH)
    _attempt(place, lambda result: _again(result, place.take, region, seed), words, _SAME)
    hold_selection()


def _again(result: Result, take: int, region: Region, seed: int) -> Music:
    choice = maker(result)
    if choice is None:
        raise BadInput(GONE)
    settings = algorithm_of(choice).GenerateSettings.from_dict(result.request.settings)
    return model_of(choice).rewrite(result.takes[take], region, settings, seed)


def _attempt(place: Place, change: Callable[[Result], Music], words: str, same: str = "") -> None:
    """Change a take, as a step that is kept; where that can't be done a sentence says why, and all stays as it was.

    `same` is told where the notes turn out to be those that were there.
    """
    st.session_state[TOLD] = None
    try:
        result = place.result()
        changed = with_take(result, place.take, change(result))
    except BadInput as error:
        st.session_state[TOLD] = str(error)
        return
    if changed.fingerprint(place.take) == result.fingerprint(place.take):
        st.session_state[TOLD] = same
        return
    add_step(changed, words, place.take)  # first, for a rerun may cut in: see settle_steps
    st.session_state[RESULT] = changed
    st.session_state[HEARD] = NOW
    keep(changed)


def _fingerprint(place: Place) -> str:
    """The notes that the take has now; "" where it is gone."""
    result: Result | None = st.session_state.get(RESULT)
    return result.fingerprint(place.take) if result is not None and place.take < len(result.takes) else ""
