"""Tunes typed as note letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from composer.errors import BadInput
from composer.music.score import Key, Meter, Score, Tempo, Track, make_notes

NOTATION_HELP = """\
Type the letters of your tune with spaces between them: **C D E F G**.

| you type | it means |
|---|---|
| `C` ... `B` | a note of one beat, as near as possible to the note before (the first one near middle C) |
| `F#` `Bb` | sharp, flat |
| `C5` | the C of octave 5; middle C is `C4` |
| `C'` `C,` | one octave higher, lower than `C` would be |
| `G:2` `G:1/2` `G:1.5` | a note of two beats, half a beat, one and a half beats |
| `-` or `-:2` | silence for one beat, two beats |
| `_` or `_:2` | hold the note before one beat longer, two beats longer |
| `\\|` | a bar line: it checks that the beats of the bar add up, and you may leave it out |

Notes before an early first bar line are the pickup. The first lines may say `title: My tune`, `meter: 3/4`,
`tempo: 96`, `key: G major`, `pickup: 1` (the beats before the first whole bar) or `about: ...` (a note to yourself).
A beat is a quarter note.
"""

MAX_CHARACTERS = 20_000
MAX_BEATS = 4_096
_WORD = re.compile(
    r"(?:(?P<letter>[A-Ga-g])(?P<accidental>[#♯b♭]?)(?P<octave>[0-8]?)(?P<marks>'*|,*)|(?P<sign>[-_]))(?::(?P<beats>.+))?"
)
_HEADER = re.compile(r"\s*(title|about|meter|tempo|key|pickup)\s*:\s*(.*?)\s*$", re.IGNORECASE)
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ALTERATIONS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}


def parse_tune(
    text: str,
    *,
    meter: str | None = None,
    tempo: float | None = None,
    key: str | None = None,
    pickup: float | None = None,
    title: str | None = None,
) -> Score:
    """The Score, with one track, of a tune in the language that NOTATION_HELP describes.

    `meter` ("3/4"), `tempo` (quarters a minute), `key` ("G major"), `pickup` (quarters before the first bar line) and
    `title` take the place of what the text's own first lines say. Raises BadInput that names the word that isn't
    understood and its place, or the bar whose beats don't add up.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadInput(f"This tune is too long to type; please keep to {MAX_CHARACTERS:,} letters.")
    headers, body = _split_headers(text)
    given = {"meter": meter, "tempo": tempo, "key": key, "pickup": pickup, "title": title}
    headers |= {name: str(value) for name, value in given.items() if value is not None}
    parsed_meter = _parse_meter(headers.get("meter", "4/4"))
    first_bar = _parse_beats(headers["pickup"], "The pickup", 0) if headers.get("pickup") else Fraction(0)
    if first_bar >= Fraction(parsed_meter.bar_quarters):
        raise BadInput(f"The pickup of {_say(first_bar)} beats isn't shorter than a bar; please make it shorter.")
    line = _Line(Fraction(parsed_meter.bar_quarters), first_bar, lined=first_bar > 0)
    for place, word in enumerate(body.replace("|", " | ").split(), 1):
        line.read(word, place)
    return line.score(headers, parsed_meter)


