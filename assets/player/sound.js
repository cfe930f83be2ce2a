// The way out for all sound of a component: one audio context, a small room, and the clock of what is heard. Text that
// is put before a component's own script.

const WETNESS = 0.16;
const STARTED = "composer-player-started";
const SHORTEST_LEAP_S = 0.01;
const NO_SOUND =
  "No sound comes out: there may be no loudspeaker, or this browser keeps the page from playing. Nothing is lost: mend that, then press Play again.";

// A small room: noise that dies away by 60 dB in 1.1 s, of unit energy, as the download has it.
function room(context) {
  const frames = Math.floor(1.1 * context.sampleRate);
  const buffer = context.createBuffer(2, frames, context.sampleRate);
  let seed = 11;
  const noise = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2147483648 - 1);
  for (let channel = 0; channel < 2; channel++) {
    const samples = buffer.getChannelData(channel);
    let last = 0, energy = 0;
    for (let i = Math.floor(0.012 * context.sampleRate); i < frames; i++) {
      last = 0.5 * last + 0.5 * noise();
      samples[i] = last * Math.exp((-6.9 * i) / frames);
      energy += samples[i] ** 2;
    }
    for (let i = 0; i < frames; i++) samples[i] /= Math.sqrt(energy);
  }
  return buffer;
}

// Where all players of the page send their sound; browsers allow only a few audio contexts. Throws where the browser
// has none to give.
let shared = null;
function openOutput() {
  if (shared && shared.context.state !== "closed") return shared;
  const context = new AudioContext();
  shared = new GainNode(context, { gain: 0.85 * Math.SQRT2 });
  const reverb = new ConvolverNode(context, { buffer: room(context), disableNormalization: true });
  shared.connect(context.destination);
  shared.connect(reverb).connect(new GainNode(context, { gain: WETNESS })).connect(context.destination);
  return shared;
}

// What the audio clock said when that was made which is heard now. The clock itself moves in leaps, as the device asks
// for sound; the browser tells with each leap when it will be heard, and between them the page's clock goes on, though
// never farther from the audio clock than a leap.
function heardTime(context) {
  const heard = context.currentTime - (context.outputLatency || context.baseLatency || 0);
  const { contextTime, performanceTime } = context.getOutputTimestamp?.() ?? {};
  if (!(performanceTime > 0)) return heard;
  const leap = Math.max(context.baseLatency || 0, SHORTEST_LEAP_S);
  return clamp(contextTime + (performance.now() - performanceTime) / 1000, heard - leap, heard + leap);
}

// Tells when an audio clock stands still: then nothing can be heard, whatever the player shows. Only time that frames
// are drawn in counts, so that a computer's sleep does not.
const PATIENCE_MS = 2000;
class Silence {
  constructor(context) {
    Object.assign(this, { context, time: context.currentTime, seen: performance.now(), spent: 0 });
  }

  lasts() {
    const { currentTime } = this.context;
    const now = performance.now();
    this.spent = currentTime > this.time ? 0 : this.spent + Math.min(now - this.seen, 100);
    Object.assign(this, { time: currentTime, seen: now });
    return this.spent > PATIENCE_MS;
  }
}
