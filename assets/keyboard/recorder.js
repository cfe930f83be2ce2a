// The clock of a recording: count-in, metronome, what was recorded before, and when each key went down and up.
// The page's own clock (event.timeStamp, performance.now()) is the only one; sounds are planned on it a little ahead.

const AHEAD_MS = 250;
const LEAD_MS = 150;
const LONGEST_MS = 15 * 60_000;
const SHORTEST_MS = 20;

class Recorder {
  // `changed` is called whenever `state` ("idle", "waiting", "recording", "hearing") or the notes are other ones.
  constructor(synth, take, meters, limit, changed) {
    Object.assign(this, { synth, take, meters, limit, changed, state: "idle", held: new Map() });
  }

  get quarterMs() {
    return 60_000 / this.take.settings.bpm;
  }

  // Beats a bar and quarters a beat: two beats of three eighths in 6/8.
  get beat() {
    return this.meters[this.take.settings.meter];
  }

  // Where the music is, in quarters from the first bar line; negative in the count-in.
  get position() {
    return (performance.now() - this.origin) / this.quarterMs;
  }

  record(fresh) {
    this.stop();
    const { countIn } = this.take.settings;
    const adds = !fresh && this.take.notes.length > 0;
    const before = adds ? this.take.notes : [];
    this.take.begin(!adds);
    const [beats, quarters] = this.beat;
    const now = performance.now() + LEAD_MS;
    if (countIn) this.run("recording", now + beats * quarters * this.quarterMs, before, -beats);
    else if (adds) this.run("recording", now, before, 0);
    else this.enter("waiting");
  }

  hear() {
    this.stop();
    const first = Math.min(0, ...this.take.notes.map(([onset]) => onset));
    const [, quarters] = this.beat;
    this.run("hearing", performance.now() + LEAD_MS - first * this.quarterMs, this.take.notes, Math.ceil(first / quarters));
    this.until = Math.max(...this.take.notes.map(([onset, duration]) => onset + duration)) + 1;
  }

  run(state, origin, notes, firstBeat) {
    this.synth.open();
    Object.assign(this, { origin, nextBeat: firstBeat, until: Infinity });
    this.planned = [...notes].sort((one, other) => one[0] - other[0]);
    this.enter(state);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.plan(), 40);
    this.plan();
  }

  enter(state) {
    this.state = state;
    this.changed();
  }

  plan() {
    if (this.position > this.until || performance.now() - this.origin > LONGEST_MS) return this.stop();
    const soon = performance.now() + AHEAD_MS;
    const at = (quarters) => this.synth.audioTime(this.origin + quarters * this.quarterMs);
    const [beats, quarters] = this.beat;
    for (; this.origin + this.nextBeat * quarters * this.quarterMs < soon; this.nextBeat++) {
      const counted = this.nextBeat < 0 && this.state === "recording";
      if (this.take.settings.click || counted) this.synth.click(this.nextBeat % beats === 0, at(this.nextBeat * quarters));
    }
    while (this.planned.length && this.origin + this.planned[0][0] * this.quarterMs < soon) {
      const [onset, duration, pitch, velocity] = this.planned.shift();
      this.synth.start(pitch, velocity, at(onset)).stop(at(onset + duration));
    }
  }

  press(pitch, velocity, ms) {
    if (this.state === "waiting") this.run("recording", ms, [], 0);
    if (this.state === "recording") this.held.set(pitch, { ms, velocity });
  }

  release(pitch, ms) {
    const key = this.held.get(pitch);
    if (!this.held.delete(pitch)) return;
    const duration = Math.max(ms - key.ms, SHORTEST_MS);
    this.take.add([(key.ms - this.origin) / this.quarterMs, duration / this.quarterMs, pitch, key.velocity]);
    if (this.take.notes.length >= this.limit) this.stop();
    else this.changed();
  }

  stop() {
    if (this.state === "idle") return;
    const recorded = this.state !== "hearing";
    clearInterval(this.timer);
    this.state = "idle";
    for (const pitch of [...this.held.keys()]) this.release(pitch, performance.now());
    this.synth.silence();
    if (recorded) this.take.end();
    this.changed();
  }
}
