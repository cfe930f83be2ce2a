"""Links: everything comes back exactly, they stay short, and nothing that is typed into an address does harm."""

from __future__ import annotations

import contextlib
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.cli.bench_link import tunes
from composer.errors import BadInput
from composer.music.melodies import sample_melodies
from composer.music.midi import read_midi, write_midi
from composer.music.score import Key, Meter, Notes, Score, Tempo, Track, make_notes
from composer.projects import link
from composer.projects.link import Shared, Task, decode, encode
from composer.projects.packed_notes import pack_notes, unpack_notes
from composer.projects.request import Request

SETTINGS = {"takes": 3, "creativity": 0.3, "passes": 16, "repair": True}
TUNE = sample_melodies()["Greensleeves"]


def shared(melody: Score = TUNE, **changes: object) -> Shared:
    request = Request(melody, "bach-unet-gan-0123456789ab", SETTINGS, 4711)
    return replace(Shared(request, "unet-gan", (68, 71, 60, 70), 96, 1), **changes)


def with_content(content: bytes) -> str:
    """A link with a right checksum around any content."""
    packed = link._deflated(content)
    data = bytes([1]) + zlib.crc32(packed).to_bytes(4, "little")[:3] + packed
    return link.base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_words(**changes: object) -> str:
    words = link._words(shared()) | changes
    return with_content(json.dumps(words).encode() + b"\0" + pack_notes(TUNE.tracks[0].notes, True))


def assert_same(one: Shared, other: Shared) -> None:
    assert one.request.id == other.request.id
    assert np.array_equal(one.request.melody.tracks[0].notes, other.request.melody.tracks[0].notes)
    assert replace(one, request=other.request) == other


class TestRoundTrip:
    def test_five_hundred_tunes_come_back_note_for_note_in_short_links(self) -> None:
        for tune in tunes(500):
            wish = shared(tune)
            text = encode(wish)
            assert len(f"?{link.PARAMETER}={text}") <= 600
            assert_same(decode(text), wish)

    @pytest.mark.parametrize("title", sorted(sample_melodies()))
    def test_a_sample_takes_a_third_of_that_also_when_it_comes_from_a_midi_file(self, title: str) -> None:
        for tune in (sample_melodies()[title], read_midi(write_midi(sample_melodies()[title]))):
            assert len(encode(shared(tune))) < 250
            assert_same(decode(encode(shared(tune))), shared(tune))

    def test_a_task_comes_along(self) -> None:
        wish = shared(task=Task("Hör zu & <b>vergleiche</b>.\nWhat changes?", ("model", "creativity"), ("passes",)))
        assert_same(decode(encode(wish)), wish)

    @given(
        st.lists(
            st.tuples(
                st.floats(0, 1e4) | st.integers(0, 5000).map(lambda tick: tick / 480),
                st.floats(1e-6, 1e3) | st.integers(1, 5000).map(lambda tick: tick / 480),
                st.integers(0, 127),
                st.integers(1, 127),
            ),
            min_size=1,
            max_size=40,
        ),
        st.booleans(),
    )
    def test_any_times_are_exact(self, rows: list[tuple[float, float, int, int]], whole_bytes: bool) -> None:
        notes = make_notes(*np.array(rows).T)
        assert np.array_equal(unpack_notes(pack_notes(notes, whole_bytes), len(notes)), notes)

    @given(
        st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 999)), min_size=1, max_size=30),
        st.sampled_from([4, 12, 96, 480, 960, 1001, 15360]),
    )
    def test_times_a_reader_subtracts_are_exact_on_any_grid(self, ticks: list[tuple[int, int]], grid: int) -> None:
        onset, length = np.array(ticks).T
        by_hand = make_notes(onset / grid, (onset + length) / grid - onset / grid, 60)
        plain = make_notes(onset / grid, length / grid, 60)
        for notes in (by_hand, plain, np.sort(np.concatenate([by_hand, plain]), order="onset", kind="stable")):
            packed = pack_notes(notes, False)
            assert np.array_equal(unpack_notes(packed, len(notes)), notes)
            assert len(packed) < 12 + 8 * len(notes), "no floats"

    @given(
        st.text(max_size=60),
        st.lists(st.floats(5, 900), min_size=1, max_size=4),
        st.none() | st.builds(Key, st.integers(0, 11), st.sampled_from(["major", "minor"])),
        st.dictionaries(st.text(max_size=9), st.integers() | st.booleans() | st.text(max_size=9), max_size=4),
        st.integers(0, 99_999),
    )
    def test_any_wish_comes_back(
        self, title: str, bpms: list[float], key: Key | None, settings: dict[str, object], seed: int
    ) -> None:
        tempos = tuple(Tempo(float(onset), bpm) for onset, bpm in enumerate(bpms))
        tune = Score((Track(title, TUNE.tracks[0].notes, 40),), tempos, (Meter(0.0, 6, 8),), key, 0.5, title)
        wish = replace(shared(), request=Request(tune, title, settings, seed))
        assert_same(decode(encode(wish)), wish)


