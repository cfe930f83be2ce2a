"""The bench of importing brings files as people have them, and counts time and memory."""

from __future__ import annotations

import psutil

from composer.evaluation.bench_import import SECONDS, band_file, measure_import
from composer.music.midi import read_midi


def test_the_files_are_bands_of_three_minutes_and_differ() -> None:
    score = read_midi(band_file(1))
    assert score.seconds(score.end) == SECONDS and len(score.tracks) == 5 and score.tracks[4].is_drum
    assert 3_000 < score.note_count < 5_000
    assert band_file(1) == band_file(1) != band_file(2)


def test_every_file_becomes_a_piece_and_memory_is_that_of_all_processes() -> None:
    seconds, megabytes, pieces = measure_import(20)
    assert pieces == 20 and seconds > 0
    assert megabytes > psutil.Process().memory_info().rss / 2e6
