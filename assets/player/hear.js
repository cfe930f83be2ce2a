// Hear it learn: what a model played after each epoch beside what it plays now. All notes are here, so that moving the
// slider only draws; a sound is asked of the server the first time that it is wanted (the state `wish`: its name, and
// a number that makes each wish another one).
// Data: as for the player (a header, then files): the first file holds the notes of all epochs as 32-bit numbers, four
// a note (part, start and duration in ms, pitch); the others are the stems of the sound that was asked for, if any.
// roll.js, sound.js, decoding.js and stems.js stand before this text.

const MARKS = (window.composerMarks ??= new Map());
const JOURNEY = "journey";
const KEPT_SOUNDS = 12;

const noteName = (part, i) => `${part}/${i.start}/${i.duration}/${i.pitch}`;

// The notes of each epoch as the parts of a roll: Map of epoch -> parts, and a Set of their names for comparing.
function readEpochs({ roll }, file) {
  const numbers = new Int32Array(file.buffer);
  const epochs = new Map();
  let at = 0;
  roll.epochs.forEach((epoch, index) => {
    const parts = roll.parts.map((part) => ({ ...part, start: [], duration: [], pitch: [], names: [] }));
    for (const end = at + 4 * roll.counts[index]; at < end; at += 4) {
      const [part, start, duration, pitch] = numbers.subarray(at, at + 4);
      parts[part].start.push(start / 1000);
      parts[part].duration.push(duration / 1000);
      parts[part].pitch.push(pitch);
      parts[part].names.push(noteName(part, { start, duration, pitch }));
    }
    epochs.set(epoch, { parts, names: new Set(parts.flatMap((part) => part.names)) });
  });
  return epochs;
}

// A roll whose notes stand out where another one doesn't have them: in colour, with the part's pattern and an outline.
class ComparedRoll extends Roll {
  constructor() {
    super(false);
    this.sheet.removeAttribute("tabindex");
    this.sheet.setAttribute("role", "img");
  }

  // How many of the notes of `one` are not in `other`.
  compare(frame, one, other) {
    this.take({ ...frame, parts: one.parts });
    this.differs = one.parts.map((part) => part.names.map((name) => !other.names.has(name)));
    return this.differs.flat().filter(Boolean).length;
  }

  drawPart(pen, part) {
    const differs = this.differs[this.data.parts.indexOf(part)];
    const colour = this.colours.dark ? part.colour_dark : part.colour;
    const inset = this.row > 6 ? 0.75 : 0.25;
    for (const marked of [false, true]) {
      for (let i = 0; i < part.start.length; i++) {
        if (differs[i] !== marked) continue;
        const left = this.x(part.start[i]);
        const width = Math.max(this.x(part.start[i] + part.duration[i]) - left - 1.5, 2.5);
        this.drawCompared(pen, left + 0.5, this.y(part.pitch[i]) + inset, width, this.row - 2 * inset, colour, part.pattern, marked);
      }
    }
  }

  drawCompared(pen, left, top, width, height, colour, pattern, marked) {
    pen.globalAlpha = marked ? 1 : 0.28;
    this.drawNote(pen, left, top, width, height, colour, marked ? pattern : "solid");
    pen.globalAlpha = 1;
    if (!marked) return;
    pen.strokeStyle = this.colours.text;
    pen.lineWidth = 1.2;
    pen.beginPath();
    pen.roundRect(left, top, width, height, Math.min(3, height / 2, width / 2));
    pen.stroke();
  }

  drawStroke(pen, x, y, size, colour, mark, marked = this.strokeMarks?.shift()) {
    pen.globalAlpha = marked ? 1 : 0.28;
    super.drawStroke(pen, x, y, size, colour, mark);
    pen.globalAlpha = 1;
    if (!marked) return;
    pen.strokeStyle = this.colours.text;
    pen.lineWidth = 1.2;
    pen.beginPath();
    pen.arc(x, y, size + 2.5, 0, 7);
    pen.stroke();
  }

  drawStrokes(pen, part, audible) {
    this.strokeMarks = [...this.differs[this.data.parts.indexOf(part)]];
    super.drawStrokes(pen, part, audible);
  }
}

class Hear {
  constructor(parent) {
    this.sound = new Sound();
    this.sounds = new Map();
    this.playing = null;
    this.wanted = null;
    this.root = element("section", { class: "player hear", "data-state": "paused", "aria-label": "Hear it learn" });
    parent.querySelector(".player-mount").replaceChildren(this.root);
    this.build();
    window.addEventListener(STARTED, (event) => event.detail !== this && this.pause());
    new ResizeObserver(() => this.redraw()).observe(this.root);
    watchTheme(parent.host || parent, () => this.redraw());
  }

