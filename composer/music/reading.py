"""Music files of any kind that the studio reads, told apart by what is in them, not by their names."""

from __future__ import annotations

from composer.errors import BadInput
from composer.music.midi import read_midi
from composer.music.musicxml import read_musicxml
from composer.music.score import Score

MAX_BYTES = 10_000_000
_XML_BEGINNINGS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


def read_score(data: bytes) -> Score:
    """The Score in the bytes of a MIDI, MusicXML or compressed MusicXML file, times in quarters.

    Raises BadInput for anything else, for more than MAX_BYTES, and as `read_midi` and `read_musicxml` do.
    """
    if not data:
        raise BadInput("This file is empty; please choose a MIDI or MusicXML file.")
    if len(data) > MAX_BYTES:
        raise BadInput(f"This file is larger than {MAX_BYTES // 1_000_000} MB; please choose a shorter piece.")
    if data[:4] == b"MThd":
        return read_midi(data)
    if data[:2] == b"PK" or data.lstrip()[:5].startswith(_XML_BEGINNINGS):
        return read_musicxml(data)
    raise BadInput("This is neither a MIDI nor a MusicXML file; please choose one that ends in .mid or .musicxml.")
