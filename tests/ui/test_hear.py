"""What the component of all epochs is handed, and what it may ask for."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np

from composer.music.additive import AdditiveSynthesiser
from composer.music.score import Score, Track, make_notes
from composer.ui.hear import JOURNEY, hear_data
from composer.ui.hear_card import wished_score


def sample(epoch: int) -> Score:
    notes = make_notes([0, 4], 4.0, [72, 74])
    return Score((Track("Soprano", notes, 68), Track("Bass", make_notes(0, 8, 40 + epoch), 70)))


SAMPLES = {epoch: sample(epoch) for epoch in (1, 2, 3)}


def unpack(data: bytes) -> tuple[dict, list[bytes]]:
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    ends = 4 + length + np.cumsum([0, *header["sizes"]])
    assert ends[-1] == len(data)
    return header, [data[a:b] for a, b in pairwise(ends.tolist())]


def test_the_notes_of_all_epochs_travel_without_sound() -> None:
    header, files = unpack(hear_data(SAMPLES, "run"))
    assert header["sound"] is None and header["roll"]["epochs"] == [1, 2, 3] and header["group"] == "run"
    notes = np.frombuffer(files[0], "<i4").reshape(-1, 4)
    assert notes[:, 3].tolist() == [72, 74, 41, 72, 74, 42, 72, 74, 43]
    assert len(files) == 1


def test_the_journey_tells_which_bar_of_which_epoch_sounds_when() -> None:
    journey = unpack(hear_data(SAMPLES, "run"))[0]["journey"]
    assert journey == {"epochs": [1, 2, 3], "starts": [0.0, 2.0, 0.0], "bar": 2.0}


def test_a_sound_that_was_wished_for_comes_with_its_stems() -> None:
    score = wished_score(SAMPLES, "2")
    assert score == SAMPLES[2]
    header, files = unpack(hear_data(SAMPLES, "run", "2", AdditiveSynthesiser().render_stems(score)))
    assert header["sound"] == "2" and len(files) == 1 + len(score.tracks) == 1 + len(header["pans"])
    assert all(file.startswith(b"fLaC") for file in files[1:])


def test_a_wish_is_an_epoch_the_journey_or_nothing() -> None:
    joined = wished_score(SAMPLES, JOURNEY)
    assert joined is not None and joined.tracks[1].notes["pitch"].tolist() == [41, 42, 43]
    assert [wished_score(SAMPLES, wish) for wish in (None, "", "9", "x", "-1")] == [None] * 5
