// Stems that sound together, in step to the sample. Text that is put before a component's own script; sound.js stands
// before it.

const LEAD_S = 0.03; // from a wish to the first sample that can still be changed for it ...
const LONGEST_LEAD_S = 2; // ... on a computer that is very busy
const FADE_S = 0.04; // in which a stem gives way to another one
const LEVEL_S = 0.003; // time constant of a fader: 60 dB in 21 ms, without a click

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
    this.offset = 0; // where the music stands while it does not play
    this.loop = null; // start and end, in seconds, of what is to be repeated
    this.line = null; // when, on the audio clock, the music that plays began, from where, and what it repeats
  }

  get playing() {
    return this.line !== null;
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
  positionAt(time, { start, from, loop } = this.line) {
    const straight = from + Math.max(0, time - start);
    if (!loop || straight < loop.end) return Math.min(straight, this.duration);
    return loop.start + ((straight - loop.start) % (loop.end - loop.start));
  }

  // Seconds until the music begins, more than 0 while it is counted in.
  get ahead() {
    return this.playing ? Math.max(0, this.line.start - heardTime(this.context)) : 0;
  }

  // Begin where `offset` says, after `count` (a buffer of clicks) where there is one. Throws where the browser has no
  // audio to give.
  play(ended, count = null) {
    this.output = openOutput();
    this.context = this.output.context;
    this.context.resume();
    if (this.atEnd) this.offset = 0;
    this.ended = ended;
    const length = count?.duration ?? 0;
    const start = this.begin(() => this.offset, this.context.currentTime + LEAD_S + length);
    this.counting = count && new Voice(this.output, { buffer: count, pan: 0 }, { when: start - length, offset: 0, level: 1 });
  }

  pause() {
    if (!this.playing) return;
    this.offset = this.position;
    this.line = null;
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
    const { tracks: before, voices: leaving, line } = this;
    Object.assign(this, { tracks, levels });
    if (!this.playing) {
      if (place) this.offset = place(this.offset);
      return;
    }
    const when = place ? this.begin((when) => place(this.positionAt(when, line)), line.start, true) : this.join(before, line.start);
    leaving.filter((voice) => !this.voices.includes(voice)).forEach((voice) => voice.leave(when));
    this.setLevels(levels);
  }

  // ---- voices

  // Begin all stems anew, not before `earliest`, from the place that `place` tells for a moment; when that is.
  begin(place, earliest, fades = false) {
    return this.inTime(earliest, (when) => {
      const from = place(when);
      this.line = { start: when, from, loop: this.loop && from < this.loop.end ? this.loop : null };
      return (this.voices = this.tracks.map((_, i) => this.voice(i, when, from, fades)));
    });
  }

  // Let the stems join in that were not there `before`; when that is.
  join(before, earliest) {
    const sounding = this.voices;
    const stays = ({ buffer, pan }, i) => before[i]?.buffer === buffer && before[i].pan === pan;
    return this.inTime(earliest, (when) => {
      const from = this.positionAt(when);
      this.voices = this.tracks.map((track, i) => (stays(track, i) ? sounding[i] : this.voice(i, when, from, true)));
      return this.voices.filter((voice) => !sounding.includes(voice));
    });
  }

  // Voices that `make` makes for one moment, which comes back. Where that took so long that the moment has passed, they
  // would be out of step, and others are made for a later one.
  inTime(earliest, make) {
    for (let lead = LEAD_S; ; lead *= 3) {
      const when = Math.max(this.context.currentTime + lead, earliest);
      const voices = make(when);
      if (this.context.currentTime < when || lead > LONGEST_LEAD_S) return when;
      for (const voice of voices) voice.leave(when);
    }
  }

  voice(i, when, offset, fades) {
    const voice = new Voice(this.output, this.tracks[i], { when, offset, loop: this.line.loop, level: this.level(i), fades });
    voice.source.onended = () => this.voices[0] === voice && this.ended();
    return voice;
  }

  level(i) {
    return (this.levels[i] ?? 1) * this.tracks[i].gain;
  }
}
