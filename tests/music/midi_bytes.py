"""Builds MIDI files byte by byte, right or wrong ones, for the tests of the reader."""

from __future__ import annotations

import struct

Event = tuple[int, bytes]
"""Ticks since the event before, and the event's bytes."""

END: Event = (0, b"\xff\x2f\x00")


def varlen(number: int) -> bytes:
    """A number as MIDI writes it: seven bits a byte, all but the last with the high bit set."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.insert(0, number & 0x7F | 0x80)
    return bytes(digits)


def on(delta: int, pitch: int, velocity: int = 80, channel: int = 0) -> Event:
    """A note-on after `delta` ticks."""
    return delta, bytes([0x90 | channel, pitch, velocity])


def off(delta: int, pitch: int, channel: int = 0) -> Event:
    """A note-off after `delta` ticks."""
    return delta, bytes([0x80 | channel, pitch, 64])


def program(number: int, channel: int = 0, delta: int = 0) -> Event:
    """A program change."""
    return delta, bytes([0xC0 | channel, number])


def meta(kind: int, data: bytes, delta: int = 0) -> Event:
    """A meta event with any bytes."""
    return delta, b"\xff" + bytes([kind]) + varlen(len(data)) + data


def name(text: bytes) -> Event:
    """A track name."""
    return meta(0x03, text)


def tempo(microseconds: int, delta: int = 0) -> Event:
    """A tempo as microseconds a quarter."""
    return meta(0x51, microseconds.to_bytes(3, "big"), delta)


def meter(numerator: int, denominator_power: int, delta: int = 0) -> Event:
    """A time signature; the denominator is a power of two."""
    return meta(0x58, bytes([numerator, denominator_power, 24, 8]), delta)


def key(fifths: int, minor: int = 0) -> Event:
    """A key signature, whether or not such a key exists."""
    return meta(0x59, struct.pack("bB", fifths, minor))


def scale(*pitches: int, ticks: int = 480, channel: int = 0) -> list[Event]:
    """Notes of equal length, one after another."""
    return [event for pitch in pitches for event in (on(0, pitch, channel=channel), off(ticks, pitch, channel))]


def chunk(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    """A chunk whose header may lie about its size."""
    return kind + struct.pack(">L", len(body) if size is None else size) + body


def track(*events: Event, end: bool = True) -> bytes:
    """An MTrk chunk of events, closed by an end-of-track event unless `end` is False."""
    return chunk(b"MTrk", b"".join(varlen(delta) + data for delta, data in (*events, *([END] if end else []))))


def header(kind: int = 1, tracks: int = 1, division: int = 480) -> bytes:
    """The MThd chunk."""
    return chunk(b"MThd", struct.pack(">HHh", kind, tracks, division))


def file(*tracks: bytes, kind: int = 1, division: int = 480) -> bytes:
    """A whole file of tracks."""
    return header(kind, len(tracks), division) + b"".join(tracks)
