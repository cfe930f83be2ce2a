"""What the player is handed: roll and sound of one score in one block of bytes."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from composer.music.additive import AdditiveSynthesiser
from composer.music.score import Score, Track, make_notes
from composer.music.stems import Stems
from composer.ui.player import player_data

SCORE = Score((Track("Soprano", make_notes([0, 1], 1, [72, 74]), 73), Track("Bass", make_notes(0, 2, 48), 70)))
STEMS = AdditiveSynthesiser().render_stems(SCORE)


def unpack(data: bytes) -> tuple[dict, list[bytes]]:
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    ends = np.cumsum([4 + length, *header["sizes"]]).tolist()
    assert ends[-1] == len(data)
    return header, [data[start:end] for start, end in pairwise(ends)]


def test_the_block_holds_the_roll_and_every_stem_sample_for_sample() -> None:
    header, files = unpack(player_data(SCORE, STEMS))
    assert [part["name"] for part in header["roll"]["parts"]] == ["Soprano", "Bass"]
    for file, audio in zip(files, STEMS.audio, strict=True):
        back, rate = soundfile.read(io.BytesIO(file), dtype="float32")
        assert rate == 44100
        np.testing.assert_allclose(back, audio, atol=1.5 / 32768)


def test_the_revision_changes_with_the_music_only() -> None:
    rev = unpack(player_data(SCORE, STEMS))[0]["rev"]
    quieter = Stems(STEMS.names, tuple(audio / 2 for audio in STEMS.audio))
    assert unpack(player_data(SCORE, STEMS))[0]["rev"] == rev
    assert unpack(player_data(SCORE, quieter))[0]["rev"] != rev
    assert unpack(player_data(SCORE.with_tempo(90), STEMS))[0]["rev"] != rev


def test_a_stem_is_needed_for_every_track() -> None:
    with pytest.raises(ValueError, match="2 tracks"):
        player_data(SCORE, Stems(("Soprano",), STEMS.audio[:1]))
