"""The piano roll: every note where it belongs, bars and beats where the meter puts them."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from composer.music.score import Meter, Score, Tempo, Track, make_notes
from composer.plots.pianoroll import beat_lines, is_black_key, pianoroll_figure, pitch_name, pitch_range, roll_data
from composer.plots.picture import pianoroll_png
from composer.plots.theme import DARK, LIGHT

COMMON_TIME = Meter(0.0, 4, 4)


def score(pickup: float = 0.0, meter: Meter = COMMON_TIME) -> Score:
    soprano = Track("Soprano", make_notes([0, 1, 2, 3, 4], [1, 1, 1, 1, 4], [72, 74, 76, 77, 79]), 73)
    bass = Track("Bass", make_notes([0, 4], [4, 4], [48, 43]), 70)
    return Score((soprano, bass), (Tempo(0.0, 120.0),), (meter,), pickup=pickup)


def test_roll_data_is_json_in_seconds() -> None:
    data = json.loads(json.dumps(roll_data(score())))
    soprano, bass = data["parts"]
    assert soprano["start"] == [0, 0.5, 1, 1.5, 2] and soprano["duration"] == [0.5, 0.5, 0.5, 0.5, 2]
    assert bass["pitch"] == [48, 43] and bass["instrument"] == "Bassoon"
    assert data["bars"] == [0, 2] and data["beats"] == [0.5 * i for i in range(8)]
    assert data["seconds"] == 4 and (data["low"], data["high"]) == (41, 81)
    assert soprano["summary"] == "Soprano: 5 notes, C5 to G5."


def test_tempo_changes_bend_the_time_axis() -> None:
    slower = Score(score().tracks, (Tempo(0, 120), Tempo(4, 60)))
    assert roll_data(slower)["parts"][0]["duration"][-1] == 4
    assert roll_data(slower)["bars"] == [0, 2]


@pytest.mark.parametrize(
    ("meter", "pickup", "beats"),
    [
        (Meter(0, 3, 4), 0.0, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (Meter(0, 6, 8), 0.0, [0, 1.5, 3, 4.5, 6, 7.5]),
        (Meter(0, 4, 4), 0.5, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]),
        (Meter(0, 2, 2), 0.0, [0, 2, 4, 6, 8]),
    ],
)
def test_beats_follow_the_meter(meter: Meter, pickup: float, beats: list[float]) -> None:
    np.testing.assert_allclose(beat_lines(score(pickup, meter)), beats)


def test_every_bar_line_is_a_beat() -> None:
    piece = score(1.0, Meter(0, 3, 4))
    assert set(piece.bar_lines()) <= set(beat_lines(piece))


def test_pitch_names_and_keys() -> None:
    assert [pitch_name(p) for p in (0, 60, 61, 69, 127)] == ["C-1", "C4", "C♯4", "A4", "G9"]
    assert [is_black_key(p) for p in range(60, 72)] == [False, True] * 2 + [False] * 2 + [True, False] * 3


@pytest.mark.parametrize("pitch", [0, 60, 127])
def test_the_range_stays_on_the_keyboard(pitch: int) -> None:
    low, high = pitch_range(Score((Track("One", make_notes(0, 1, pitch)),)))
    assert 0 <= low <= pitch <= high <= 127 and high - low >= 8


def test_no_notes_and_no_tracks_still_make_a_roll() -> None:
    for empty in (Score(()), Score((Track("Empty", make_notes([], [], [])),))):
        assert roll_data(empty)["seconds"] == 0
        pianoroll_figure(empty)
        assert pianoroll_png(empty).startswith(b"\x89PNG")


def test_the_figure_has_a_bar_a_note_and_numbers_its_bars() -> None:
    figure = pianoroll_figure(score(), dark=True)
    assert [len(trace.x) for trace in figure.data] == [5, 2]
    assert list(figure.data[0].base) == [0, 0.5, 1, 1.5, 2] and figure.data[0].marker.color == DARK.parts[0]
    assert list(figure.layout.xaxis.ticktext) == ["1", "2"]
    assert "C4" in figure.layout.yaxis.ticktext
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape


@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_the_picture_shows_each_part_in_its_colour(dark: bool, theme: object) -> None:
    image = Image.open(io.BytesIO(pianoroll_png(score(), dark)))
    assert image.width == 1400 and image.height > 300
    seen = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in image.getcolors(1 << 20)}
    assert {theme.ground, theme.parts[0], theme.parts[1]} <= seen


def test_long_music_makes_a_wide_picture_but_not_without_end() -> None:
    long = Score((Track("Long", make_notes(np.arange(1200), 1, 60)),))
    assert Image.open(io.BytesIO(pianoroll_png(long))).width == 6000


def band() -> Score:
    drums = Track("Drums", make_notes([0, 0, 1, 1, 2], 0.25, [36, 42, 38, 42, 54]), is_drum=True)
    return Score((*score().tracks, drums))


def test_drums_have_lanes_and_leave_the_pitches_alone() -> None:
    data, without = roll_data(band()), roll_data(score())
    assert (data["low"], data["high"]) == (without["low"], without["high"])
    assert [(lane["name"], lane["mark"]) for lane in data["lanes"]] == [
        ("Closed hi-hat", "cross"),
        ("Tambourine", "diamond"),
        ("Snare", "disc"),
        ("Kick", "disc"),
    ]
    assert [part["drums"] for part in data["parts"]] == [False, False, True]
    assert data["parts"][2]["summary"] == "Drums: 5 strokes: 2 Closed hi-hat, 1 Kick, 1 Snare, 1 Tambourine."
    assert without["lanes"] == []


def test_the_figure_puts_strokes_below_the_lowest_pitch_with_their_names() -> None:
    figure = pianoroll_figure(band())
    strokes, axis = figure.data[2], figure.layout.yaxis
    names = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    assert max(strokes.y) < pitch_range(band())[0] and axis.range[0] < min(strokes.y)
    assert [names[y] for y in strokes.y] == list(strokes.customdata)
    assert list(strokes.customdata) == ["Kick", "Closed hi-hat", "Snare", "Closed hi-hat", "Tambourine"]
    assert len(set(strokes.marker.symbol)) == 3


def test_the_picture_grows_by_the_lanes_and_drums_may_be_alone() -> None:
    image, without = (Image.open(io.BytesIO(pianoroll_png(each))) for each in (band(), score()))
    alone = Image.open(io.BytesIO(pianoroll_png(Score(band().tracks[2:]), places=[2])))
    assert image.height > without.height > alone.height
    seen = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in alone.getcolors(1 << 20)}
    assert LIGHT.parts[2] in seen and LIGHT.parts[0] not in seen
