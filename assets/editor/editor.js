// The roll editor. All happens here until a gesture is finished; then Python gets the notes as they are (see outbox.js).
// Data: notes (four numbers a note: part, onset, length, pitch), marks (a word a note, or null), parts (name, drums,
// locked, single, colour, colour_dark, pattern), steps, bar and pickup (all in twelfths of a quarter), lanes
// (drums), part and snap to begin with, height, seen (author and number of the last message that the
// server has read), selects and undoes (whether it wants to know of that). It is called anew on the same element at
// each change. roll.js, sound.js, synth.js and the other scripts of this folder stand before this text.

const TONE_S = 0.22;
const TONE_VELOCITY = 52;
const TONE_GAP_MS = 120;

class Editor {
  constructor(parent) {
    Object.assign(this, { tool: "draw", silent: false, synth: new Synth(), notes: new EditorNotes(), outbox: new Outbox() });
    this.chosen = this.notes.range();
    this.sheet = new EditorSheet(this.notes);
    this.toolbar = new Toolbar(this);
    this.root = element("section", { class: "player editor", "aria-label": "Roll editor" });
    this.root.append(this.toolbar.bar, this.toolbar.panel, this.sheet.node, this.toolbar.foot);
    parent.querySelector(".player-mount").replaceChildren(this.root);
    this.pointers = new Pointers(this);
    this.keys = new Keys(this);
    this.sheet.scroller.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.resized()).observe(this.root);
    watchTheme(parent.host || parent, () => this.resized());
  }

  load(data, send) {
    this.outbox.send = send;
    this.outbox.heard(data.seen);
    const shape = JSON.stringify([data.parts.map(({ name, drums }) => [name, drums]), data.steps, data.bar, data.pickup]);
    if (shape !== this.shape) this.outbox.forget();
    this.shape = shape;
    this.begin(data);
    this.data = data;
    // While the server has not read all of it, what is here is newer than what it sends.
    const differs = !this.outbox.busy && this.notes.take(data);
    if (differs) this.pointers.cancel();
    this.resized();
    if (differs) this.settle();
    this.sheet.sheet.setAttribute("aria-label", `Notes, ${this.notes.rows.length}. The button ? tells the keys.`);
  }

  // What the server proposes to begin with counts until the person chooses otherwise.
  begin({ part, snap }) {
    if (part !== this.data?.part) this.part = part;
    if (snap !== this.data?.snap) this.snap = this.length = snap;
  }

  resized() {
    if (!this.data || !this.root.isConnected || !this.root.clientWidth) return;
    this.colours = coloursOf(this.root);
    this.colours.accent = getComputedStyle(this.root).getPropertyValue("--accent").trim();
    this.sheet.show(this.data, this.colours);
    this.redraw();
  }

  redraw() {
    if (!this.colours) return;
    Object.assign(this.sheet, { snap: this.snap, chosen: this.chosen });
    this.sheet.draw();
    this.toolbar.show(this.colours);
    this.root.dataset.notes = this.notes.rows.length;
    this.root.dataset.selected = this.notes.selected.size;
    this.root.classList.toggle("fixed", this.notes.parts.every(({ locked }) => locked)); // only to be looked at
  }

  scrolled() {
    const { scroller, left, top } = this.sheet;
    if (this.asked || (scroller.scrollLeft === left && scroller.scrollTop === top)) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.sheet.looked();
      this.sheet.draw();
      this.pointers.follow();
    });
  }

  // ---- what a person does

  use(tool) {
    this.tool = tool;
    this.redraw();
    return true;
  }

  useGrid(snap) {
    this.snap = this.length = snap;
    this.redraw();
  }

  // Whether a note can be drawn there; where not, it is said why.
  mayDraw({ step, row }, locked) {
    const part = this.notes.parts[this.part];
    const owner = locked ? this.notes.parts[locked.part] : part;
    if (owner.locked) this.tell(`${owner.name} is locked`);
    else if (step >= 0 && step < this.notes.steps && this.sheet.rows.pitch(row, this.part) !== null) return true;
    return false;
  }

  usePart(part) {
    const { notes } = this;
    const { name, drums } = notes.parts[part];
    this.part = part;
    const moved = [...notes.selected].filter((note) => note.part !== part && notes.isDrum(note) === drums);
    if (!moved.length) return this.settle();
    return this.edit(moved, moved.map((note) => ({ ...note, part })), `Moved ${countWords(moved.length)} to the ${name}`);
  }

  zoomBy(factor) {
    this.sheet.zoomBy(factor);
    this.redraw();
  }

  // Put notes in the place of others and tell the server, `later` where more of the kind is to be expected.
  edit(before, after, words, later = false) {
    this.notes.change(before, after);
    this.sheet.grow();
    this.outbox.put({ kind: "edit", notes: this.notes.flat(), words }, later);
    this.tell(words);
    this.settle();
  }

  // A gesture is over: show what is chosen, and tell the server where it wants to know. `span` is that of a box.
  settle(span = null) {
    this.sheet.hidden = new Set();
    const range = this.notes.range();
    if (span && span[1] > span[0]) {
      const free = !this.notes.parts[this.part].locked;
      [range.start, range.end] = span;
      if (!range.parts.length && free) range.parts = [this.part];
    }
    const changed = JSON.stringify(range) !== JSON.stringify(this.chosen);
    this.chosen = range;
    if (changed && this.data.selects) this.outbox.put({ kind: "select", ...range }, true);
    this.redraw();
  }

  // ---- what a person hears and reads

  // One tone at a time: of a quick drag through many pitches, those where it lingers are heard.
  hear(note) {
    clearTimeout(this.tone);
    if (this.silent) return;
    const wait = TONE_GAP_MS - (performance.now() - (this.heardAt ?? -Infinity));
    if (wait > 0) this.tone = setTimeout(() => this.sound(note), wait);
    else this.sound(note);
  }

  sound({ part, pitch }) {
    this.heardAt = performance.now();
    try {
      this.synth.silence();
      this.synth.open();
    } catch {
      return; // a browser without sound
    }
    const now = this.synth.context.currentTime;
    if (this.notes.parts[part].drums) this.synth.click(false, now);
    else this.synth.start(pitch, TONE_VELOCITY).stop(now + TONE_S);
  }

  say(note) {
    return this.tell(noteWords(note, this.data));
  }

  tellChosen() {
    const { size } = this.notes.selected;
    return this.tell(size ? `Chosen: ${countWords(size)}` : "Nothing chosen");
  }

  tell(words) {
    if (this.toolbar.told.textContent !== words) this.toolbar.told.textContent = words;
    return true;
  }

  // Whether the keyboard leads, so that the note it is at is to be shown.
  watch(on) {
    if (this.sheet.watched === on) return;
    this.sheet.watched = on;
    this.redraw();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.composerEditor ??= new Editor(parentElement);
  parentElement.composerEditor.load(data, (sent) => setTriggerValue("sent", sent));
}
