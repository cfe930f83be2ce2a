"""Sound from notes: right pitch, right time, the same every time, never too loud, with and without FluidSynth."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from composer.errors import BadInput
from composer.music.additive import AdditiveSynthesiser
from composer.music.instruments import DEFAULT_PROGRAMS, INSTRUMENTS, instrument_name
from composer.music.score import Score, Tempo, Track, make_notes
from composer.music.synthesis import SAMPLE_RATE, TAIL_S, Stems, Synthesiser, mix, open_synthesiser


def soundfont() -> Synthesiser:
    module = pytest.importorskip("composer.music.soundfont", exc_type=ImportError, reason="FluidSynth is missing")
    return module.SoundfontSynthesiser()


@pytest.fixture(scope="module", params=[soundfont, AdditiveSynthesiser], ids=["soundfont", "additive"])
def synthesiser(request: pytest.FixtureRequest) -> Synthesiser:
    return request.param()


def score_of(*tracks: Track, bpm: float = 120.0) -> Score:
    return Score(tracks, tempos=(Tempo(0.0, bpm),))


def four_parts(program: int = 19) -> Score:
    onset = np.arange(8)
    voices = {"Soprano": 72, "Alto": 65, "Tenor": 57, "Bass": 45}
    return score_of(*(Track(name, make_notes(onset, 1, low + onset % 3), program) for name, low in voices.items()))


def loudest_hz(audio: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(audio))


@pytest.mark.parametrize(("pitch", "hz"), [(60, 261.63), (69, 440.0), (81, 880.0)])
def test_a_recorder_note_has_its_pitch(synthesiser: Synthesiser, pitch: int, hz: float) -> None:
    stems = synthesiser.render_stems(score_of(Track("Recorder", make_notes(0, 4, pitch), 74)))
    assert loudest_hz(stems.audio[0][SAMPLE_RATE // 2 : 3 * SAMPLE_RATE // 2]) == pytest.approx(hz, rel=0.01)


def test_notes_sound_when_they_are_written(synthesiser: Synthesiser) -> None:
    stems = synthesiser.render_stems(score_of(Track("Oboe", make_notes([2, 6], 1, 72), 68), bpm=60))
    loud = np.sqrt(np.add.reduceat(stems.audio[0] ** 2, np.arange(0, stems.frames, SAMPLE_RATE // 10)))
    sounding = np.flatnonzero(loud > 0.1 * loud.max()) / 10
    assert ((sounding >= 2) & (sounding < 3.4) | (sounding >= 6) & (sounding < 7.4)).all()
    assert {2.1, 2.5, 6.1, 6.5} <= set(sounding.tolist())


def test_stems_are_equally_long_and_end_after_the_tail(synthesiser: Synthesiser) -> None:
    stems = synthesiser.render_stems(four_parts())
    assert stems.names == ("Soprano", "Alto", "Tenor", "Bass")
    assert {(audio.shape, audio.dtype.name) for audio in stems.audio} == {((stems.frames,), "float32")}
    assert stems.seconds == pytest.approx(4 + TAIL_S)


def test_the_same_score_gives_the_same_samples_after_other_music(synthesiser: Synthesiser) -> None:
    first = synthesiser.render_stems(four_parts(48))
    synthesiser.render_stems(four_parts(11))
    again = synthesiser.render_stems(four_parts(48))
    for one, other in zip(first.audio, again.audio, strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_threads_get_what_each_would_get_alone(synthesiser: Synthesiser) -> None:
    scores = [four_parts(program) for program in (19, 68, 73, 52)]
    alone = [synthesiser.render_stems(score).audio[0] for score in scores]
    with ThreadPoolExecutor(2) as pool:
        together = [stems.audio[0] for stems in pool.map(synthesiser.render_stems, scores)]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("program", [0, 19, 48, 73])
def test_a_mix_of_all_stems_does_not_clip(synthesiser: Synthesiser, program: int) -> None:
    stems = synthesiser.render_stems(four_parts(program))
    assert stems.level * np.abs(np.sum(stems.audio, axis=0)).max() == pytest.approx(0.9, abs=1e-4)
    mixed = mix(stems, [3.0] * 4)
    assert mixed.shape == (stems.frames, 2)
    assert 0.9 < np.abs(mixed).max() <= 0.9701


def test_a_part_has_a_name_for_its_sound_that_changes_with_it(synthesiser: Synthesiser) -> None:
    stems, again, other = (synthesiser.render_stems(score) for score in (four_parts(), four_parts(), four_parts(48)))
    assert stems.contents == again.contents and len(set(stems.contents)) == 4
    assert not set(stems.contents) & set(other.contents)


def test_louder_velocities_are_louder(synthesiser: Synthesiser) -> None:
    notes = make_notes([0, 4], 2, 67, [40, 110])
    audio = synthesiser.render_stems(score_of(Track("Clarinet", notes, 71), bpm=120)).audio[0]
    soft, loud = (np.sqrt((audio[s * SAMPLE_RATE : (s + 1) * SAMPLE_RATE] ** 2).mean()) for s in (0, 2))
    assert loud > 2 * soft


def test_drums_sound_and_kick_is_darker_than_hat(synthesiser: Synthesiser) -> None:
    def brightness(pitch: int) -> float:
        track = Track("Drums", make_notes(0, 1, pitch), 0, True)
        spectrum = np.abs(np.fft.rfft(synthesiser.render_stems(score_of(track)).audio[0])) ** 2
        return float((spectrum * np.fft.rfftfreq(2 * len(spectrum) - 2, 1 / SAMPLE_RATE)).sum() / spectrum.sum())

    assert brightness(36) < 1000 < brightness(42)


def test_silence_is_silent(synthesiser: Synthesiser) -> None:
    stems = synthesiser.render_stems(score_of(Track("Empty", make_notes([], [], []))))
    assert stems.seconds == pytest.approx(TAIL_S)
    assert not stems.audio[0].any()
    assert not mix(stems).any()


def test_music_for_hours_is_refused_with_a_sentence(synthesiser: Synthesiser) -> None:
    with pytest.raises(BadInput, match="minutes"):
        synthesiser.render_stems(score_of(Track("Drone", make_notes(0, 20000, 60))))


def test_muting_a_stem_in_the_mix_leaves_the_others() -> None:
    tone = np.sin(np.arange(8820) / 10).astype(np.float32) * 0.3
    stems = Stems(("a", "b"), (tone, -tone))
    only_first = mix(stems, [1, 0], reverb=False)
    np.testing.assert_allclose((only_first**2).sum(axis=1), 2 * tone**2, rtol=1e-4)  # equal power, wherever it stands
    assert np.abs(only_first[:, 0]).max() > np.abs(only_first[:, 1]).max() > 0.2
    assert not mix(stems, [0, 0]).any()
    with pytest.raises(ValueError, match="2 stems"):
        mix(stems, [1, 1, 1])


def test_reverb_adds_a_tail_in_both_channels() -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[100] = 0.5
    dry, wet = (mix(Stems(("a",), (click,)), reverb=reverb) for reverb in (False, True))
    assert not dry[2000:].any()
    assert (np.abs(wet[2000:30000]).max(axis=0) > 1e-4).all()


def test_without_the_library_plain_tones_play_and_say_how_to_get_better_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "composer.music.soundfont", raising=False)
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    found = open_synthesiser()
    assert isinstance(found, AdditiveSynthesiser)
    assert "install" in found.note and "FluidSynth" in found.note
    assert found.render_stems(four_parts()).audio[0].any()


def test_with_the_library_there_is_nothing_to_say() -> None:
    soundfont()
    found = open_synthesiser()
    assert found.name == "FluidSynth" and found.note == ""


def test_every_offered_instrument_sounds_about_equally_loud() -> None:
    synthesiser = soundfont()
    notes = make_notes(np.arange(8), 1, [69, 62, 60, 64, 57, 67, 65, 50])
    rms = []
    for choice in INSTRUMENTS:
        pair = score_of(Track(choice.name, notes, choice.program), Track("Flute", notes, 73))
        audio = synthesiser.render_stems(pair).audio
        rms.append(np.sqrt((audio[0] ** 2).mean() / (audio[1] ** 2).mean()))
    assert min(rms) > 0.4 and max(rms) < 2.5


def test_instrument_names() -> None:
    assert len({choice.name for choice in INSTRUMENTS}) == len(INSTRUMENTS) >= 24
    assert instrument_name(19) == "Church Organ"
    assert instrument_name(0, is_drum=True) == "Drum kit"
    assert all(instrument_name(program) for program in range(128))
    assert {instrument_name(program) for program in DEFAULT_PROGRAMS.values()} <= {i.name for i in INSTRUMENTS}