  build() {
    this.words = element("output", { "aria-live": "polite" });
    this.slider = element("input", {
      type: "range", min: "0", step: "1", "aria-label": "Epoch",
      oninput: () => this.scrub(),
      onchange: () => this.arrive(),
    });
    this.sides = { one: this.buildSide("one"), newest: this.buildSide("newest") };
    this.legend = element("ul", { class: "legend", "aria-label": "What the notes mean" });
    this.journeyButton = element("button", { type: "button", class: "journey", onclick: () => this.press("journey") });
    const pair = element("div", { class: "pair" }, this.sides.one.node, this.sides.newest.node);
    const bar = element("div", { class: "transport" }, this.journeyButton);
    this.trouble = element("p", { class: "trouble", role: "alert", hidden: true });
    this.root.replaceChildren(element("div", {}, this.words, this.slider), pair, this.legend, bar, this.trouble);
  }

  buildSide(name) {
    const roll = new ComparedRoll();
    const button = element("button", { type: "button", onclick: () => this.press(name) });
    const title = element("strong");
    const note = element("span");
    const caption = element("figcaption", {}, button, element("div", {}, title, note));
    return { roll, button, title, note, node: element("figure", {}, caption, roll.node) };
  }

  async load(bytes, ask) {
    this.ask = ask;
    const { header, files } = unpack(bytes);
    const [notes, ...stems] = files;
    this.frame = header.roll;
    this.group = header.group;
    this.journey = header.journey;
    this.epochs = readEpochs(header, notes);
    this.epochList = header.roll.epochs;
    if (!this.epochs.has(this.epoch)) this.epoch = this.epochList[0];
    this.slider.max = String(this.epochList.length - 1);
    this.choose(this.epoch);
    this.showButtons();
    if (header.sound !== null) this.keep(header, stems);
  }

  get newest() {
    return this.epochList.at(-1);
  }

  // What is kept of a sound by the name that the server was asked for it; a journey is another one after more epochs.
  soundName(wish) {
    return wish === JOURNEY ? `${JOURNEY}-${this.newest}` : wish;
  }

  keep(header, stems) {
    this.sounds.set(this.soundName(header.sound), { header, stems });
    if (this.sounds.size > KEPT_SOUNDS) this.sounds.delete(this.sounds.keys().next().value);
    if (this.wanted === header.sound) this.want(header.sound);
  }

  // What was playing goes on with the epoch at which the slider comes to rest.
  scrub() {
    this.resume ||= this.playing === "one";
    this.pause();
    this.choose(this.epochList[Number(this.slider.value)]);
  }

  arrive() {
    if (this.resume) this.want(String(this.epoch));
    this.resume = false;
  }

