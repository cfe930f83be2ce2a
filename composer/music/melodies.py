"""The melodies that ship with the program: public-domain tunes in the language of `notation`, written out for it."""

from __future__ import annotations

from composer.music.midi import write_midi
from composer.music.notation import parse_tune
from composer.music.score import Score
from composer.paths import assets


def sample_melodies() -> dict[str, Score]:
    """Every shipped melody by title, in alphabetical order, from the text files in assets/melodies."""
    scores = [parse_tune(path.read_text(encoding="utf-8")) for path in (assets() / "melodies").glob("*.txt")]
    return {score.title: score for score in sorted(scores, key=lambda score: score.title)}


def build_midi_files() -> None:
    """Write the MIDI file beside each text in assets/melodies anew, as `python -m composer.music.melodies` does."""
    for path in sorted((assets() / "melodies").glob("*.txt")):
        path.with_suffix(".mid").write_bytes(write_midi(parse_tune(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    build_midi_files()
