"""A drawn melody: empty bars, a melody to begin with, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.notation import parse_tune
from composer.music.score import Meter
from composer.projects.drawing import METERS, Drafts, Drawing
from composer.projects.melody import Melody

THREE = METERS["3/4"]
NOTES = np.array([(0, 0, 12, 72), (0, 12, 4, 74), (0, 16, 8, 76)], np.int32)


def tune(text: str) -> Drawing:
    return Drawing.of(Melody.proposed(parse_tune(text), "Tune"))


def test_empty_bars_are_no_melody_yet() -> None:
    drawing = Drawing.empty(4, THREE)
    assert (drawing.bars, drawing.roll.steps) == (4, 4 * 36)
    with pytest.raises(BadInput, match="draw a note"):
        drawing.score()


def test_what_is_drawn_is_a_score_with_its_meter_and_tempo() -> None:
    score = Drawing.empty(8).with_notes(NOTES).with_tempo(90).score()
    [track] = score.tracks
    assert track.notes["onset"].tolist() == pytest.approx([0, 1, 4 / 3])
    assert track.notes["duration"].tolist() == pytest.approx([1, 1 / 3, 2 / 3])
    assert score.tempos[0].bpm == 90 and score.meters == (METERS["4/4"],) and score.title == "Drawn tune"


def test_a_melody_comes_back_note_for_note() -> None:
    text = "title: Mine\nmeter: 3/4\ntempo: 96\npickup: 1\nG4 | C5:1/3 D:1/3 E:1/3 F:2 | E:1.5 D:1/2 C | C:3"
    score, drawing = parse_tune(text), tune(text)
    again = drawing.score()
    for name in ("onset", "duration", "pitch"):
        np.testing.assert_allclose(again.tracks[0].notes[name], score.tracks[0].notes[name], atol=1e-9)
    assert (again.meters, again.pickup, again.tempos) == (score.meters, score.pickup, score.tempos)
    assert drawing.name == "Mine, edited" and drawing.bars == 4


def test_a_melody_that_was_drawn_or_edited_keeps_its_name() -> None:
    edited = tune("title: Mine\nC D E F")
    assert Drawing.of(Melody(edited.score())).name == "Mine, edited"
    assert Drawing.of(Melody(Drawing.empty().with_notes(NOTES).score())).name == "Drawn tune"


def test_a_long_melody_has_the_bars_that_it_needs() -> None:
    assert tune("C D E F " * 16).bars == 16
    assert tune("C D E F " * 19).bars == 19


def test_fewer_bars_cut_the_notes_and_another_meter_keeps_them() -> None:
    drawing = tune("C D E F " * 5)
    assert drawing.bars == 8
    assert len(drawing.with_bars(4).roll.notes) == 16
    waltz = drawing.with_bars(4).with_meter(THREE)
    assert (waltz.bars, len(waltz.roll.notes), waltz.roll.steps_per_bar) == (6, 16, 36)
    assert waltz.with_meter(Meter(0.0, 4, 4)).meter == METERS["4/4"]


def test_each_step_is_undone_and_redone() -> None:
    empty = Drawing.empty()
    drawn, longer = empty.with_notes(NOTES), empty.with_notes(NOTES).with_bars(16)
    drafts = Drafts(empty).then(drawn).then(longer)
    assert drafts.undone().now is drawn and drafts.undone().undone().undone().now is empty
    assert drafts.undone().undone().redone().redone().redone().now is longer
    assert drafts.undone().then(empty).redone().now is empty, "what is done anew takes the place of what was undone"
