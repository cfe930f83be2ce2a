// "Play it": piano, recorder and what has been recorded so far. Python hears of it once, when the melody is used.
// Data: meters (name -> [beats a bar, quarters a beat]), slowest, fastest (quarters a minute), limit (notes), colour and
// colour_dark. roll.js, sound.js and the other scripts of this folder stand before this text.

const DOT = SVG('<circle cx="12" cy="12" r="6.5" fill="currentColor"/>');
const SQUARE = SVG('<rect x="6.5" y="6.5" width="11" height="11" rx="1.5" fill="currentColor"/>');
const PLUS = SVG('<path d="M12 6v12M6 12h12" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>');
const BACK = SVG('<path d="M8.5 5 5 8.5 8.5 12M5.5 8.5H14a4.5 4.5 0 0 1 0 9H9" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>');

class Keyboard {
  constructor(parent, data) {
    this.data = data;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.take = new Take({ bpm: 100, meter: "4/4", click: true, countIn: true, strength: 100, base: 60 });
    this.synth = new Synth();
    this.sounding = new Map();
    this.recorder = new Recorder(this.synth, this.take, data.meters, data.limit, () => this.show());
    const player = { press: (...key) => this.press(...key), release: (...key) => this.release(...key), command: () => this.toggle() };
    this.piano = new Piano(this.take.settings.base, player);
    this.root = element("section", { class: "player keyboard", "aria-label": "Play a melody" });
    parent.querySelector(".player-mount").replaceChildren(this.root);
    this.build();
    window.addEventListener(STARTED, (event) => event.detail !== this && this.recorder.stop());
    new ResizeObserver(() => this.redraw()).observe(this.root);
    watchTheme(parent.host || parent, () => this.redraw());
    this.show();
  }

  build() {
    const button = (words, icon, onclick) => element("button", { type: "button", html: `${icon}<span>${words}</span>`, onclick });
    this.recordButton = button("Record", DOT, () => this.toggle());
    this.addButton = button("Add", PLUS, () => this.record(false));
    this.addButton.title = "Record more on top of what is there";
    this.hearButton = button("Hear", ICONS.play, () => this.hear());
    this.undoButton = button("Undo", BACK, () => this.undo());
    this.undoButton.title = "Take back the last recording";
    const lower = button("Octave down", "", () => this.shift(-1));
    const higher = button("Octave up", "", () => this.shift(1));
    this.status = element("output", { "aria-live": "polite" });
    this.place = element("strong", { "aria-hidden": "true" });
    this.roll = new Roll(true);
    this.roll.sheet.removeAttribute("tabindex");
    this.roll.sheet.setAttribute("role", "img");
    this.useButton = button("Use this melody", "", () => this.use());
    this.root.append(
      element("div", { class: "buttons" }, this.recordButton, this.addButton, this.hearButton, this.undoButton),
      element("div", { class: "told" }, this.status, this.place),
      this.piano.node,
      element("div", { class: "buttons" }, lower, higher),
      this.roll.node,
      settingControls(this.take, this.data, () => this.settle()),
      strengthControl(this.take),
      this.useButton,
      midiControl((...key) => this.hearMidi(...key)),
    );
  }

  // A setting was changed: what runs by the old ones ends.
  settle() {
    this.recorder.stop();
    this.take.keep();
    this.redraw();
  }

  // ---- playing and recording

  press(pitch, velocity, ms) {
    this.release(pitch, ms);
    this.sounding.set(pitch, this.synth.start(pitch, velocity));
    this.recorder.press(pitch, velocity, ms);
  }

  release(pitch, ms) {
    this.sounding.get(pitch)?.stop();
    this.sounding.delete(pitch);
    this.recorder.release(pitch, ms);
  }

  hearMidi(on, pitch, velocity, ms) {
    if (!this.root.isConnected) return;
    this.piano.light(pitch, on);
    if (on) this.press(pitch, velocity, ms);
    else this.release(pitch, ms);
  }

  toggle() {
    if (this.recorder.state === "idle" || this.recorder.state === "hearing") this.record(true);
    else this.recorder.stop();
  }

  record(fresh) {
    this.start(() => this.recorder.record(fresh));
    this.piano.node.focus({ preventScroll: true });
  }

  hear() {
    if (this.recorder.state === "hearing") this.recorder.stop();
    else this.start(() => this.recorder.hear());
  }

  start(action) {
    window.dispatchEvent(new CustomEvent(STARTED, { detail: this }));
    this.synth.open();
    action();
    this.frame();
  }

  undo() {
    this.recorder.stop();
    this.take.undo();
    this.show();
  }

