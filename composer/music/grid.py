"""From a person's score to the network's grid, and back with new parts around the person's own notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.errors import BadInput
from composer.music.pianoroll import DRUMS, FINE_STEPS, Music, Pianoroll, part_count
from composer.music.score import Meter, Notes, Score, Track, make_notes, sort_notes
from composer.music.theory import SOPRANO_RANGE, find_key, fit_range, fold_into_range, pitch_name
from composer.music.timing import Clock, find_lag, is_swung, nearest_free_steps, step_times
from composer.music.voices import STEPS_PER_QUARTER, Voices, voices_from_notes

MAX_BARS = 128
CHORD_SPREAD = 1 / 16
"""Notes that begin at most this many quarters after the one before belong to its chord."""

_HINTS = re.compile(
    r"melod|voice|vocal|voc\b|lead|sopran|tune|theme|sing|solo|cantus|right|violin 1|violin i\b|flute", re.I
)
_HINDRANCES = re.compile(r"bass|drum|perc|pad|chord|accomp|left|tenor|alto|rhythm|strings|harmony|cello|viola", re.I)
_BASSES, _PADS, _EFFECTS = range(32, 40), range(88, 104), range(112, 128)
_SAMPLE = 2_000
"""Notes of a track looked at when a melody is proposed."""


@dataclass(frozen=True)
class GridMelody:
    """A melody on the grid, with all that is needed to put new parts around the person's own notes.

    `voices` holds one voice, moved into the soprano's range: its pitch is the person's own plus `shift` semitones
    (and, for a melody wider than the range, octaves for the notes outside). `notes`, shape (n,), are the person's
    notes as they were, in the time of `score`. `step_onsets`, shape (steps + 1,), are the positions in quarters at
    which the steps begin in the person's timing. `messages` are sentences for the person.
    """

    voices: Voices
    notes: Notes
    shift: int
    step_onsets: NDArray[np.float64]
    meter: Meter
    score: Score
    messages: tuple[str, ...] = ()


def propose_melody(score: Score) -> int:
    """The index of the track that is most likely the melody; drums never are.

    Tracks gain by notes that aren't covered by higher ones (one line rather than chords), a singing height around C5,
    as many notes as the busiest track, a telling name, and an early place; basses, pads and effects lose.
    Raises BadInput where every track is percussion.
    """
    likely = {i: _melody_score(score, i) for i in _melodic(score)}
    return max(likely, key=lambda i: likely[i])


def melody_choices(score: Score) -> dict[int, str]:
    """A label for each track that can be the melody, by index: "Flute: 32 notes, C4 to A5".

    Raises BadInput where every track is percussion.
    """
    return {i: _label(score.tracks[i]) for i in _melodic(score)}


def top_line(notes: Notes) -> Notes:
    """The highest line of polyphonic `notes`, shape (n,), each note as it was: (m,) with m <= n.

    Of notes that begin together (within CHORD_SPREAD, and while the one before isn't half over) the highest is kept;
    a note is left out, too, where a higher one that began before still sounds at half its length.
    """
    together = np.minimum(CHORD_SPREAD, notes["duration"] / 2)
    chord = np.cumsum(np.insert(np.diff(notes["onset"]) > together[:-1], 0, True))
    ordered = notes[np.lexsort((-notes["pitch"].astype(int), chord))]
    highest = np.diff(chord, prepend=0) > 0
    sounds_until = np.full((len(ordered), 128), -np.inf, np.float32)  # (note, pitch)
    sounds_until[np.arange(len(ordered)), ordered["pitch"]] = ordered["onset"] + ordered["duration"]
    np.maximum.accumulate(sounds_until, axis=0, out=sounds_until)
    above = np.maximum.accumulate(sounds_until[:, ::-1], axis=1)[
        :, ::-1
    ]  # until when this pitch or a higher one sounds
    higher = np.append(above, np.full((len(ordered), 1), -np.inf, np.float32), axis=1)
    covered = higher[np.arange(len(ordered)), ordered["pitch"] + 1] > ordered["onset"] + ordered["duration"] / 2
    return sort_notes(ordered[highest & ~covered])


def fit_to_grid(score: Score, track_index: int) -> GridMelody:
    """The melody of one track on a grid of sixteenths, in the soprano's range.

    The file's tempo is trusted, but a constant lag is taken out, swung eighths count as even ones, and each note goes
    to the nearest step that keeps the notes in order and, where it can, apart. Bars are counted in the meter that
    holds longest. The grid begins at the bar line before the first note, or with the first note itself where that lies
    in the second half of its bar (a pickup), and ends with the last note or after MAX_BARS bars.
    Raises BadInput where the track is percussion, has no notes or doesn't exist.
    """
    track = _chosen_track(score, track_index)
    meter, bar_line = _longest_meter(score, track)
    clock, steps_per_bar = _set_clock(score, track, meter, bar_line)
    pickup_steps = -clock.start % steps_per_bar
    limit = pickup_steps + MAX_BARS * steps_per_bar
    used = track.notes[clock.steps(track.notes["onset"]) < limit - 0.5]
    own = top_line(used)
    steps, ends, kept = _place(clock, own, limit)
    shift = fit_range(own["pitch"], *SOPRANO_RANGE)
    sung = fold_into_range(own["pitch"] + shift, *SOPRANO_RANGE)
    line = make_notes(steps / STEPS_PER_QUARTER, (ends - steps) / STEPS_PER_QUARTER, sung[kept])
    count = int(ends[-1])
    return GridMelody(
        voices=voices_from_notes([line], count, steps_per_bar, pickup_steps),
        notes=own,
        shift=shift,
        step_onsets=step_times(clock, steps, own["onset"][kept], count),
        meter=meter,
        score=score,
        messages=(
            *_limit_message(len(used) < len(track.notes)),
            *_line_messages(len(own) < len(used), clock.swing, len(kept) < len(own)),
            *_meter_message(score, meter),
            *_range_messages(shift, bool(np.any(sung != own["pitch"] + shift))),
        ),
    )


def to_score(
    melody: GridMelody, music: Music, names: Sequence[str], programs: Sequence[int], own_melody: bool = True
) -> Score:
    """The person's own notes as the first track, and rows 1.. of `music` as parts around them.

    The parts are moved back by the melody's shift (a pitch that would leave MIDI's range, by octaves less; drums stay
    as they are) and played in the person's own timing, a little softer than the melody. Without `own_melody` the first
    track is row 0 of `music`, too. `names` and `programs` give one entry a part, the melody first; the one called DRUMS
    is a drum kit. Tempos, meters, pickup and title are the person's. Raises ValueError where the lengths differ.
    """
    per_sixteenth = FINE_STEPS // STEPS_PER_QUARTER if isinstance(music, Pianoroll) else 1
    if music.steps != melody.voices.steps * per_sixteenth:
        raise ValueError(f"{music.steps} steps don't fit a melody of {melody.voices.steps} sixteenths")
    if len(names) != part_count(music):
        raise ValueError(f"{len(names)} names don't fit the parts of the music")
    rows = [_part(melody, music, row, name) for row, name in enumerate(names)]
    if own_melody:
        rows[0] = melody.notes
    parts = zip(names, programs, rows, strict=True)
    tracks = tuple(Track(name, notes, program, name == DRUMS) for name, program, notes in parts)
    return replace(melody.score, tracks=tracks, key=melody.score.key or find_key(melody.notes))


def _part(melody: GridMelody, music: Music, row: int, name: str) -> Notes:
    """One row of music on the grid, in the person's key and timing."""
    velocity = round(float(np.median(melody.notes["velocity"])) * 0.9)
    notes = music.part(row, velocity) if isinstance(music, Pianoroll) else music.notes(row, velocity)
    steps = np.arange(len(melody.step_onsets))
    onset, end = (
        np.interp(time * STEPS_PER_QUARTER, steps, melody.step_onsets)
        for time in (notes["onset"], notes["onset"] + notes["duration"])
    )
    pitch = notes["pitch"].astype(int)
    moved = pitch if name == DRUMS else fold_into_range(pitch - melody.shift, 0, 127)
    played = make_notes(onset, end - onset, moved, notes["velocity"])
    return played[played["duration"] > 0]


