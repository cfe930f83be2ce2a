// The sound of the on-screen piano: a soft electric piano and a click, made here, so that a key sounds at once.
// sound.js stands before this text: all goes through its one output.

const hertz = (pitch) => 440 * 2 ** ((pitch - 69) / 12);

class Synth {
  constructor() {
    this.voices = new Set();
  }

  open() {
    this.output ??= openOutput();
    this.context = this.output.context;
    this.context.resume();
  }

  // When, on the clock of the audio, something has to start so that it is heard at `ms` on the clock of the page.
  audioTime(ms) {
    const { contextTime, performanceTime } = this.context.getOutputTimestamp?.() ?? {};
    if (performanceTime > 0) return contextTime + (ms - performanceTime) / 1000;
    return this.context.currentTime + (ms - performance.now()) / 1000 - (this.context.outputLatency || 0);
  }

  // A note that sounds until its `stop(at)`; times in seconds of the audio clock, now where none is given.
  start(pitch, velocity, at = 0) {
    this.open();
    const begin = Math.max(at, this.context.currentTime);
    const peak = 0.3 * (velocity / 127) ** 1.3;
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(peak, begin + 0.005);
    gain.gain.setTargetAtTime(peak * 0.2, begin + 0.005, 0.6);
    gain.connect(this.output);
    const voice = { nodes: [this.tone("triangle", hertz(pitch), gain, begin), this.tone("sine", 2 * hertz(pitch), gain, begin)] };
    voice.stop = (when = 0) => {
      const end = Math.max(when, this.context.currentTime, begin + 0.03);
      gain.gain.setTargetAtTime(0, end, 0.06);
      for (const node of voice.nodes) node.stop(end + 0.5);
    };
    voice.nodes[0].onended = () => this.voices.delete(voice);
    this.voices.add(voice);
    return voice;
  }

  click(strong, at) {
    const begin = Math.max(at, this.context.currentTime);
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(strong ? 0.35 : 0.2, begin);
    gain.gain.exponentialRampToValueAtTime(0.001, begin + 0.06);
    gain.connect(this.context.destination);
    const node = this.tone("sine", strong ? 1600 : 1100, gain, begin);
    node.stop(begin + 0.07);
    const voice = { nodes: [node] };
    node.onended = () => this.voices.delete(voice);
    this.voices.add(voice);
  }

  tone(type, frequency, gain, begin) {
    const node = new OscillatorNode(this.context, { type, frequency });
    node.connect(gain);
    node.start(begin);
    return node;
  }

  // Nothing more is heard, whatever was planned.
  silence() {
    for (const voice of this.voices) for (const node of voice.nodes) node.stop();
    this.voices.clear();
  }
}