  shift(octaves) {
    this.piano.shift(octaves);
    this.take.settings.base = this.piano.base;
    this.take.keep();
  }

  use() {
    this.recorder.stop();
    const { bpm, meter, strength } = this.take.settings;
    const seconds = 60 / bpm;
    const events = this.take.notes.map(([onset, duration, pitch, velocity]) => [onset * seconds, duration * seconds, pitch, velocity]);
    this.send({ events, bpm, meter, strength });
  }

  // ---- what is seen

  show() {
    if (!this.recordButton) return;
    const { state } = this.recorder;
    const { notes, passes } = this.take;
    const busy = state === "recording" || state === "waiting";
    this.root.dataset.state = state;
    this.root.dataset.notes = notes.length;
    // A button whose inside is another one since it was pressed gets no click: it changes only where it has to.
    const label = (button, icon, words) => button.textContent !== words && (button.innerHTML = `${icon}<span>${words}</span>`);
    label(this.recordButton, busy ? SQUARE : DOT, busy ? "Stop" : "Record");
    label(this.hearButton, state === "hearing" ? ICONS.pause : ICONS.play, state === "hearing" ? "Stop" : "Hear");
    this.recordButton.setAttribute("aria-pressed", String(busy));
    this.hearButton.disabled = this.addButton.disabled = this.useButton.disabled = busy || !notes.length;
    this.undoButton.disabled = busy || !passes.length;
    this.tell();
    this.redraw();
  }

  tell() {
    const { state, position } = this.recorder;
    const count = this.take.notes.length;
    const counting = state === "recording" && position < 0;
    const counted = count ? `${count} note${count > 1 ? "s" : ""} recorded.` : "Press Record, or try the keys first.";
    const words = { idle: counted, hearing: "Playing your take.", waiting: "Waiting: your first note is beat one.", recording: "Recording." }[state];
    const told = counting ? "Count-in …" : words;
    if (this.status.textContent !== told) this.status.textContent = told;
    this.place.textContent = state === "recording" || state === "hearing" ? this.placeNow(position) : "";
  }

  // Bar and beat of a position, 2.1; in the count-in the beat alone.
  placeNow(position) {
    const [beats, quarters] = this.recorder.beat;
    const beat = Math.floor(position / quarters);
    const number = (((beat % beats) + beats) % beats) + 1;
    return beat < 0 ? `${number}` : `${Math.floor(beat / beats) + 1}.${number}`;
  }

  frame() {
    if (this.recorder.state === "idle") return;
    if (!this.root.isConnected) return this.recorder.stop();
    if (this.recorder.state !== "waiting") {
      this.tell();
      const [, beat] = this.recorder.beat;
      const { position } = this.recorder;
      if (position * this.recorder.quarterMs > 1000 * this.shown) this.redraw();
      const head = this.calm ? Math.floor(position / beat) * beat : position;
      this.roll.moveHead((Math.max(head, this.first) * this.recorder.quarterMs) / 1000 - this.offset, true, true);
    }
    requestAnimationFrame(() => this.frame());
  }

  // Whole bars around all notes and the playhead, in seconds from the first of them.
  redraw() {
    const colours = coloursOf(this.root);
    const { notes } = this.take;
    const moving = ["recording", "hearing"].includes(this.recorder.state);
    this.roll.node.hidden = !notes.length && !moving;
    if (this.roll.node.hidden) return;
    const [beats, beat] = this.recorder.beat;
    const bar = beats * beat;
    const seconds = this.recorder.quarterMs / 1000;
    this.first = Math.min(0, ...notes.map(([onset]) => Math.floor(onset / bar) * bar));
    const end = Math.max(moving ? this.recorder.position : 0, bar, ...notes.map(([onset, duration]) => onset + duration));
    const bars = Math.ceil((end - this.first) / bar + 0.01);
    this.offset = this.first * seconds;
    this.shown = (this.first + bars * bar) * seconds;
    const part = {
      ...this.data, drums: false, pattern: "solid", pitch: notes.map((note) => note[2]),
      start: notes.map((note) => note[0] * seconds - this.offset), duration: notes.map((note) => note[1] * seconds),
    };
    const lines = Array.from({ length: bars }, (_, number) => number * bar * seconds);
    this.roll.take({ parts: [part], bars: lines, beats: [], lanes: [], low: 60, high: 77, seconds: bars * bar * seconds });
    this.roll.draw(colours, [true]);
    this.roll.sheet.setAttribute("aria-label", `${notes.length} notes recorded`);
    this.roll.head.hidden = !moving;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.composerKeyboard ??= new Keyboard(parentElement, data);
  parentElement.composerKeyboard.send = (take) => setTriggerValue("take", take);
}
