"""From singing to notes: known tunes are found note for note, and what is no singing is refused with a sentence."""

from __future__ import annotations

import io
import struct
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BadInput
from composer.evaluation.singer import RATE, VOICES, Performance, Voice, sing
from composer.music.audio import flac_bytes, mp3_bytes, wav_bytes
from composer.music.notation import parse_tune
from composer.music.singing import SungNotes, bpm_of, hear, sung_score
from composer.music.singing.beat import COMMON_BPM, estimate_bpm, place_in_beats
from composer.music.singing.notes import SUNG
from composer.music.singing.packages import late
from composer.music.singing.sound import LONGEST_S, read_sound
from composer.music.singing.sound import RATE as HEARD_RATE
from composer.projects.melody import Melody

SCALE = "tempo: 90\n\nC4 D E F | G A B C5 | B4 A G F | E D C:2"


def sung(tune: str, voice: Voice = VOICES[1], seed: int = 0) -> tuple[bytes, Performance]:
    audio, meant = sing(parse_tune(tune), voice, np.random.default_rng(seed))
    return wav_bytes(audio, RATE), meant


def heard(file: bytes) -> SungNotes:
    return hear(file).notes()[0]


def tones(pitch: np.ndarray, level: float = 0.2) -> np.ndarray:
    """A voice of ten harmonics that follows MIDI pitches, one a sample."""
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE
    return (level * sum(np.sin(k * phase) / k for k in range(1, 11))).astype(np.float32)


def held(*pitches: float, seconds: float = 0.5) -> np.ndarray:
    return np.repeat(np.array(pitches), int(seconds * RATE))


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_a_scale_is_found_note_for_note_in_every_voice(voice: Voice) -> None:
    file, meant = sung(SCALE, voice)
    notes = heard(file)
    assert notes["pitch"].tolist() == meant.pitch.tolist()
    assert np.abs(notes["onset"] - meant.onset).max() < 0.08


@pytest.mark.parametrize(("dip_db", "dip_s"), [(60, 0.04), (20, 0.06), (10, 0.08)], ids=["ta", "da", "la"])
def test_syllables_on_one_pitch_are_notes_of_their_own(dip_db: float, dip_s: float) -> None:
    audio = tones(held(*[62] * 5, seconds=0.4))
    for onset in range(1, 5):
        begin = int(0.4 * onset * RATE)
        audio[begin - int(dip_s * RATE) : begin] *= 10 ** (-dip_db / 20)
    notes = heard(wav_bytes(audio, RATE))
    assert notes["pitch"].tolist() == [62] * 5
    np.testing.assert_allclose(notes["onset"], 0.4 * np.arange(5), atol=0.04)


def test_a_voice_that_trembles_in_loudness_holds_one_note() -> None:
    time = np.arange(2 * RATE) / RATE
    tremolo = 10 ** (2.5 * np.sin(2 * np.pi * 5.5 * time) / 20)
    assert heard(wav_bytes(tones(np.full(2 * RATE, 62.0)) * tremolo, RATE))["pitch"].tolist() == [62]


@pytest.mark.parametrize("cents", [-40, -20, 0, 30, 45])
def test_a_singer_who_is_off_throughout_is_put_right(cents: int) -> None:
    hearing = hear(wav_bytes(tones(held(60, 64, 67, 65, 62) + cents / 100), RATE))
    notes, tuning = hearing.notes()
    assert notes["pitch"].tolist() == [60, 64, 67, 65, 62]
    assert np.median(tuning) == pytest.approx(cents / 100, abs=0.04)


def test_a_singer_who_sinks_slowly_stays_in_the_key() -> None:
    tune = [60, 62, 64, 65, 67, 65, 64, 62] * 6
    pitch = held(*tune)
    notes = heard(wav_bytes(tones(pitch - np.linspace(0, 0.9, len(pitch))), RATE))
    assert np.diff(notes["pitch"]).tolist() == np.diff(tune).tolist()


