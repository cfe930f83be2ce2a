"""Datasets: an identity made of content, and a cache that heals itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from composer.data.dataset import Dataset, Piece, Progress, Source, read_pieces, write_pieces
from composer.music.pianoroll import Pianoroll
from composer.music.voices import Voices
from tests.made_up import PARTS, hymn, same, tiny_dataset


class Builder:
    """Builds three hymns and counts how often it was asked."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, progress: Progress) -> Sequence[Piece]:
        self.built += 1
        pieces = []
        for index, split in enumerate(("train", "valid", "test")):
            progress(index / 3, f"Writing hymn {index + 1} of 3")
            pieces.append(Piece(f"hymn-{index}", split, hymn(index, 2 + index, 0, 12, 4 * index)))
        return pieces


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return Builder()


def source(build: Builder, version: int = 1) -> Source:
    return Source("hymns", "Hymns", "Made-up hymns.", "Nobody's.", version, PARTS, build)


def alike(one: Dataset, other: Dataset) -> bool:
    pairs = list(zip(one.pieces, other.pieces, strict=True))
    return all((a.name, a.split) == (b.name, b.split) and same(a.music, b.music) for a, b in pairs)


def test_it_is_built_once_with_progress_and_then_read_back_equal(builder: Builder) -> None:
    heard: list[tuple[float, str]] = []
    first = source(builder).load(lambda share, words: heard.append((share, words)))
    again = source(builder).load()
    assert builder.built == 1 and len(heard) == 3 and heard[0] == (0, "Writing hymn 1 of 3")
    assert alike(first, again) and alike(first, Dataset("hymns", PARTS, tuple(Builder()(lambda share, words: None))))


def test_a_new_version_is_built_anew(builder: Builder) -> None:
    source(builder).load()
    source(builder, version=2).load()
    assert builder.built == 2


@pytest.mark.parametrize("damage", ["empty", "truncated", "garbage", "no list", "other tensors"])
def test_a_damaged_cache_is_rebuilt(builder: Builder, damage: str) -> None:
    fresh, path = source(builder).load(), source(builder).path
    whole = path.read_bytes()
    contents = {"empty": b"", "truncated": whole[: len(whole) // 2], "garbage": bytes(range(256)) * 9}
    if damage in contents:
        path.write_bytes(contents[damage])
    elif damage == "no list":
        save_file({"pitch": np.zeros((4, 8), np.int16), "attack": np.zeros((4, 8), bool)}, path)
    else:
        save_file({"a": np.zeros(1)}, path, metadata={"pieces": "[]"})
    assert alike(source(builder).load(), fresh) and builder.built == 2
    assert alike(source(builder).load(), fresh) and builder.built == 2


def test_no_half_written_file_is_left_beside_the_cache(builder: Builder) -> None:
    path = source(builder).path
    source(builder).load()
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_a_split_lists_its_music_by_name_of_piece() -> None:
    pieces = (Piece("b", "train", hymn(1)), Piece("c", "test", hymn(2)), Piece("a", "train", hymn(0)))
    train = Dataset("d", PARTS, pieces).split("train")
    assert [same(voices, hymn(seed)) for seed, voices in enumerate(train)] == [True, True]


def changed(dataset: Dataset, index: int, **changes: object) -> Dataset:
    pieces = list(dataset.pieces)
    pieces[index] = dataclasses.replace(pieces[index], **changes)
    return dataclasses.replace(dataset, pieces=tuple(pieces))


def test_the_fingerprint_ignores_names() -> None:
    plain = tiny_dataset()
    renamed = tuple(dataclasses.replace(piece, name=f"other {piece.name}") for piece in plain.pieces)
    assert Dataset("another", PARTS, renamed).fingerprint == plain.fingerprint


@pytest.mark.parametrize("index", [0, -3])  # a piece to learn from, one to validate on
@pytest.mark.parametrize("what", ["pitch", "attack", "bar", "pickup", "length"])
def test_the_fingerprint_sees_every_kind_of_change(what: str, index: int) -> None:
    plain = tiny_dataset()
    voices = plain.pieces[index].music
    pitch, attack = voices.pitch.copy(), voices.attack.copy()
    pitch[1, 5] += what == "pitch"
    attack[3, 6] ^= what == "attack"
    cut = slice(0, -1 if what == "length" else None)
    bar, pickup = voices.steps_per_bar - 4 * (what == "bar"), voices.pickup_steps + (what == "pickup")
    other = Voices(pitch[:, cut], attack[:, cut], bar, pickup)
    assert changed(plain, index, music=other).fingerprint != plain.fingerprint


def test_the_fingerprint_sees_which_pieces_are_for_learning() -> None:
    plain = tiny_dataset()
    assert changed(plain, 5, split="valid").fingerprint != plain.fingerprint  # the last one to learn from
    assert changed(plain, 0, split="test").fingerprint != plain.fingerprint


def test_the_fingerprint_leaves_test_pieces_out() -> None:
    plain = tiny_dataset()
    assert changed(plain, -1, music=hymn(99)).fingerprint == plain.fingerprint


def test_rolls_come_back_with_what_was_said_about_them(tmp_path: Path) -> None:
    """A file of polyphonic pieces gives the same notes, tracks and words."""
    music = [Pianoroll(np.array([[n % 2, n, 3, 60 + n], [0, 0, 2, 50]]), 2, 48 + n, 36, 12) for n in range(3)]
    pieces = [Piece(f"tune {n}", "train", roll) for n, roll in enumerate(music)]
    write_pieces(tmp_path / "rolls.safetensors", pieces, {"title": "Tunes"})
    found, about = read_pieces(tmp_path / "rolls.safetensors")
    assert about == {"title": "Tunes"}
    for before, after in zip(music, (piece.music for piece in found), strict=True):
        assert isinstance(after, Pianoroll)
        assert np.array_equal(before.notes, after.notes)
        assert (before.tracks, before.steps, before.steps_per_bar, before.pickup_steps) == (
            (after.tracks, after.steps, after.steps_per_bar, after.pickup_steps)
        )


def test_drums_are_no_voice_and_every_dataset_gives_both_kinds() -> None:
    """An accompanist of voices gets the top lines without the drums; voices are given as rolls, too."""
    roll = Pianoroll(np.array([[0, 0, 12, 60], [0, 0, 12, 64], [1, 0, 3, 36]]), 2, 48)
    band = Dataset("band", ("Piano", "Drums"), (Piece("a", "train", roll),))
    (voices,) = band.split("train")
    assert band.voice_names == ("Piano",) and voices.pitch[:, 0].tolist() == [64]
    again = Dataset("voices", ("Piano",), (Piece("a", "train", voices),)).rolls("train")[0]
    assert again.notes.tolist() == [[0, 0, 12, 64]]
