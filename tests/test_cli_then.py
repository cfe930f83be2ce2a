"""`composer compose --then`: what a model made is the melody of the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.cli import main
from composer.music.midi import read_midi
from composer.music.score import Score
from tests.fake import fake_world
from tests.test_cli import compose, model

__all__ = ["fake_world", "model"]
pytestmark = pytest.mark.usefixtures("fake_world")


def composed(model: Path, out: Path, *more: str) -> Score:
    assert compose(model, out, *more) == 0
    return read_midi(out.read_bytes())


def test_a_part_of_each_result_is_the_melody_of_the_next(model: Path, tmp_path: Path) -> None:
    alone = composed(model, tmp_path / "one.mid")
    names = [track.name for track in alone.tracks]
    score = composed(model, tmp_path / "two.mid", "--then", f"{model}:{names[1]}", "--then", str(model))
    assert [track.name for track in score.tracks] == names
    tune, alto = score.tracks[0].notes, alone.tracks[1].notes
    assert np.array_equal(tune["onset"], alto["onset"]) and np.array_equal(tune["pitch"], alto["pitch"] + 12)


def test_the_tune_goes_on_by_its_name_and_where_none_is_given(model: Path, tmp_path: Path) -> None:
    named = composed(model, tmp_path / "named.mid", "--then", f"{model}:Soprano")
    plain = composed(model, tmp_path / "plain.mid", "--then", str(model))
    for one, other in zip(named.tracks, plain.tracks, strict=True):
        assert np.array_equal(one.notes, other.notes)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--then", "MODEL:Oboe"], "Step 1: there is no part called “Oboe”; choose one of: "),
        (["--then", "nobody"], "nobody"),
        (["--then", "MODEL", "--take", "7", "--takes", "6"], "take 7 of 6"),
        (["--then", "MODEL"] * 6, "6 steps are the most"),
        (["--then", "MODEL", "--instruments", "0,1"], "This model has 4 parts"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    more: list[str], sentence: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [word.replace("MODEL", str(model)) for word in more]
    assert main(["compose", "--tune", "C4 D E", "-o", str(tmp_path / "x.mid"), "--model", str(model), *flags]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "x.mid").exists()
