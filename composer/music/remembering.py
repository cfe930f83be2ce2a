"""A synthesiser that remembers: a part that hasn't changed isn't played again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from composer.music.stems import Audio, Synthesiser, TimedPart

CAPACITY_BYTES = 96 * 2**20
Value = TypeVar("Value")


class LimitedCache(Generic[Value]):
    """The values made last, up to `capacity_bytes` by the measure of `size`; the newest always stays. For threads."""

    def __init__(self, capacity_bytes: int, size: Callable[[Value], int]) -> None:
        self._capacity_bytes, self._size = capacity_bytes, size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under `key`, from `make` where it isn't kept (two threads may then both make it)."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > 1 and sum(map(self._size, self._values.values())) > self._capacity_bytes:
                self._values.popitem(last=False)
        return value


class RememberingSynthesiser(Synthesiser):
    """Another synthesiser, which must not be used elsewhere, with its last stems kept up to `capacity_bytes`.

    Stems are found by the content of the part: notes, timing, instrument and length.
    """

    def __init__(self, inner: Synthesiser, capacity_bytes: int = CAPACITY_BYTES) -> None:
        super().__init__()
        self.name, self.note = inner.name, inner.note
        self._inner = inner
        self._stems: LimitedCache[Audio] = LimitedCache(capacity_bytes, lambda audio: int(audio.nbytes))

    def render(self, part: TimedPart, frames: int) -> Audio:
        """See Synthesiser.render; what comes back may be shared, so it can't be written to."""
        return self._stems.get(part.content(frames), lambda: self._play(part, frames))

    def _play(self, part: TimedPart, frames: int) -> Audio:
        audio = self._inner.render(part, frames)
        audio.flags.writeable = False
        return audio
