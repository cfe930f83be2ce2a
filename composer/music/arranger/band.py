"""The arranger: a band that plays with a tune, by rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.arranger.bars import SCALE, Layout, lay_out
from composer.music.arranger.bass import bass_pitches
from composer.music.arranger.chords import Chords, coloured, find_chords, note_weights
from composer.music.arranger.clashes import without_clashes
from composer.music.arranger.form import REST as RESTS
from composer.music.arranger.form import Form, plan
from composer.music.arranger.rhythm import Events, bar_events, cut_at_chords, join
from composer.music.arranger.styles import KIT, PartStyle, Style, load_style
from composer.music.arranger.voicing import voice
from composer.music.pianoroll import DRUMS, Pianoroll, pianoroll_from_voices
from composer.music.voices import REST, Voices

BAND_PARTS = ("Melody", "Strings", "Piano", "Guitar", "Bass", DRUMS)
"""The band, the tune first."""
BASS = "Bass"
_STROKE = 3
"""Steps that a stroke on a drum lasts in a Pianoroll: a sixteenth."""
_MAYBE = 0.4
"""Chance that a stroke written "?" is played in a bar."""
Rows = NDArray[np.int64]
"""Notes as rows (onset, length, pitch) in steps of a Pianoroll."""


@dataclass(frozen=True)
class _Stage:
    """What all players of one arrangement share; `last` is the number of the last bar, `end` the step it ends on."""

    melody: Voices
    layout: Layout
    chords: Chords
    form: Form
    last: int
    end: int


def arrange(melody: Voices, style: str, seed: int) -> Pianoroll:
    """A melody, shape (1, steps), with strings, piano, guitar, bass and drums: a Pianoroll of the tracks BAND_PARTS.

    Track 0 is the melody, note for note. The others play chords found for it (see find_chords) with the patterns of
    `style`, one of STYLES, from the first full bar to the melody's end; which patterns, who rests and where fills
    come is drawn from `seed`. At most 4 notes sound at once in the piano, 3 in strings and guitar, 1 in the bass.
    Raises BadInput for an unknown style.
    """
    known = load_style(style)
    random = np.random.default_rng(seed)
    stage = _set_up(melody, known, random)
    tracks = [_drums(stage, known, random) if name == DRUMS else _part(stage, name, known) for name in BAND_PARTS[1:]]
    whole = pianoroll_from_voices(melody)
    rows = [np.insert(rows, 0, number, axis=1) for number, rows in enumerate(tracks, 1)]
    notes = np.concatenate([whole.notes, *rows])
    return Pianoroll(notes, len(BAND_PARTS), whole.steps, whole.steps_per_bar, whole.pickup_steps)


def _set_up(melody: Voices, style: Style, random: np.random.Generator) -> _Stage:
    layout = lay_out(melody)
    chords = coloured(find_chords(melody, layout), dict(style.colours), note_weights(melody, layout))
    sounding, begun = np.flatnonzero(melody.pitch[0] != REST), np.flatnonzero(melody.attack[0])
    end = (int(sounding[-1]) + 1) * SCALE if len(sounding) else layout.steps
    before = np.searchsorted(layout.bars, begun[-1:] * SCALE, side="right")
    last = max(int(before[0]) - 1, 0) if len(before) else len(layout.bars) - 1
    form = plan(style, layout.cells[0].meter, len(layout.bars), random)
    return _Stage(melody, layout, chords, form, last, end)


def _part(stage: _Stage, name: str, style: Style) -> Rows:
    """The notes of a pitched part."""
    part = style.parts[name]
    bars = _bars_of(stage, stage.form.rows[name], part, "R" if name == BASS else "x")
    events = cut_at_chords(*bar_events(bars, stage.layout), stage.layout, stage.end)
    if name == BASS:
        rows = np.stack([events.onset, events.length, bass_pitches(events, stage.chords, part.low, part.high)], 1)
        return without_clashes(join(rows, events.joined), stage.melody)
    return without_clashes(_strike(events, _voicings(stage, part)), stage.melody)


def _bars_of(stage: _Stage, numbers: Rows, part: PartStyle, last_sign: str) -> list[dict[str, str] | None]:
    """The patterns by meter of each bar; in the last bar a chord is held, and nothing is played after it."""
    bars: list[dict[str, str] | None] = [
        None if number == RESTS else {meter: texts[number % len(texts)] for meter, texts in part.patterns.items()}
        for number in numbers
    ]
    if bars[stage.last] is not None:
        bars[stage.last] = dict.fromkeys(part.patterns, last_sign)
    return [bar if number <= stage.last else None for number, bar in enumerate(bars)]


def _voicings(stage: _Stage, part: PartStyle) -> Rows:
    ceiling = None if part.over_tune else _lowest_of_tune(stage)
    return voice(stage.chords, part.notes, part.low, part.high, part.tones, ceiling)


def _lowest_of_tune(stage: _Stage) -> NDArray[np.int64]:
    """The lowest pitch of the tune in each slot, shape (n,); 127 where it is silent."""
    slot = stage.layout.slot_at(np.arange(stage.melody.steps) * SCALE)
    lowest = np.full(len(stage.layout.slots), 127)
    pitch = stage.melody.pitch[0].astype(np.int64)
    np.minimum.at(lowest, slot, np.where(pitch == REST, 127, pitch))
    return lowest


def _strike(events: Events, voicings: Rows) -> Rows:
    """The notes of chords: all of a voicing (n, k), all but the lowest, or a single one, as each event's sign says."""
    number = np.arange(voicings.shape[1])
    single = np.char.isdigit(events.sign) if len(events.sign) else np.zeros(0, bool)
    digit = np.where(single, events.sign, "0").astype(np.int64)
    wanted = np.where(single[:, None], number == np.minimum(digit, number[-1])[:, None], True)
    wanted &= (events.sign != "u")[:, None] | (number > 0)
    event, note = np.nonzero(wanted)
    rows = np.stack([events.onset[event], events.length[event], voicings[events.slot[event], note]], axis=1)
    return join(rows, events.joined[event])


def _drums(stage: _Stage, style: Style, random: np.random.Generator) -> Rows:
    """Strokes on the kit: patterns, fills, a cymbal after a fill, and a last stroke."""
    pattern, fill = (stage.form.rows[name] for name in (DRUMS, "fills"))
    playing = np.flatnonzero((pattern != RESTS) & (np.arange(len(pattern)) < stage.last))
    rows = [np.empty((0, 3), np.int64)]
    for instrument, pitch in KIT.items():
        bars: list[dict[str, str] | None] = [None] * len(pattern)
        for bar in playing:
            kits = style.drums if fill[bar] == RESTS else style.fills
            number = pattern[bar] if fill[bar] == RESTS else fill[bar]
            bars[bar] = {meter: kit[number % len(kit)].get(instrument, ".") for meter, kit in kits.items()}
        onset, _, sign = bar_events(bars, stage.layout)
        heard = (onset < stage.end) & ((sign != "?") | (random.random(len(onset)) < _MAYBE))
        rows.append(_strokes(onset[heard], pitch))
    after = 1 + np.flatnonzero((fill != RESTS) & (np.arange(len(fill)) < stage.last))
    accents = stage.layout.bars[np.append(after, stage.last) if len(playing) else after]
    if style.crash:
        rows += [_strokes(accents, KIT["crash"]), _strokes(accents[-1:], KIT["kick"])]
    return np.unique(np.concatenate(rows), axis=0)


def _strokes(onset: Rows, pitch: int) -> Rows:
    return np.stack([onset, np.full_like(onset, _STROKE), np.full_like(onset, pitch)], axis=1)
