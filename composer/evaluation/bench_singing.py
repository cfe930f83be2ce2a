"""How many notes of a sung melody are found: made-up singers sing known tunes, and mir_eval counts what is right."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.data.registry import find_source
from composer.errors import BadInput
from composer.evaluation.bench import Result, Subject
from composer.evaluation.intervals import Figure, mean_figure
from composer.evaluation.singer import RATE, VOICES, Performance, Voice, sing
from composer.music.audio import wav_bytes
from composer.music.melodies import sample_melodies
from composer.music.score import Meter, Score, Tempo, Track
from composer.music.singing import SungNotes, bpm_of, hear
from composer.music.singing.beat import place_in_beats
from composer.music.voices import STEPS_PER_QUARTER

MELODIES = 20
BARS = 8
SEED = 2026
_ONSET_S, _CENTS = 0.05, 50.0
_COMMON_S = (0.25, 0.5)
"""How long most notes of a folk tune last: up to four syllables a second can be sung with ease."""
_TEMPO_OFF = 0.04


@dataclass(frozen=True)
class Heard:
    """What one singer's melody came to: `f` counts a note with the right pitch and onset, `f_ends` the end as well.

    `tempo` says whether the estimated tempo, its half or its double is the one that was sung, and `rhythm` is the share
    of the notes found whose distance to the next in sixteenths is as written (at half or double the tempo, half or
    twice that).
    """

    title: str
    voice: str
    f: float
    f_ends: float
    tempo: bool
    rhythm: float
    seconds: float
    spent_s: float


def bench_singing(subject: Subject) -> list[Result]:
    """The F-measure of each voice and of all, the worst melody, the tempo, and how long the listening takes."""
    heard = measure_singing()
    worst = min(heard, key=lambda one: one.f)
    by_voice = {voice.name: [one.f for one in heard if one.voice == voice.name] for voice in VOICES}

    def mean_of(what: str) -> float:
        return float(np.mean([getattr(one, what) for one in heard]))

    spent = sum(one.spent_s for one in heard) / sum(one.seconds for one in heard)
    return [
        Result(
            f"Notes of {MELODIES} sung melodies, 3 voices (F)",
            mean_figure([one.f for one in heard]),
            "",
            "at least 0.85",
        ),
        *(Result(f"... {name}", mean_figure(found), "") for name, found in by_voice.items()),
        Result(f"... the worst ({worst.title}, {worst.voice.lower()})", Figure(worst.f), ""),
        Result("... with their ends (F)", mean_figure([one.f_ends for one in heard]), ""),
        Result("Tempo right, but for half and double", Figure(100 * mean_of("tempo")), "%"),
        Result("Rhythm right, in sixteenths to the next note", Figure(100 * mean_of("rhythm")), "%"),
        Result("Processor time to listen to a second of singing", Figure(1000 * spent), "ms", "at most 250"),
    ]


def measure_singing(count: int = MELODIES, seed: int = SEED) -> list[Heard]:
    """Each of `count` melodies sung by every voice, and heard; the same for the same seed.

    A note is right if its onset is within 50 ms and its pitch within 50 cents (as in MIREX). Raises BadInput where
    mir_eval is not installed.
    """
    random = np.random.default_rng(seed)
    hear(wav_bytes(sing(melodies(1, random)[0], VOICES[0], random)[0], RATE))  # the first call loads the tracker
    return [_try(score, voice, random) for score in melodies(count, random) for voice in VOICES]


def melodies(count: int, random: np.random.Generator) -> list[Score]:
    """The first eight bars of shipped melodies and, for half of them, of folk tunes that no model learned from."""
    shipped = list(sample_melodies().values())
    chosen = [shipped[k] for k in random.permutation(len(shipped))[: (count + 1) // 2]]
    return [_opening(score) for score in (*chosen, *_folk_tunes(count - len(chosen), random))]


def _folk_tunes(count: int, random: np.random.Generator) -> list[Score]:
    """Folk tunes at a singer's tempo; their dataset is only opened where any are asked for."""
    tunes = find_source("folk").load().split("test") if count else []
    found = []
    for k in random.permutation(len(tunes))[:count]:
        notes = tunes[k].notes(0)
        tempo = Tempo(0.0, 60 * float(np.median(notes["duration"])) / random.uniform(*_COMMON_S))
        meter = Meter(0.0, tunes[k].steps_per_bar, 16)
        pickup = tunes[k].pickup_steps / STEPS_PER_QUARTER
        found.append(Score((Track("Melody", notes),), (tempo,), (meter,), pickup=pickup, title=f"folk tune {k}"))
    return found


def _opening(score: Score) -> Score:
    """The first BARS bars, a pickup apart."""
    track = score.tracks[0]
    end = score.pickup + BARS * score.meters[0].bar_quarters
    return replace(score, tracks=(replace(track, notes=track.notes[track.notes["onset"] < end - 1e-6]),))


def _try(score: Score, voice: Voice, random: np.random.Generator) -> Heard:
    audio, meant = sing(score, voice, random)
    file = wav_bytes(audio, RATE)
    start = time.process_time()
    notes, _ = hear(file).notes()
    bpm = bpm_of(notes)
    spent_s = time.process_time() - start
    times = np.array([0.5, 1, 2])
    ratios = bpm / score.tempos[0].bpm / times
    nearest = int(np.abs(np.log(ratios)).argmin())
    written = score.tracks[0].notes["onset"] * times[nearest]
    f, f_ends = (_f_measure(meant, notes, ends) for ends in (None, 0.2))
    tempo = bool(abs(ratios[nearest] - 1) < _TEMPO_OFF)
    rhythm = _rhythm(written, meant, notes, bpm)
    return Heard(score.title, voice.name, f, f_ends, tempo, rhythm, len(audio) / RATE, spent_s)


def _rhythm(written: NDArray[np.float64], meant: Performance, found: SungNotes, bpm: float) -> float:
    """See `Heard`; `written` holds the onsets in quarters at about `bpm`."""
    number = np.abs(meant.onset[:, None] - found["onset"]).argmin(axis=0)
    places = np.round(place_in_beats(found["onset"], bpm) * STEPS_PER_QUARTER)
    return float(np.mean(np.abs(np.diff(places) - np.diff(written[number]) * STEPS_PER_QUARTER) < 0.5))


def _f_measure(meant: Performance, found: SungNotes, ends: float | None) -> float:
    """The F-measure of notes; `ends` is how far, as a share of its length, a note's end may be off (None: anywhere)."""
    return float(
        _transcription().precision_recall_f1_overlap(
            np.column_stack([meant.onset, np.maximum(meant.end, meant.onset + 0.01)]),
            _hz(meant.pitch),
            np.column_stack([found["onset"], found["end"]]),
            _hz(found["pitch"]),
            onset_tolerance=_ONSET_S,
            pitch_tolerance=_CENTS,
            offset_ratio=ends,
        )[2]
    )


def _hz(pitch: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(440 * 2 ** ((pitch - 69) / 12))


def _transcription() -> Any:
    try:
        from mir_eval import transcription
    except ImportError:
        raise BadInput("Measuring singing needs mir_eval; install it with: pip install mir_eval") from None
    return transcription
