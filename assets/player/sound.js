// Sound in stems: unpacking, decoding, and playing them together. Text that is put before a component's own script.

const WETNESS = 0.16;
const STARTED = "composer-player-started";

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const files = header.sizes.map((size) => bytes.slice(at, (at += size)));
  return { header, files };
}

// What was decoded last, by the content it came from, oldest first: going back to a take needs no waiting.
const DECODED = new Map();
const DECODED_BYTES = 96 * 2 ** 20;
const sampleBytes = (buffers) => buffers.reduce((sum, buffer) => sum + 4 * buffer.length, 0);

async function decode(files) {
  const decoder = new OfflineAudioContext(1, 1, 44100);
  return Promise.all(files.map((file) => decoder.decodeAudioData(file.buffer)));
}

async function decoded(rev, files) {
  const buffers = DECODED.get(rev) || (await decode(files));
  DECODED.delete(rev);
  DECODED.set(rev, buffers);
  let kept = [...DECODED.values()].reduce((sum, each) => sum + sampleBytes(each), 0);
  for (const [old, each] of DECODED) {
    if (kept <= DECODED_BYTES || old === rev) break;
    DECODED.delete(old);
    kept -= sampleBytes(each);
  }
  return buffers;
}

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

// A click on each beat of a roll, a higher one where a bar begins: a stem like the others.
function clickTrack({ beats, bars }, seconds) {
  const rate = 44100;
  const buffer = new AudioBuffer({ length: Math.round(seconds * rate), sampleRate: rate });
  const samples = buffer.getChannelData(0);
  for (const beat of beats) {
    const first = Math.round(beat * rate);
    const begins = bars.some((bar) => Math.abs(bar - beat) < 1e-3);
    const turn = (2 * Math.PI * (begins ? 1600 : 1100)) / rate;
    const length = Math.min(0.06 * rate, samples.length - first);
    for (let i = 0; i < length; i++) samples[first + i] = (begins ? 0.4 : 0.25) * Math.sin(turn * i) * Math.exp(-i / (0.012 * rate));
  }
  return buffer;
}

// Where all players of the page send their sound; browsers allow only a few audio contexts.
let shared = null;
function openOutput() {
  if (shared) return shared;
  const context = new AudioContext();
  shared = new GainNode(context, { gain: 0.85 * Math.SQRT2 });
  const reverb = new ConvolverNode(context, { buffer: room(context), disableNormalization: true });
  shared.connect(context.destination);
  shared.connect(reverb).connect(new GainNode(context, { gain: WETNESS })).connect(context.destination);
  return shared;
}

class Sound {
  constructor() {
    this.buffers = [];
    this.levels = [];
    this.sources = [];
    this.gains = [];
    this.offset = 0;
    this.loop = null; // start and end, in seconds, of what is to be repeated; it counts from the next `play` on
    this.playing = false;
  }

  get duration() {
    return Math.max(0, ...this.buffers.map((buffer) => buffer.duration));
  }

  get position() {
    if (!this.playing) return this.offset;
    const latency = this.context.outputLatency || this.context.baseLatency || 0;
    const straight = Math.max(this.offset + this.context.currentTime - this.startedAt - latency, this.offset);
    if (!this.looped || straight < this.looped.end) return Math.min(straight, this.duration);
    const { start, end } = this.looped;
    return start + ((straight - start) % (end - start));
  }

  open() {
    this.output = openOutput();
    this.context = this.output.context;
  }

  play(ended) {
    this.open();
    this.context.resume();
    if (this.offset >= this.duration - 0.02) this.offset = 0;
    this.startedAt = this.context.currentTime + 0.03;
    this.looped = this.loop && this.offset < this.loop.end ? this.loop : null;
    const looping = this.looped ? { loop: true, loopStart: this.looped.start, loopEnd: this.looped.end } : {};
    this.gains = this.buffers.map((_, i) => new GainNode(this.context, { gain: this.levels[i] ?? 1 }));
    this.sources = this.buffers.map((buffer, i) => {
      const source = new AudioBufferSourceNode(this.context, { buffer, ...looping });
      source.connect(this.gains[i]).connect(new StereoPannerNode(this.context, { pan: this.pans[i] || 0 })).connect(this.output);
      source.start(this.startedAt, this.offset);
      return source;
    });
    if (this.sources.length) this.sources[0].onended = ended;
    this.playing = true;
  }

  pause() {
    if (!this.playing) return;
    this.offset = this.position;
    this.playing = false;
    for (const source of this.sources) {
      source.onended = null;
      source.stop();
    }
    for (const gain of this.gains) gain.disconnect();
  }

  setLevels(levels) {
    this.levels = levels;
    if (this.playing) this.gains.forEach((gain, i) => gain.gain.setTargetAtTime(levels[i], this.context.currentTime, 0.012));
  }
}