def _melodic(score: Score) -> list[int]:
    """Indices of the tracks with notes that aren't percussion; raises BadInput where there are none."""
    found = [i for i, track in enumerate(score.tracks) if not track.is_drum and len(track.notes)]
    if not found:
        raise BadInput("There is only percussion in this file; please choose one with a melody.")
    return found


def _melody_score(score: Score, index: int) -> float:
    """How likely a track is the melody; higher is likelier."""
    track = score.tracks[index]
    notes = track.notes[:_SAMPLE]
    busiest = max(len(score.tracks[i].notes) for i in _melodic(score))
    single = len(top_line(notes)) / len(notes)
    height = -(((float(np.median(notes["pitch"])) - 72) / 16) ** 2)
    busy = min(4 * len(track.notes) / busiest, 1.0)
    hint = 1.5 * bool(_HINTS.search(track.name)) - bool(_HINDRANCES.search(track.name))
    unlikely = any(track.program in kind for kind in (_BASSES, _PADS, _EFFECTS))
    return 2 * single + max(height, -2.0) + busy + hint - unlikely - 0.02 * index


def _label(track: Track) -> str:
    low, high = (pitch_name(int(p)) for p in (track.notes["pitch"].min(), track.notes["pitch"].max()))
    count = len(track.notes)
    return f"{track.name or 'Unnamed'}: {count} note{'s' * (count != 1)}, {low} to {high}"


