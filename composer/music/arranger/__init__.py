"""A rule-based accompanist: chords for a tune, and a band that plays them in a style."""

from composer.music.arranger.band import BAND_PARTS, arrange
from composer.music.arranger.styles import STYLES

__all__ = ["BAND_PARTS", "STYLES", "arrange"]