def test_wide_vibrato_and_slides_are_no_notes_of_their_own() -> None:
    time = np.arange(2 * RATE) / RATE
    vibrato = 62 + 0.5 * np.sin(2 * np.pi * 5.5 * time)
    slide = np.linspace(62, 69, RATE // 10)
    pitch = np.concatenate([vibrato, slide, np.full(RATE, 69.0)])
    assert heard(wav_bytes(tones(pitch), RATE))["pitch"].tolist() == [62, 69]


def test_more_sensitive_ears_hear_at_least_as_many_notes() -> None:
    hearing = hear(sung(SCALE, seed=3)[0])
    counts = [len(hearing.notes(sensitivity)[0]) for sensitivity in (0.0, 0.5, 1.0)]
    assert counts == sorted(counts) and counts[0] >= 1


def test_a_breath_between_notes_is_a_rest_and_notes_end_before_it() -> None:
    audio = np.concatenate([tones(held(60)), np.zeros(RATE // 2, np.float32), tones(held(60))])
    notes = heard(wav_bytes(audio, RATE))
    assert notes["pitch"].tolist() == [60, 60]
    assert notes["end"][0] == pytest.approx(0.5, abs=0.06) and notes["onset"][1] == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("encode", [wav_bytes, flac_bytes, mp3_bytes])
def test_files_are_told_by_their_content(encode) -> None:
    assert heard(encode(tones(held(60, 67)), RATE))["pitch"].tolist() == [60, 67]


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 96_000])
def test_any_rate_and_two_channels_become_the_same_sound(rate: int) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    file = io.BytesIO()
    soundfile.write(file, np.stack([wave, 0 * wave], axis=1), rate, format="WAV", subtype="FLOAT")
    audio = read_sound(file.getvalue())
    assert len(audio) == pytest.approx(HEARD_RATE, abs=2)
    assert np.abs(audio[2000:-2000]).max() == pytest.approx(0.5, abs=0.02)


def long_wav(minutes: float) -> bytes:
    """A WAV file that long, in silence, at a rate that keeps it small."""
    return wav_bytes(np.zeros(int(60 * minutes * 8000), np.float32), 8000)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "empty"),
        (b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0", "WAV, FLAC, OGG or MP3"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(200), "saved as MP3"),
        (wav_bytes(np.zeros(0, np.float32)), "silence"),
        (wav_bytes(np.zeros(44100, np.float32)), "silence"),
        (wav_bytes(np.random.default_rng(0).normal(0, 0.1, 2 * RATE).clip(-1, 1), RATE), "no tone"),
        (long_wav(30), "30 minutes; please bring at most 5"),
    ],
    ids=["empty", "midi", "m4a", "no samples", "silence", "noise", "long"],
)
def test_what_holds_no_singing_is_refused_with_a_sentence(file: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        hear(file)


def test_speech_is_refused_with_a_sentence() -> None:
    time = np.arange(4 * RATE) / RATE
    pitch = 48 + 4 * np.sin(2 * np.pi * 2.9 * time) + 3 * np.sin(2 * np.pi * 0.7 * time)  # up and down with each word
    with pytest.raises(BadInput, match="speech"):
        hear(wav_bytes(tones(pitch), RATE))


def test_a_header_that_lies_about_its_length_is_no_way_around_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfile.SoundFile, "frames", 0)
    assert len(read_sound(long_wav(6))) <= (LONGEST_S + 10) * HEARD_RATE + 1


