"""What the player is handed: the roll of one score, and a sound file for each of its parts."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from composer.music.additive import AdditiveSynthesiser
from composer.music.score import Score, Track, make_notes
from composer.music.stems import Stems
from composer.ui.player import PlayerData, player_data

SCORE = Score((Track("Soprano", make_notes([0, 1], 1, [72, 74]), 73), Track("Bass", make_notes(0, 2, 48), 70)))
OTHER_BASS = replace(SCORE, tracks=(SCORE.tracks[0], replace(SCORE.tracks[1], program=42)))
SYNTHESISER = AdditiveSynthesiser()


def data(score: Score) -> PlayerData:
    return player_data(score, SYNTHESISER.render_stems(score))


def test_the_roll_and_every_stem_are_there_sample_for_sample() -> None:
    stems, made = SYNTHESISER.render_stems(SCORE), data(SCORE)
    header = json.loads(made.header)
    assert [part["name"] for part in header["roll"]["parts"]] == ["Soprano", "Bass"]
    for file, gain, audio in zip(made.files, header["gains"], stems.audio, strict=True):
        back, rate = soundfile.read(io.BytesIO(file), dtype="float32")
        assert rate == 44100
        np.testing.assert_allclose(back * gain, audio * stems.level, atol=1.5 / 32768)


def test_another_instrument_changes_the_file_of_its_part_alone() -> None:
    before, after = data(SCORE), data(OTHER_BASS)
    assert after.files[0] == before.files[0] and after.files[1] != before.files[1]
    gains, others = (json.loads(made.header)["gains"] for made in (before, after))
    assert gains[0] != others[0], "what is levelled anew is the gain"


def test_a_file_is_written_once() -> None:
    assert all(one is other for one, other in zip(data(SCORE).files, data(SCORE).files, strict=True))


def test_the_same_music_is_the_same_data_and_other_music_is_not() -> None:
    assert data(SCORE) == data(SCORE)
    assert data(SCORE.with_tempo(90)) != data(SCORE)


def test_a_silent_part_has_a_file_too() -> None:
    made = data(Score((Track("Rests", make_notes([], [], [])), SCORE.tracks[0])))
    back, _ = soundfile.read(io.BytesIO(made.files[0]))
    assert not back.any() and made.size > sum(map(len, made.files))


def test_a_stem_is_needed_for_every_track() -> None:
    stems = SYNTHESISER.render_stems(SCORE)
    with pytest.raises(ValueError, match="2 tracks"):
        player_data(SCORE, Stems(("Soprano",), stems.audio[:1], contents=stems.contents[:1]))
