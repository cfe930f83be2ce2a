"""The shipped melodies: right in bars and key, singable, and the same in both their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.music.grid import fit_to_grid
from composer.music.melodies import sample_melodies
from composer.music.midi import read_midi, write_midi
from composer.music.notation import parse_tune
from composer.music.score import Score
from composer.music.theory import find_key
from composer.paths import assets

MELODIES = sample_melodies()
TEXTS = sorted((assets() / "melodies").glob("*.txt"))

BEGINNINGS = {
    "Ode to Joy": [66, 66, 67, 69, 69, 67, 66, 64, 62, 62, 64, 66, 66, 64, 64],
    "Twinkle, Twinkle, Little Star": [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60],
    "Amazing Grace": [62, 67, 71, 67, 71, 69, 67, 64, 62],
    "Greensleeves": [69, 72, 74, 76, 78, 76, 74, 71, 67, 69, 71, 72, 69],
    "Silent Night": [67, 69, 67, 64, 67, 69, 67, 64, 74, 74, 71, 72, 72, 67],
    "Auld Lang Syne": [60, 65, 65, 65, 69, 67, 65, 67, 69, 65, 65, 69, 72, 74],
}


def test_there_are_enough_and_each_has_its_title() -> None:
    assert len(MELODIES) == len(TEXTS) >= 8
    assert {3.0, 4.0} <= {score.meters[0].bar_quarters for score in MELODIES.values()}
    assert sum(score.pickup > 0 for score in MELODIES.values()) >= 3


@pytest.mark.parametrize("title", BEGINNINGS)
def test_well_known_tunes_begin_as_everyone_knows_them(title: str) -> None:
    pitches = MELODIES[title].tracks[0].notes["pitch"].tolist()
    assert pitches[: len(BEGINNINGS[title])] == BEGINNINGS[title]


@pytest.mark.parametrize("score", MELODIES.values(), ids=MELODIES.keys())
def test_each_is_whole_bars_in_its_key_and_singable(score: Score) -> None:
    bar = score.meters[0].bar_quarters
    assert score.end % bar == pytest.approx(0)
    assert 8 <= score.end / bar <= 16
    notes = score.tracks[0].notes
    modal = score.title == "Greensleeves"  # it wanders between G major and A minor
    assert modal or find_key(notes) == score.key
    assert notes["pitch"][-1] % 12 == score.key.tonic
    assert fit_to_grid(score, 0).voices.pickup_steps == score.pickup * 4


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_the_midi_file_holds_what_the_text_says(path: Path) -> None:
    score = parse_tune(path.read_text(encoding="utf-8"))
    assert path.with_suffix(".mid").read_bytes() == write_midi(score)
    read = read_midi(path.with_suffix(".mid").read_bytes())
    assert (read.tempos, read.meters, read.key, read.pickup) == (score.tempos, score.meters, score.key, score.pickup)
    assert read.title == score.title
