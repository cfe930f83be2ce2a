// Clicks of the metronome and of the count-in. Text that is put before player.js.

const CLICK_RATE = 44100;

// A sound of `seconds` with a click at each place, a higher one where a bar begins: `clicks` holds pairs of the two.
function clickTrack(clicks, seconds) {
  const buffer = new AudioBuffer({ length: Math.max(1, Math.round(seconds * CLICK_RATE)), sampleRate: CLICK_RATE });
  const samples = buffer.getChannelData(0);
  for (const [at, begins] of clicks) {
    const first = Math.round(at * CLICK_RATE);
    const turn = (2 * Math.PI * (begins ? 1600 : 1100)) / CLICK_RATE;
    const length = Math.min(0.06 * CLICK_RATE, samples.length - first);
    for (let i = 0; i < length; i++) samples[first + i] = (begins ? 0.4 : 0.25) * Math.sin(turn * i) * Math.exp(-i / (0.012 * CLICK_RATE));
  }
  return buffer;
}

// Each beat of a roll and whether a bar begins there.
function beatClicks({ beats, bars }) {
  return beats.map((beat) => [beat, bars.some((bar) => Math.abs(bar - beat) < 1e-3)]);
}

// The clicks of one bar that leads to `seconds`, counted from its start, and how long it lasts. They lie on the beats,
// as if the music had begun a bar earlier, so that a pickup or the middle of a bar is led to as a player expects it.
function countIn(roll, seconds) {
  const place = beatOf(roll, seconds);
  const beat = secondOf(roll, Math.floor(place) + 1) - secondOf(roll, Math.floor(place));
  const bars = roll.bars.map((bar) => beatOf(roll, bar));
  const here = Math.max(0, bars.findLastIndex((bar) => bar <= place + 1e-3));
  const size = beatsOfBar(bars, here, roll.beats.length);
  const first = (bars[here] ?? 0) - size * Math.ceil(Math.max(0, (bars[here] ?? 0) - place) / size);
  const phase = place - first; // beats since a bar line, which may lie before the music
  const clicks = [];
  for (let at = Math.ceil(phase - size - 1e-3); at < phase - 1e-3; at++) clicks.push([(at - phase + size) * beat, at % size === 0]);
  return { clicks, seconds: size * beat };
}

// How many beats a bar has; the last one is taken to be as long as the one before.
function beatsOfBar(bars, here, beats) {
  const [start, end] = here + 1 < bars.length || !here ? [bars[here] ?? 0, bars[here + 1] ?? beats] : [bars[here - 1], bars[here]];
  return Math.max(1, Math.round(end - start));
}
