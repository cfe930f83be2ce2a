// Stems that sound together, in step to the sample. Text that is put before a component's own script; sound.js stands
// before it.

const LEAD_S = 0.03; // from a wish to the first sample that can still be changed for it
const FADE_S = 0.04; // in which a stem gives way to another one
const LEVEL_S = 0.004; // time constant of a fader: 60 dB in 28 ms, without a click

// One stem as it sounds from `when` on the audio clock, beginning at `offset` seconds of its buffer.
class Voice {
  constructor(output, { buffer, pan }, { when, offset, loop, level, fades }) {
    const { context } = output;
    const looping = loop ? { loop: true, loopStart: loop.start, loopEnd: loop.end } : {};
    this.source = new AudioBufferSourceNode(context, { buffer, ...looping });
    this.fade = new GainNode(context, { gain: fades ? 0 : 1 });
    this.fader = new GainNode(context, { gain: level });
    this.source.connect(this.fade).connect(this.fader).connect(new StereoPannerNode(context, { pan })).connect(output);
    if (fades) this.fade.gain.setValueAtTime(0, when).linearRampToValueAtTime(1, when + FADE_S);
    this.source.start(when, offset);
  }

  setLevel(level) {
    this.fader.gain.setTargetAtTime(level, this.fader.context.currentTime, LEVEL_S);
  }

  leave(when) {
    this.source.onended = () => this.fader.disconnect();
    this.fade.gain.setTargetAtTime(0, when, FADE_S / 5);
    this.source.stop(when + FADE_S);
  }
}

class Sound {
  constructor() {
    this.tracks = []; // buffer, pan and gain of each stem
    this.levels = []; // what each gain is multiplied by
    this.voices = [];
    this.offset = 0;
    this.loop = null; // start and end, in seconds, of what is to be repeated
    this.playing = false;
  }

  get duration() {
    return Math.max(0, ...this.tracks.map(({ buffer }) => buffer.duration));
  }

  get atEnd() {
    return this.offset >= this.duration - 0.02;
  }

  get position() {
    return this.playing ? this.positionAt(heardTime(this.context)) : this.offset;
  }

  // Where the music is at a time of the audio clock.
  positionAt(time) {
    const straight = Math.max(this.offset + time - this.startedAt, this.offset);
    if (!this.looped || straight < this.looped.end) return Math.min(straight, this.duration);
    const { start, end } = this.looped;
    return start + ((straight - start) % (end - start));
  }

  // Seconds until the music begins, more than 0 while it is counted in.
  get ahead() {
    return this.playing ? Math.max(0, this.startedAt - heardTime(this.context)) : 0;
  }

  // Begin where `offset` says, after `count` (a buffer of clicks) where there is one. Throws where the browser has no
  // audio to give.
  play(ended, count = null) {
    this.output = openOutput();
    this.context = this.output.context;
    this.context.resume();
    if (this.atEnd) this.offset = 0;
    this.ended = ended;
    this.playing = true;
    const when = this.context.currentTime + LEAD_S;
    this.counting = count && new Voice(this.output, { buffer: count, pan: 0 }, { when, offset: 0, level: 1 });
    this.begin(when + (count?.duration ?? 0), this.offset);
  }

  begin(when, offset, fades = false) {
    Object.assign(this, { startedAt: when, offset, looped: this.loop && offset < this.loop.end ? this.loop : null });
    this.voices = this.tracks.map((_, i) => this.voice(i, when, offset, fades));
  }

  voice(i, when, offset, fades) {
    const voice = new Voice(this.output, this.tracks[i], { when, offset, loop: this.looped, level: this.level(i), fades });
    voice.source.onended = () => this.voices[0] === voice && this.ended();
    return voice;
  }

  level(i) {
    return (this.levels[i] ?? 1) * this.tracks[i].gain;
  }

  pause() {
    if (!this.playing) return;
    this.offset = this.position;
    this.playing = false;
    for (const voice of [...this.voices, this.counting]) voice?.leave(this.context.currentTime);
    this.voices = [];
  }

  setLevels(levels) {
    this.levels = levels;
    this.voices.forEach((voice, i) => voice.setLevel(this.level(i)));
  }

  // Go on elsewhere, without a break where it is playing.
  seek(seconds) {
    this.put(this.tracks, this.levels, () => clamp(seconds, 0, this.duration));
  }

  // Repeat what `loop` says from here on, or no longer.
  takeLoop() {
    this.put(this.tracks, this.levels, (now) => now);
  }

  // Other stems from now on. Where it is playing, those that stay sound on, and the others join in where the music is
  // then. `place`, where given, tells where that is in the new music, and all stems begin anew.
  put(tracks, levels, place = null) {
    const before = this.tracks;
    Object.assign(this, { tracks, levels });
    if (!this.playing) {
      if (place) this.offset = place(this.offset);
      return;
    }
    const when = Math.max(this.context.currentTime + LEAD_S, this.startedAt);
    const now = this.positionAt(when);
    const leaving = this.voices;
    const stays = (i) => !place && before[i]?.buffer === tracks[i]?.buffer && before[i]?.pan === tracks[i]?.pan;
    if (place) this.begin(when, place(now), true);
    else this.voices = tracks.map((_, i) => (stays(i) ? leaving[i] : this.voice(i, when, now, true)));
    leaving.filter((voice) => !this.voices.includes(voice)).forEach((voice) => voice.leave(when));
    this.setLevels(levels);
  }
}
