"""Listening to the player from inside the browser's audio clock: a page's taps, and figures from what they tell.

Where stems are to be compared in time, each sound file is replaced on its way to the page by a time code: samples that
say how far into the music they are. Whatever the player does with it, one sample then tells the place in the music.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import soundfile

from composer.music.stems import SAMPLE_RATE

PLAYER = ".player:not(.compact)"
SOUND_FILE = re.compile("^http://[^/]+/media/")
"""Addresses of the stems' files."""
_SCALE_S = 200.0
"""A sample of 1 would be this many seconds into the music."""
_BEFORE_S = 1.0
"""What the time code says at the start, so that silence can't be taken for it."""
_QUIET = 10 ** (-60 / 20)

Rows = Sequence[Sequence[float]]
"""What a tap tells of a voice: frame of the audio clock, first sample of the block there, and peak of the block."""

TAPS = """
const PROCESSOR = `registerProcessor("tap", class extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.every = processorOptions.every;
  }
  process([[samples]]) {
    if (!samples) return !this.heard;
    this.heard = true;
    if ((currentFrame / 128) % this.every) return true;
    this.port.postMessage([currentFrame, samples[0], samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0)]);
    return true;
  }
});`;
window.taps = [];
window.tapping = { source: 0, fader: 0 };  // one in how many blocks of 128 samples is told; 0 for none
window.tapReady = false;
const connect = AudioNode.prototype.connect;
function tap(node, kind) {
  const every = window.tapping[kind];
  if (!window.tapReady || !every) return;
  const worklet = new AudioWorkletNode(node.context, "tap", { processorOptions: { every } });
  const rows = [];
  window.taps.push({ kind, rows });
  worklet.port.onmessage = ({ data }) => rows.push(data);
  connect.call(node, worklet);
  connect.call(worklet, node.context.destination);
}
AudioNode.prototype.connect = function (to, ...rest) {
  if (this instanceof AudioBufferSourceNode) tap(this, "source");
  if (this instanceof StereoPannerNode) tap(this, "fader");
  return connect.call(this, to, ...rest);
};
window.AudioContext = class extends AudioContext {
  constructor(...options) {
    super(...options);
    window.tapped = this;
    const script = URL.createObjectURL(new Blob([PROCESSOR], { type: "text/javascript" }));
    this.audioWorklet.addModule(script).then(() => (window.tapReady = true));
  }
};
window.heardLater = () => window.tapped.outputLatency || window.tapped.baseLatency || 0;
"""


def time_code(seconds: float) -> bytes:
    """A sound file whose samples tell how far into it they are; see `music_time`."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE + _BEFORE_S
    buffer = io.BytesIO()
    soundfile.write(buffer, (times / _SCALE_S).astype(np.float32), SAMPLE_RATE, format="WAV", subtype="FLOAT")
    return buffer.getvalue()


def music_time(sample: Any) -> Any:
    """Seconds into the music that samples of the time code tell; any shape."""
    return np.asarray(sample, float) * _SCALE_S - _BEFORE_S


def press(page: Any, name: str) -> None:
    """Click on a button of the player."""
    page.locator(PLAYER).get_by_role("button", name=name, exact=True).click()


def listen(page: Any, source: int = 0, fader: int = 0) -> None:
    """Forget what taps told, and tap voices that begin from now on, at their source or after their fader.

    The numbers say one in how many blocks of 128 samples is told of; 0 for none.
    """
    page.evaluate(
        "every => { window.taps.length = 0; Object.assign(window.tapping, every); }",
        {"source": source, "fader": fader},
    )


def rows_of(page: Any, kind: str) -> list[Rows]:
    """What the taps of a kind ("source" or "fader") have told, voice by voice in the order that they began."""
    taps: Sequence[Mapping[str, Any]] = page.evaluate("window.taps")
    return [tap["rows"] for tap in taps if tap["kind"] == kind]


def spread_ms(voices: Sequence[Rows]) -> float:
    """The most that voices with a time code are apart in the music, in ms, at any moment that all of them tell of.

    NaN where there is no such moment.
    """
    told = [{row[0]: row[1] for row in rows if row[1] > 0} for rows in voices]
    common = sorted(set.intersection(*map(set, told))) if told else []
    if not common:
        return float("nan")
    places = music_time([[each[frame] for frame in common] for each in told])
    return float(1000 * np.ptp(places, axis=0).max())


def silence_ms(rows: Rows, clicked_s: float, sample_rate: float) -> float:
    """Milliseconds from a moment of the audio clock until a voice is, and stays, 60 dB below what it was then.

    Infinite where it never is.
    """
    frames, _, peaks = np.array(rows, float).T
    times = frames / sample_rate
    before = peaks[times <= clicked_s].max(initial=0.0)
    loud = np.flatnonzero(peaks > _QUIET * before)
    last = int(loud[-1]) + 1 if len(loud) else 0
    return 1000 * (float(times[last]) - clicked_s) if last < len(times) else float("inf")