class TestUntrusted:
    @pytest.mark.parametrize("text", ["", "x", "AQ", "not a link", "../../etc", "é" * 40, "A" * 50_000, "AAAAAAAAAAAA"])
    def test_what_is_no_link_is_told(self, text: str) -> None:
        with pytest.raises(BadInput, match="link"):
            decode(text)

    def test_a_link_without_its_last_letters_is_told(self) -> None:
        text = encode(shared())
        for length in range(0, len(text), 7):
            with pytest.raises(BadInput, match="incomplete"):
                decode(text[:length])

    def test_a_changed_letter_is_noticed(self) -> None:
        text = encode(shared())
        for place in range(6, len(text) - 1, 5):
            with pytest.raises(BadInput):
                decode(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])

    def test_a_newer_format_is_told(self) -> None:
        with pytest.raises(BadInput, match="another version"):
            decode("Ag" + encode(shared())[2:])

    def test_a_bomb_is_not_unpacked(self) -> None:
        bomb = with_content(bytes(20_000_000))
        assert len(bomb) < 40_000
        with pytest.raises(BadInput, match="more than a piece of music"):
            decode(bomb)

    @given(st.binary(max_size=300))
    def test_any_content_is_music_or_told(self, content: bytes) -> None:
        with pytest.raises(BadInput):
            decode(with_content(content))

    @given(st.binary(max_size=60))
    def test_any_notes_are_music_or_told(self, notes: bytes) -> None:
        with contextlib.suppress(BadInput):
            decode(with_content(json.dumps(link._words(shared())).encode() + b"\0" + notes))

    @pytest.mark.parametrize(
        "changes",
        [
            {"melody": None},
            {"melody": {}},
            {"melody": {**link._words(shared())["melody"], "tracks": []}},
            {"melody": {**link._words(shared())["melody"], "tempos": [[0.0, 1e9]]}},
            {"melody": {**link._words(shared())["melody"], "tempos": [[0.0, 100], [0.0, 100]]}},
            {"melody": {**link._words(shared())["melody"], "meters": [[0.0, 4, 0]]}},
            {"melody": {**link._words(shared())["melody"], "meters": [[0.0, 4.5, 4]]}},
            {"melody": {**link._words(shared())["melody"], "key": [12, "major"]}},
            {"melody": {**link._words(shared())["melody"], "pickup": 10**400}},
            {"melody": {**link._words(shared())["melody"], "title": "x" * 500}},
            {"seed": -1},
            {"seed": 10**9},
            {"settings": 7},
            {"programs": [128]},
            {"programs": [0] * 99},
            {"programs": ["flute"]},
            {"bpm": "fast"},
            {"bpm": float("nan")},
            {"take": None},
            {"task": "text"},
        ],
    )
    def test_senseless_values_are_told(self, changes: dict[str, object]) -> None:
        with pytest.raises(BadInput, match="link"):
            decode(with_words(**changes))

    @pytest.mark.parametrize(
        "damage",
        [{"pitch": 128}, {"velocity": 0}, {"duration": 0.0}, {"duration": np.nan}, {"onset": -1.0}, {"onset": 1e6}],
    )
    def test_senseless_notes_are_told(self, damage: dict[str, float]) -> None:
        notes: Notes = TUNE.tracks[0].notes.copy()
        for name, value in damage.items():
            notes[name][3] = value
        with pytest.raises(BadInput, match="makes no sense"):
            decode(encode(shared(replace(TUNE, tracks=(replace(TUNE.tracks[0], notes=notes),)))))