  choose(epoch) {
    this.epoch = epoch;
    this.slider.value = String(this.epochList.indexOf(epoch));
    this.slider.style.setProperty("--fill", `${(100 * this.slider.value) / Math.max(1, this.slider.max)}%`);
    this.slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${this.newest}`);
    this.words.innerHTML = `<strong>Epoch ${epoch}</strong> of ${this.newest}`;
    const [one, newest] = [this.epochs.get(epoch), this.epochs.get(this.newest)];
    this.describe(this.sides.one, one, newest, `Epoch ${epoch}`);
    this.describe(this.sides.newest, newest, one, `Epoch ${this.newest}, the newest`);
    this.redraw();
    MARKS.set(this.group, { x: epoch, text: `epoch ${epoch}` });
    window.dispatchEvent(new CustomEvent("composer-mark", { detail: this.group }));
  }

  describe(side, one, other, title) {
    const different = side.roll.compare(this.frame, one, other);
    side.title.textContent = title;
    side.note.textContent = `${different} of ${one.names.size} notes differ`;
    side.roll.sheet.setAttribute("aria-label", `Notes of ${title}: ${side.note.textContent} from the other`);
  }

  redraw() {
    if (!this.frame || !this.root.isConnected || !this.root.clientWidth) return;
    const colours = coloursOf(this.root);
    for (const { roll } of Object.values(this.sides)) roll.draw(colours, roll.data.parts.map(() => true));
    this.drawLegend(colours);
    this.root.dataset.epoch = this.epoch;
    if (this.playing) this.moveHeads();
  }

  drawLegend(colours) {
    const { roll } = this.sides.one;
    if (this.legend.children.length !== this.frame.parts.length + 2) {
      const words = ["the same in both", "differs", ...this.frame.parts.map((part) => part.name)];
      this.legend.replaceChildren(...words.map((word) => element("li", {}, element("canvas", { "aria-hidden": "true" }), word)));
    }
    [...this.legend.children].forEach((item, index) => {
      const part = this.frame.parts[Math.max(0, index - 2)];
      const pen = roll.size(item.firstChild, 28, 14);
      const colour = index < 2 ? colours.muted : colours.dark ? part.colour_dark : part.colour;
      if (index >= 2 && part.drums) roll.drawStroke(pen, 14, 7, 4, colour, "disc", true);
      else roll.drawCompared(pen, 2, 2, 24, 10, colour, index < 2 ? "solid" : part.pattern, index > 0);
    });
  }

  // ---- sound

  wishOf(name) {
    return name === "journey" ? JOURNEY : String(name === "newest" ? this.newest : this.epoch);
  }

  press(name) {
    if (this.playing === name) return this.pause();
    this.pause();
    this.resume = false;
    this.sound.offset = 0;
    this.target = name;
    this.want(this.wishOf(name));
  }

  async want(wish) {
    this.wanted = wish;
    const kept = this.sounds.get(this.soundName(wish));
    this.showButtons();
    if (!kept) return this.ask(`${wish} ${(this.asked = (this.asked ?? 0) + 1)}`);
    const files = kept.stems.map((stem, i) => decoded(`${kept.header.content}/${i}`, async () => stem.slice().buffer));
    const buffers = await Promise.all(files);
    if (this.wanted !== wish) return;
    const { pans } = kept.header;
    this.sound.put(buffers.map((buffer, i) => ({ buffer, pan: pans[i], gain: 1 })), []);
    this.heard = kept.header.journey;
    this.wanted = null;
    this.playing = this.target;
    window.dispatchEvent(new CustomEvent(STARTED, { detail: this }));
    this.trouble.hidden = true;
    try {
      this.sound.play(() => this.pause(true));
    } catch {
      return this.fallSilent();
    }
    this.silence = new Silence(this.sound.context);
    this.showButtons();
    this.frameLoop();
  }

  pause(ended = false) {
    if (this.playing) this.sound.pause();
    if (ended) this.sound.offset = 0;
    this.playing = this.wanted = null;
    for (const side of Object.values(this.sides)) side.node.classList.remove("sounding");
    this.showButtons();
  }

  fallSilent() {
    this.pause();
    this.trouble.textContent = NO_SOUND;
    this.trouble.hidden = false;
  }

  showButtons() {
    const busy = (name) => this.wanted !== null && this.target === name;
    const show = (button, name, words, extra = "") => {
      button.innerHTML = (this.playing === name ? ICONS.pause : ICONS.play) + extra;
      button.setAttribute("aria-label", this.playing === name ? `Pause ${words}` : `Play ${words}`);
      button.setAttribute("aria-busy", String(busy(name)));
    };
    show(this.sides.one.button, "one", `epoch ${this.epoch}`);
    show(this.sides.newest.button, "newest", "the newest epoch");
    show(this.journeyButton, "journey", "the journey", `<span>${this.playing === "journey" ? "Pause" : "Play the journey"}</span>`);
    this.root.dataset.state = this.playing ? "playing" : this.wanted ? "loading" : "paused";
  }

  frameLoop() {
    if (!this.playing) return;
    if (!this.root.isConnected) return this.pause();
    if (this.silence.lasts()) return this.fallSilent();
    this.moveHeads();
    requestAnimationFrame(() => this.frameLoop());
  }

  moveHeads() {
    const { position } = this.sound;
    this.root.dataset.position = position.toFixed(3);
    if (this.playing === "journey") return this.travel(position);
    const side = this.sides[this.playing];
    side.node.classList.add("sounding");
    side.roll.moveHead(Math.min(position, this.frame.seconds), true, true);
  }

  // The journey moves the slider along: each bar is another epoch's.
  travel(position) {
    const { epochs, starts, bar } = this.heard;
    const stage = clamp(Math.floor(position / bar), 0, epochs.length - 1);
    if (this.epoch !== epochs[stage] && this.epochs.has(epochs[stage])) this.choose(epochs[stage]);
    this.sides.one.node.classList.add("sounding");
    this.sides.one.roll.moveHead(Math.min(starts[stage] + position - stage * bar, this.frame.seconds), true, true);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  parentElement.composerHear ??= new Hear(parentElement);
  parentElement.composerHear.load(data, (wish) => setStateValue("wish", wish));
}
