"""The better synthesiser: FluidSynth with the General MIDI soundfont that comes with pretty_midi.

Importing this module raises ImportError or OSError where the system has no FluidSynth library.
"""

from __future__ import annotations

from ctypes import c_float, c_int, c_void_p
from pathlib import Path

import fluidsynth
import numpy as np
import pretty_midi

from composer.music.instruments import instrument
from composer.music.stems import SAMPLE_RATE, Audio, Synthesiser, TimedPart

SOUNDFONT = Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"

# FluidSynth looks at new events once a block of 64 samples (1.5 ms).
_BLOCK = 64
_DRUM_CHANNEL, _DRUM_BANK = 9, 128
_RELEASE_GENERATOR = 38
# Releases in this soundfont last up to 4 s, which blurs lines and costs voices: 2 ** (-2400 / 1200) = a quarter.
_RELEASE_TIMECENTS = -2400.0
_LOG_LEVELS = 5

# The wrapper offers 16-bit output only; that adds dither whose state differs from one render to the next.
_write_float = fluidsynth.cfunc(
    "fluid_synth_write_float",
    c_int,
    ("synth", c_void_p, 1),
    ("frames", c_int, 1),
    ("left", c_void_p, 1),
    ("left_offset", c_int, 1),
    ("left_stride", c_int, 1),
    ("right", c_void_p, 1),
    ("right_offset", c_int, 1),
    ("right_stride", c_int, 1),
)
_set_generator = fluidsynth.cfunc(
    "fluid_synth_set_gen",
    c_int,
    ("synth", c_void_p, 1),
    ("channel", c_int, 1),
    ("generator", c_int, 1),
    ("value", c_float, 1),
)
_add_font = fluidsynth.cfunc("fluid_synth_add_sfont", c_int, ("synth", c_void_p, 1), ("font", c_void_p, 1))
_remove_font = fluidsynth.cfunc("fluid_synth_remove_sfont", c_int, ("synth", c_void_p, 1), ("font", c_void_p, 1))
_set_log = fluidsynth.cfunc(
    "fluid_set_log_function", c_void_p, ("level", c_int, 1), ("function", c_void_p, 1), ("data", c_void_p, 1)
)


class SoundfontSynthesiser(Synthesiser):
    """FluidSynth with one soundfont kept loaded, without reverb and chorus.

    Every render gets a player of its own that borrows the loaded soundfont (0.5 ms): FluidSynth's voices keep traces
    of what they played before, even through a reset, and then the same notes would not give the same samples.
    """

    name = "FluidSynth"

    def __init__(self, soundfont: Path = SOUNDFONT) -> None:
        super().__init__()
        for level in range(_LOG_LEVELS):
            _set_log(level, None, None)
        self._keeper = _new_player()
        font = self._keeper.sfload(str(soundfont))
        if font < 0:
            raise OSError(f"FluidSynth cannot read the soundfont {soundfont}")
        self._font = fluidsynth.fluid_synth_get_sfont_by_id(self._keeper.synth, font)

    def render(self, part: TimedPart, frames: int) -> Audio:
        """Mono float32 of shape (frames,); notes start within 1.5 ms of their time. Call under the lock."""
        player = _new_player()
        font = _add_font(player.synth, self._font)
        try:
            return _play(player, font, part, frames)
        finally:
            _remove_font(player.synth, self._font)
            player.delete()


def _new_player() -> fluidsynth.Synth:
    options = {"synth.reverb.active": 0, "synth.chorus.active": 0, "synth.polyphony": 64}
    return fluidsynth.Synth(gain=1.0, samplerate=float(SAMPLE_RATE), channels=16, **options)


def _play(player: fluidsynth.Synth, font: int, part: TimedPart, frames: int) -> Audio:
    channel, bank, preset = (_DRUM_CHANNEL, _DRUM_BANK, 0) if part.is_drum else (0, 0, part.program)
    player.program_select(channel, font, bank, preset)
    _set_generator(player.synth, channel, _RELEASE_GENERATOR, _RELEASE_TIMECENTS)
    out = np.zeros((2, frames), np.float32)
    position = 0
    for sample, is_on, pitch, velocity in _events(part, frames):
        _fill(player, out, position, sample)
        position = sample
        if is_on:
            player.noteon(channel, pitch, velocity)
        else:
            player.noteoff(channel, pitch)
    _fill(player, out, position, frames)
    level = 1.0 if part.is_drum else instrument(part.program).level
    mono: Audio = out.mean(axis=0) * np.float32(level)
    return mono


def _fill(player: fluidsynth.Synth, out: Audio, start: int, stop: int) -> None:
    """Play samples start..stop into the stereo buffer `out`, shape (2, frames)."""
    if stop > start:
        left, right = (channel.ctypes.data for channel in out)
        _write_float(player.synth, stop - start, left, start, 1, right, start, 1)


def _events(part: TimedPart, frames: int) -> list[list[int]]:
    """Rows (sample, is_on, pitch, velocity) in time order; at one moment notes stop before others start."""
    on = (part.onset_s * SAMPLE_RATE / _BLOCK).astype(int)
    off = np.maximum(((part.onset_s + part.duration_s) * SAMPLE_RATE / _BLOCK).astype(int), on + 1)
    starts = np.stack([on * _BLOCK, np.ones_like(on), part.pitch, part.velocity], axis=1)
    stops = np.stack([off * _BLOCK, np.zeros_like(off), part.pitch, part.velocity], axis=1)
    rows = np.concatenate([stops, starts])
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    events: list[list[int]] = rows[rows[:, 0] < frames].tolist()
    return events
