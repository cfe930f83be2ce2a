"""Splicing: what was not to be replaced comes back note for note, whatever is put beside it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer.music.pianoroll import LENGTH, ONSET, PITCH, TRACK, Pianoroll
from composer.music.region import Region, open_cells, open_notes
from composer.music.splicing import sounding_inside, with_new_cells, with_new_notes
from composer.music.voices import REST, Voices
from tests.made_up import any_region, any_roll, any_voices, changed_only, same

R = REST


@given(any_voices(), st.data())
def test_new_cells_change_the_region_alone(take: Voices, data: st.DataObject) -> None:
    where = data.draw(any_region(take))
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    pitch = np.where(random.random(take.pitch.shape) < 0.5, take.pitch, random.choice([REST, 60, 61], take.pitch.shape))
    new = Voices(pitch, random.random(pitch.shape) < 0.2, take.steps_per_bar, take.pickup_steps)
    after = with_new_cells(take, where, new)
    free = open_cells(take, where)
    assert changed_only(where, take, after)
    assert np.array_equal(after.pitch[free], new.pitch[free])
    assert same(with_new_cells(take, where, take), take)


def test_a_note_before_is_not_lengthened_and_one_behind_still_begins() -> None:
    take = Voices(np.array([[60, 60, 62, 62, 64, 64]]), np.zeros((1, 6), bool))
    new = Voices(np.array([[64, 60, 60, 64, 64, 64]]), np.zeros((1, 6), bool))
    after = with_new_cells(take, Region((0,), 2, 4), new)
    assert after.pitch.tolist() == [[60, 60, 60, 64, 64, 64]]
    assert after.attack.tolist() == [[True, False, True, True, True, False]]


@given(any_roll(), any_roll(), st.data())
def test_new_notes_change_the_region_alone(take: Pianoroll, other: Pianoroll, data: st.DataObject) -> None:
    where = data.draw(any_region(take))
    sized = Pianoroll(other.notes, 3, take.steps, take.steps_per_bar, take.pickup_steps)
    after = with_new_notes(take, where, sounding_inside(sized, where))
    assert changed_only(where, take, after)
    kept = take.notes[~open_notes(take, where)]
    assert _overlaps(after) == _overlaps(Pianoroll(kept, 3, take.steps))
    mine = Pianoroll(take.notes[open_notes(take, where)], 3, take.steps)
    assert np.array_equal(with_new_notes(take, where, mine).notes, take.notes)


def _overlaps(roll: Pianoroll) -> int:
    """Steps at which a pitch of a track sounds more than once."""
    return int(roll.notes[:, LENGTH].sum() - roll.planes()[0].sum())


def test_where_a_pitch_stays_it_sounds_once() -> None:
    take = Pianoroll(np.array([[0, 0, 12, 60], [0, 24, 12, 60]]), 1, 48)
    new = Pianoroll(np.array([[0, 6, 36, 60], [0, 6, 6, 64]]), 1, 48)
    after = with_new_notes(take, Region((0,), 6, 24), new)
    assert after.notes.tolist() == [[0, 0, 12, 60], [0, 6, 6, 64], [0, 12, 12, 60], [0, 24, 12, 60], [0, 36, 6, 60]]


@given(any_roll(), st.data())
def test_what_sounds_inside_is_what_the_planes_show_there(roll: Pianoroll, data: st.DataObject) -> None:
    where = data.draw(any_region(roll))
    shown = roll.planes()[0]
    step = np.arange(roll.steps)
    shown[:, (step < where.start) | (step >= where.end)] = False
    shown[[part for part in range(3) if part not in where.parts]] = False
    assert np.array_equal(sounding_inside(roll, where).planes()[0], shown)


def test_a_drum_struck_before_is_not_struck_again() -> None:
    roll = Pianoroll(np.array([[0, 0, 12, 60], [1, 10, 3, 36], [1, 13, 3, 38]]), 2, 48)
    inside = sounding_inside(roll, Region((0, 1), 11, 14), drums=[1])
    assert inside.notes[:, [TRACK, ONSET, LENGTH, PITCH]].tolist() == [[0, 11, 1, 60], [1, 13, 1, 38]]