def test_a_cut_file_is_heard_as_far_as_it_goes() -> None:
    file = wav_bytes(tones(held(60, 67)), RATE)
    assert heard(file[: len(file) * 3 // 4])["pitch"].tolist() == [60, 67]


@given(st.binary(max_size=400))
@settings(max_examples=50, deadline=None)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for file in (data, b"RIFF" + struct.pack("<I", 400) + b"WAVEfmt " + data):
        with pytest.raises(BadInput):
            hear(file)


@pytest.mark.parametrize(("level", "word"), [(0.01, "quiet"), (3.0, "too loud")])
def test_a_quiet_or_overdriven_recording_works_and_says_so(level: float, word: str) -> None:
    hearing = hear(wav_bytes(np.clip(tones(held(60, 64, 62), level), -1, 1), RATE))
    assert hearing.notes()[0]["pitch"].tolist() == [60, 64, 62]
    assert [word in message for message in hearing.messages] == [True]


@pytest.mark.parametrize("bpm", [62, 80, 100, 135])
def test_the_tempo_of_an_unsteady_singer_is_estimated(bpm: int) -> None:
    random = np.random.default_rng(bpm)
    quarters = np.cumsum(random.choice([1, 1, 1, 0.5, 0.5, 2], 40))
    found = estimate_bpm(quarters * 60 / bpm + random.normal(0, 0.02, 40))
    assert min(abs(found * ratio / bpm - 1) for ratio in (0.5, 1, 2)) < 0.03, "or its half or double: both can be meant"


def test_too_few_notes_have_a_common_tempo() -> None:
    assert estimate_bpm(np.array([0.0, 1.0])) == COMMON_BPM


def test_the_beat_follows_a_singer_who_slows_down() -> None:
    quarters = np.cumsum(np.tile([1, 1, 0.5, 0.5, 1], 8))
    beat_s = np.linspace(0.6, 0.75, len(quarters))
    onsets = np.cumsum(np.diff(quarters, prepend=0) * beat_s)
    places = place_in_beats(onsets, 100)
    np.testing.assert_array_equal(np.round(places * 4) / 4, quarters - quarters[0])


NOTE = st.tuples(st.floats(0.05, 3), st.floats(0.05, 2), st.integers(30, 96), st.floats(-60, 0))


@given(st.lists(NOTE, min_size=1, max_size=30), st.integers(30, 240), st.sampled_from(["4/4", "3/4", "6/8"]))
@settings(max_examples=50, deadline=None)
def test_whatever_is_sung_gives_one_line_that_the_studio_can_use(
    rows: list[tuple[float, float, int, float]], bpm: int, meter: str
) -> None:
    wait, length, pitch, loudness = (np.array(column) for column in zip(*rows, strict=True))
    notes = np.zeros(len(rows), SUNG)
    notes["onset"], notes["pitch"], notes["sung"], notes["loudness"] = np.cumsum(wait), pitch, pitch, loudness
    notes["end"] = notes["onset"] + length
    score = sung_score(notes, bpm, meter)
    line = score.tracks[0].notes
    assert 1 <= len(line) <= len(rows)
    assert (line["duration"] > 0).all() and line["onset"][0] == 0
    assert ((line["velocity"] >= 50) & (line["velocity"] <= 100)).all()
    assert len(Melody.proposed(score, "Sung").grid.notes) >= 1


def test_what_is_sung_becomes_the_tune_on_the_grid() -> None:
    notes = heard(sung(SCALE)[0])
    score = sung_score(notes, bpm_of(notes), octaves=1)
    line = score.tracks[0].notes
    assert score.tempos[0].bpm == pytest.approx(90, abs=3)
    assert line["onset"].tolist() == list(range(15))
    assert line["pitch"].tolist() == (notes["pitch"] + 12).tolist()


def test_a_first_note_late_in_the_bar_is_a_pickup() -> None:
    notes = heard(sung(SCALE)[0])
    melody = Melody.proposed(sung_score(notes, 90, "3/4", first_beat=3), "Sung")
    assert melody.grid.voices.pickup_steps == 4 and melody.grid.meter.numerator == 3


def test_no_note_left_is_told() -> None:
    with pytest.raises(BadInput, match="No note is left"):
        sung_score(np.empty(0, SUNG), 100)


@pytest.mark.parametrize("package", ["swift_f0", "onnxruntime", "soxr"])
def test_a_missing_package_is_told(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadInput, match=f"pip install {package.replace('_', '-')}"):
        late(package)


def test_the_tracker_is_not_loaded_before_something_is_to_be_heard() -> None:
    question = "import sys, composer.music.singing; print(sys.modules.keys() & {'swift_f0', 'onnxruntime', 'soxr'})"
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
