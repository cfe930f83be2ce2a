"""A synthesiser that remembers: a part that hasn't changed isn't played again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from composer.music.stems import Audio, Synthesiser, TimedPart

CAPACITY_BYTES = 128 * 2**20


class RememberingSynthesiser(Synthesiser):
    """Another synthesiser, which must not be used elsewhere, with its last stems kept up to `capacity_bytes`.

    Stems are found by the content of the part: notes, timing, instrument and length.
    """

    def __init__(self, inner: Synthesiser, capacity_bytes: int = CAPACITY_BYTES) -> None:
        super().__init__()
        self.name, self.note = inner.name, inner.note
        self._inner = inner
        self._capacity_bytes = capacity_bytes
        self._stems: OrderedDict[bytes, Audio] = OrderedDict()

    def render(self, part: TimedPart, frames: int) -> Audio:
        """See Synthesiser.render; what comes back may be shared, so it can't be written to."""
        key = _content(part, frames)
        if key not in self._stems:
            self._stems[key] = self._inner.render(part, frames)
            self._stems[key].flags.writeable = False
            while sum(audio.nbytes for audio in self._stems.values()) > self._capacity_bytes and len(self._stems) > 1:
                self._stems.popitem(last=False)
        self._stems.move_to_end(key)
        return self._stems[key]


def _content(part: TimedPart, frames: int) -> bytes:
    digest = hashlib.sha256(f"{part.program} {part.is_drum} {frames}".encode())
    for column in (part.onset_s, part.duration_s, part.pitch, part.velocity):
        digest.update(column.tobytes())
    return digest.digest()