def _chosen_track(score: Score, index: int) -> Track:
    if index not in _melodic(score):
        raise BadInput("This track can't be the melody, for it has no notes with a pitch; please choose another.")
    return score.tracks[index]


def _longest_meter(score: Score, track: Track) -> tuple[Meter, float]:
    """The meter in force for most of the track, and one of its bar lines in quarters."""
    onsets = np.array([meter.onset for meter in score.meters])
    first, last = track.notes["onset"][0], track.end
    inside = np.clip(np.append(onsets, np.inf), first, max(last, first))
    longest = int(np.argmax(np.diff(inside)))
    meter = score.meters[longest]
    return meter, meter.onset + (score.pickup if longest == 0 else 0.0)


def _set_clock(score: Score, track: Track, meter: Meter, bar_line: float) -> tuple[Clock, int]:
    """The clock of the grid and its steps a bar."""
    steps_per_bar = max(round(meter.bar_quarters * STEPS_PER_QUARTER), 1)
    bar = steps_per_bar / STEPS_PER_QUARTER
    onsets = track.notes["onset"] - bar_line
    lag = find_lag(onsets)
    beats_are_quarters = meter.denominator <= 4
    swing = beats_are_quarters and is_swung(onsets - lag)
    first = float(onsets[0]) - lag
    bars_before = np.floor(first / bar + 1e-6) * bar
    clock = Clock(bar_line + lag + bars_before, swing=swing)
    bar_start = max(bars_before, min(-bar_line, first))
    begins_late = first - bars_before >= bar / 2
    begin = track.notes["onset"][0] if begins_late else bar_line + lag + bar_start
    return replace(clock, start=int(np.floor(clock.steps(begin) + 0.5))), steps_per_bar


def _place(clock: Clock, own: Notes, limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First step and the step after the last for the notes that find a step of their own, and the indices of those.

    Of notes that share a step the longest stays. A gap shorter than a sixteenth before the next note is closed.
    """
    begins = clock.steps(own["onset"])
    stops = clock.steps(own["onset"] + own["duration"])
    steps = np.clip(nearest_free_steps(begins), 0, limit - 1)
    by_length = np.lexsort((-own["duration"], steps))
    kept = by_length[np.insert(np.diff(steps[by_length]) > 0, 0, True)]
    begins, stops, steps = begins[kept], stops[kept], steps[kept]
    following = np.append(steps[1:], limit)
    ends = np.maximum(np.floor(stops + 0.5).astype(np.int64), steps + 1)
    closed = np.append(begins[1:] - stops[:-1] < 0.9, False)
    return steps, np.where(closed, following, np.minimum(ends, following)), kept


def _limit_message(cut: bool) -> list[str]:
    return [f"Only the first {MAX_BARS} bars are used."] if cut else []


def _line_messages(chords: bool, swing: bool, crowded: bool) -> list[str]:
    found = {
        "Took the top line of the chords.": chords,
        "The other parts follow your swing.": swing,
        "Some very quick notes stay in your melody, but the other parts don't follow each of them.": crowded,
    }
    return [sentence for sentence, holds in found.items() if holds]


def _meter_message(score: Score, meter: Meter) -> list[str]:
    kinds = {(m.numerator, m.denominator) for m in score.meters}
    return [f"Bars are counted in {meter.numerator}/{meter.denominator} throughout."] if len(kinds) > 1 else []


def _range_messages(shift: int, folded: bool) -> list[str]:
    messages = []
    if shift:
        octaves, semitones = divmod(abs(shift), 12)
        distance = _count(octaves, "octave") if not semitones else _count(abs(shift), "semitone")
        way = "up" if shift > 0 else "down"
        messages.append(f"Moved {way} {distance} to where the model knows melodies; moved back in the result.")
    if folded:
        messages.append("The melody is wider than a voice, so the model hears its outermost notes in another octave.")
    return messages


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    return f"{number} {noun}s"