@dataclass
class _Line:
    """The tune as far as it is read; times in quarters. `lined` once the place of the bar lines is known."""

    bar: Fraction
    pickup: Fraction
    lined: bool
    now: Fraction = Fraction(0)
    last_pitch: int = 60
    rows: list[tuple[Fraction, Fraction, int]] = field(default_factory=list)

    def read(self, word: str, place: int) -> None:
        """Take in one word, the `place`-th of the tune; raises BadInput."""
        if word == "|":
            return self._check_bar()
        match = _WORD.fullmatch(word)
        if not match:
            raise BadInput(f"I don't understand '{word[:20]}' (word {place}); write notes like C, F#, Bb4 or G:2.")
        beats = _parse_beats(match["beats"] or "1", f"The length in '{word[:20]}' (word {place})", 1)
        if match["letter"]:
            self.last_pitch = self._pitch(match, place)
            self.rows.append((self.now, beats, self.last_pitch))
        elif match["sign"] == "_":
            self._hold(beats, place)
        self.now += beats
        if self.now > MAX_BEATS:
            raise BadInput(f"This tune is too long; please keep to {MAX_BEATS:,} beats.")

    def score(self, headers: dict[str, str], meter: Meter) -> Score:
        """The finished Score; raises BadInput where there are no notes."""
        if not self.rows:
            raise BadInput("There are no notes in this tune yet; type some, such as C D E F G.")
        onset, duration, pitch = zip(*self.rows, strict=True)
        return Score(
            tracks=(Track("Melody", make_notes([*map(float, onset)], [*map(float, duration)], pitch)),),
            tempos=(Tempo(0.0, _parse_tempo(headers.get("tempo", "100"))),),
            meters=(meter,),
            key=_parse_key(headers["key"]) if headers.get("key") else None,
            pickup=float(self.pickup),
            title=headers.get("title", "")[:60],
        )

    def _check_bar(self) -> None:
        if not self.lined and self.now < self.bar:
            self.pickup = self.now
        self.lined = True
        if since := (self.now - self.pickup) % self.bar:
            number = (self.now - self.pickup) // self.bar + 1
            raise BadInput(
                f"Bar {number} ends after {_say(since)} beats and needs {_say(self.bar)}; check its lengths."
            )

    def _pitch(self, match: re.Match[str], place: int) -> int:
        """The MIDI pitch of a note; without an octave the one nearest to the note before, the lower of two."""
        pitch_class = _SEMITONES[match["letter"].upper()] + _ALTERATIONS[match["accidental"]]
        if match["octave"]:
            pitch = 12 * (int(match["octave"]) + 1) + pitch_class
        else:
            pitch = self.last_pitch + (pitch_class - self.last_pitch + 6) % 12 - 6
        pitch += 12 * (match["marks"].count("'") - match["marks"].count(","))
        if not 12 <= pitch <= 119:
            raise BadInput(f"'{match[0][:20]}' (word {place}) is too high or too low to sing; pick another octave.")
        return pitch

    def _hold(self, beats: Fraction, place: int) -> None:
        if not self.rows or sum(self.rows[-1][:2]) != self.now:
            raise BadInput(f"'_' (word {place}) has no note before it to hold; put a note first.")
        onset, duration, pitch = self.rows[-1]
        self.rows[-1] = (onset, duration + beats, pitch)


def _split_headers(text: str) -> tuple[dict[str, str], str]:
    """The leading lines like "meter: 3/4" by lower-case name, and the rest of the text."""
    headers: dict[str, str] = {}
    lines = text.splitlines()
    while lines and (not lines[0].strip() or _HEADER.match(lines[0])):
        if match := _HEADER.match(lines.pop(0)):
            headers[match[1].lower()] = match[2]
    return headers, "\n".join(lines)


def _parse_beats(text: str, what: str, least: int) -> Fraction:
    """A length such as "2", "1/2" or "1.5" in quarters, at most 64; above 0 where `least` is 1. Raises BadInput."""
    if not re.fullmatch(r"\d{1,4}(/[1-9]\d{0,2}|\.\d{1,4})?|\.\d{1,4}", text):
        raise BadInput(f"{what} isn't a number of beats; write it like 2, 1/2 or 1.5.")
    beats = Fraction(text)
    if not (0 if not least else Fraction(1, 64)) <= beats <= 64:
        raise BadInput(f"{what} is out of range; use 1/64 to 64 beats.")
    return beats


def _parse_meter(text: str) -> Meter:
    match = re.fullmatch(r"(\d{1,2})\s*/\s*(1|2|4|8|16)", text.strip())
    if not match or not 1 <= int(match[1]) <= 32:
        raise BadInput(f"I don't understand the meter '{text[:20]}'; write it like 4/4, 3/4 or 6/8.")
    return Meter(0.0, int(match[1]), int(match[2]))


def _parse_tempo(text: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", text.strip()) or not 20 <= float(text) <= 400:
        raise BadInput(f"I don't understand the tempo '{text[:20]}'; write a number from 20 to 400.")
    return float(text)


def _parse_key(text: str) -> Key:
    match = re.fullmatch(r"([A-Ga-g])([#♯b♭]?)\s*(major|minor)?", text.strip(), re.IGNORECASE)
    if not match:
        raise BadInput(f"I don't understand the key '{text[:20]}'; write it like G major or F# minor.")
    tonic = _SEMITONES[match[1].upper()] + _ALTERATIONS[match[2].lower()]
    return Key(tonic % 12, (match[3] or "major").lower())


def _say(beats: Fraction) -> str:
    """A number of beats as a person writes it: 3, 1/2, 2 1/2."""
    whole, part = divmod(beats, 1)
    return " ".join(str(x) for x in (whole, part) if x) or "0"
