"""Opening the best synthesiser this machine has."""

from __future__ import annotations

from composer.music.additive import AdditiveSynthesiser
from composer.music.stems import SAMPLE_RATE, TAIL_S, Audio, Stems, Synthesiser, TimedPart, mix, pans

__all__ = ["SAMPLE_RATE", "TAIL_S", "Audio", "Stems", "Synthesiser", "TimedPart", "mix", "open_synthesiser", "pans"]


def open_synthesiser() -> Synthesiser:
    """FluidSynth with its soundfont loaded, or plain tones where its library is missing (then `note` says so).

    Takes about 40 ms; keep what it returns. Each instance has its own lock.
    """
    try:
        from composer.music.soundfont import SoundfontSynthesiser

        return SoundfontSynthesiser()
    except (ImportError, OSError):
        return AdditiveSynthesiser()
