"""From playing to a melody: the rhythm is straightened as far as it is wished, and one line comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.music.recording import MAX_EVENTS, METERS, Recording, recorded_score
from composer.music.score import Score
from composer.projects.melody import Melody

EVENT = st.tuples(st.floats(-2, 300), st.floats(0.001, 4), st.integers(0, 127), st.integers(1, 127))
EVENTS = st.lists(EVENT, min_size=1, max_size=40)


def recorded(events: Any, strength: float = 1.0, bpm: float = 120, meter: str = "4/4") -> Score:
    message = {"events": events, "bpm": bpm, "meter": meter, "strength": 100 * strength}
    return recorded_score(Recording.from_message(message))


@given(EVENTS, st.integers(30, 240), st.sampled_from(sorted(METERS)), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_whatever_is_played_gives_one_line_that_the_studio_can_use(
    events: list[tuple[float, float, int, int]], bpm: int, meter: str, strength: float
) -> None:
    score = recorded(events, strength, bpm, meter)
    notes = score.tracks[0].notes
    assert 1 <= len(notes) <= len(events)
    assert (notes["duration"] > 0).all()
    assert (np.diff(notes["onset"]) > 0).all()
    assert (notes["onset"][1:] >= (notes["onset"] + notes["duration"])[:-1] - 1e-9).all()
    assert 0 <= notes["onset"][0] < score.meters[0].bar_quarters + 1e-6
    assert {(p, v) for _, _, p, v in events} >= set(
        zip(notes["pitch"].tolist(), notes["velocity"].tolist(), strict=True)
    )
    assert len(Melody.proposed(score, "Played").grid.notes) >= 1


@given(EVENTS, st.integers(30, 240))
@settings(max_examples=40, deadline=None)
def test_full_strength_puts_all_onto_sixteenths(events: list[tuple[float, float, int, int]], bpm: int) -> None:
    notes = recorded(events, bpm=bpm).tracks[0].notes
    for times in (notes["onset"], notes["duration"]):
        np.testing.assert_allclose(times * 4, np.round(times * 4), atol=1e-9)


def test_no_strength_keeps_the_playing_and_half_goes_half_the_way() -> None:
    played = [[0.03, 0.4, 60, 90], [0.52, 0.3, 62, 80], [1.27, 0.2, 64, 70]]
    free, half = (recorded(played, strength).tracks[0].notes for strength in (0.0, 0.5))
    np.testing.assert_allclose(free["onset"], [0.06, 1.04, 2.54])
    np.testing.assert_allclose(free["duration"], [0.8, 0.6, 0.4])
    np.testing.assert_allclose(half["onset"], [0.03, 1.02, 2.52])
    assert free["velocity"].tolist() == [90, 80, 70]


def test_chords_give_their_top_line_and_held_notes_end_where_the_next_begins() -> None:
    notes = recorded([[0, 0.5, 60, 80], [0.01, 0.5, 67, 80], [0.5, 1.1, 72, 80], [1, 1, 74, 80]])
    line = notes.tracks[0].notes
    assert line["pitch"].tolist() == [67, 72, 74]
    np.testing.assert_allclose(line["onset"] + line["duration"], [1, 2, 4])


def test_notes_of_the_count_in_are_a_pickup_and_a_long_wait_is_left_out() -> None:
    score = recorded([[-0.5, 0.4, 67, 80], [0, 2, 72, 80], [2, 2, 74, 80]])
    assert score.tracks[0].notes["onset"].tolist() == [3, 4, 8]
    melody = Melody.proposed(score, "Played")
    assert melody.grid.voices.pickup_steps == 4 and melody.bars == 2
    late = recorded([[8.5, 0.5, 72, 80]])
    assert late.tracks[0].notes["onset"].tolist() == [1]


def test_a_first_note_a_little_early_is_no_pickup() -> None:
    assert recorded([[-0.02, 0.5, 72, 80]], 0.0).tracks[0].notes["onset"].tolist() == [0]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"events": []}, "Nothing has been played"),
        ({"events": [[0, 1, 60, 80]] * (MAX_EVENTS + 1)}, "at most 5,000"),
        ({"events": [[1300, 1, 60, 80]]}, "at most 20 minutes"),
        ({"events": [[0, 1, 60]]}, "record it again"),
        ({"events": [[0, 1, 60, 80], [0, 1]]}, "record it again"),
        ({"events": [[0, 1, 200, 80]]}, "record it again"),
        ({"events": [[0, 0, 60, 80]]}, "record it again"),
        ({"events": [[None, 1, 60, 80]]}, "record it again"),
        ({"events": "piano"}, "record it again"),
        ({"bpm": 5000}, "between 30 and 240"),
        ({"bpm": None}, "record it again"),
        ({"strength": 101}, "record it again"),
        ({"events": 5}, "record it again"),
        ({"meter": "9/7"}, "record it again"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(message: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        Recording.from_message({"events": [[0, 1, 60, 80]], "bpm": 120, "meter": "4/4", "strength": 100} | message)
