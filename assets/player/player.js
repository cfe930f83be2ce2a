// The player: a piano roll with a playhead, a transport, and a mixer with one row a part.
// Data: one block of bytes. A 4-byte little-endian length, that much JSON (rev, roll, pans, sizes, compact), then one
// sound file a part. Everything lives on parentElement, because this module is called again there at every change.
// roll.js, sound.js, loop.js, mixer.js and shortcuts.js stand before this text.

const PLAYERS = new Set();

class Player {
  constructor(parent) {
    this.sound = new Sound();
    this.mixer = new Mixer(() => this.mixed());
    this.rev = null;
    this.motion = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.root = element("section", { class: "player", "data-state": "loading", "data-position": "0", "aria-label": "Player" });
    parent.querySelector(".player-mount").replaceChildren(this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
    PLAYERS.add(this);
    window.addEventListener(STARTED, (event) => event.detail !== this && this.pause());
    new ResizeObserver(() => this.redraw()).observe(this.root);
    watchTheme(parent.host || parent, () => this.redraw());
  }

  async load(bytes) {
    const { header, files } = unpack(bytes);
    if (header.rev === this.rev) return;
    this.rev = header.rev;
    const first = !this.roll || this.compact !== header.compact;
    this.compact = header.compact;
    if (first) this.build();
    this.show(header);
    if (!this.sound.playing) this.state("loading");
    const buffers = await decoded(header.rev, files);
    if (header.rev === this.rev) this.swap(buffers, header.pans);
  }

  swap(buffers, pans) {
    const resume = this.sound.playing;
    const sameLength = Math.abs(Math.max(0, ...buffers.map((b) => b.duration)) - this.sound.duration) < 0.05;
    this.sound.pause();
    this.stems = { buffers, pans };
    this.takeStems();
    if (!sameLength) {
      this.sound.offset = 0;
      this.loop?.put(0, 0);
      this.tellLoop();
    }
    this.state("paused");
    if (resume && sameLength) this.play();
    this.tick();
  }

  // The metronome is one stem more, so that it can't come apart from the music.
  takeStems() {
    const { buffers, pans } = this.stems;
    const clicks = pressed(this.metronome) && buffers.length ? [clickTrack(this.data, buffers[0].duration)] : [];
    Object.assign(this.sound, { buffers: [...buffers, ...clicks], pans, levels: this.levels() });
  }

  build() {
    this.roll = new Roll(this.compact, !this.compact);
    this.playButton = element("button", { class: "play", type: "button", "aria-label": "Play", html: ICONS.play, onclick: () => this.toggle() });
    this.time = element("span", { class: "time" });
    this.summary = element("p", { class: "unseen", id: "notes-in-words" });
    this.roll.sheet.setAttribute("aria-describedby", "notes-in-words");
    this.root.className = this.compact ? "player compact" : "player";
    if (this.compact) {
      this.root.replaceChildren(this.playButton, this.roll.node, this.time, this.summary);
    } else {
      const button = (words, icon, command) =>
        element("button", { type: "button", "aria-label": words, title: words, html: icon, onclick: () => this.command(command) });
      const rewind = button("Back to the start", ICONS.rewind, "rewind");
      this.repeat = button("Repeat", ICONS.loop, "repeat");
      this.metronome = button("Metronome", ICONS.metronome, "metronome");
      this.help = button("Keys", "?", "help");
      for (const each of [this.repeat, this.metronome]) each.setAttribute("aria-pressed", "false");
      this.help.setAttribute("aria-expanded", "false");
      this.loop = new Loop(this.roll, () => this.loopChosen());
      this.forget = element("button", { class: "forget", type: "button", title: "Forget", onclick: () => this.loop.clear() });
      this.shortcuts = shortcutPanel();
      this.told = element("span", { "aria-live": "polite" });
      const bar = element("div", { class: "transport" }, this.playButton, rewind, this.repeat, this.metronome, this.help, this.told, this.time);
      this.root.replaceChildren(this.roll.node, bar, this.shortcuts, this.mixer.list, this.summary);
    }
    this.listen();
  }

  listen() {
    const { sheet } = this.roll;
    const at = (event) => this.roll.seconds(event.clientX - sheet.getBoundingClientRect().left);
    sheet.addEventListener("click", (event) => this.seek(at(event)));
    let dragging = false;
    const seeks = (event) => event.pointerType === "mouse" && event.button === 0 && !this.loop?.wants(event);
    sheet.addEventListener("pointerdown", (event) => (dragging = seeks(event)));
    sheet.addEventListener("pointermove", (event) => dragging && event.buttons === 1 && this.seek(at(event)));
    window.addEventListener("pointerup", () => (dragging = false));
  }

  show(header) {
    this.data = header.roll;
    this.roll.take(header.roll);
    this.summary.textContent = header.roll.parts.map((part) => part.summary).join(" ");
    this.roll.sheet.setAttribute("aria-valuemin", "0");
    this.roll.sheet.setAttribute("aria-valuemax", header.roll.seconds.toFixed(1));
    this.mixer.take(header.roll.parts);
    this.sound.setLevels(this.levels());
    this.redraw();
  }

  // How loud each part is, and the metronome after them.
  levels() {
    return [...this.mixer.levels(), 1];
  }

  mixed() {
    this.sound.setLevels(this.levels());
    this.redraw();
  }

  redraw() {
    if (!this.data || !this.root.isConnected) return;
    const colours = coloursOf(this.root);
    this.roll.draw(colours, this.mixer.audible());
    this.loop?.draw();
    this.mixer.drawSwatches(this.roll, colours);
    this.tick();
  }

  state(name) {
    this.root.dataset.state = name;
    const playing = name === "playing";
    this.playButton.disabled = name === "loading";
    this.playButton.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.playButton.innerHTML = playing ? ICONS.pause : ICONS.play;
  }

  toggle() {
    if (this.root.dataset.state === "loading") return;
    if (this.sound.playing) this.pause();
    else this.play();
  }

  play() {
    window.dispatchEvent(new CustomEvent(STARTED, { detail: this }));
    this.sound.play(() => this.finished());
    this.state("playing");
    this.frame();
  }

  pause() {
    if (!this.sound.playing) return;
    this.sound.pause();
    this.state("paused");
    this.tick();
  }

  finished() {
    this.pause();
    this.sound.offset = this.sound.loop?.start ?? 0;
    if (pressed(this.repeat)) this.play();
    else this.tick();
  }

  seek(seconds) {
    const resume = this.sound.playing;
    this.sound.pause();
    this.sound.offset = clamp(seconds, 0, this.sound.duration);
    if (resume) this.sound.play(() => this.finished());
    this.tick();
  }

  // A person has chosen other ends to repeat, or none.
  loopChosen() {
    const ends = this.loop.chosenEnds;
    if (Boolean(ends) !== pressed(this.repeat)) press(this.repeat);
    this.takeLoop();
    const now = this.sound.position;
    if (ends && (now < ends.start || now >= ends.end)) this.seek(ends.start);
  }

  takeLoop() {
    const now = this.sound.position;
    this.tellLoop();
    this.seek(now);
  }

  tellLoop() {
    if (!this.loop) return;
    const ends = this.loop.chosenEnds;
    this.sound.loop = pressed(this.repeat) ? ends : null;
    this.loop.band.classList.toggle("off", !this.sound.loop);
    this.told.replaceChildren(...(ends ? [this.forget] : []));
    if (!ends) return;
    this.forget.textContent = `${this.loop.words()} ✕`;
    this.forget.setAttribute("aria-label", `Repeat ${this.loop.words()}: forget`);
  }

  frame() {
    if (!this.sound.playing) return;
    if (!this.root.isConnected) return this.sound.pause();
    this.tick();
    requestAnimationFrame(() => this.frame());
  }

  tick() {
    if (!this.data || !this.roll.colours) return;
    const seconds = Math.min(this.sound.position, this.data.seconds);
    this.root.dataset.position = this.sound.position.toFixed(3);
    const whole = clock(this.data.seconds);
    const words = !this.compact ? `${clock(seconds)} / ${whole}` : this.sound.playing ? clock(seconds) : whole;
    if (this.time.textContent !== words) this.announce(seconds, words);
    const calm = this.motion.matches;
    const beat = calm && this.sound.playing ? this.data.beats.findLast((beat) => beat <= seconds + 1e-3) : seconds;
    this.roll.moveHead(beat ?? 0, this.sound.playing, calm);
    if (!this.compact) this.roll.drawKeys(this.sound.playing ? this.roll.sounding(seconds, this.mixer.audible()) : []);
  }

  announce(seconds, words) {
    this.time.textContent = words;
    const bar = this.data.bars.filter((start) => start <= seconds + 1e-3).length;
    this.roll.sheet.setAttribute("aria-valuenow", seconds.toFixed(1));
    this.roll.sheet.setAttribute("aria-valuetext", `bar ${bar}, ${clock(seconds)} of ${clock(this.data.seconds)}`);
  }

  step(direction) {
    const now = this.sound.position;
    const beats = this.data.beats;
    const next = direction > 0 ? beats.find((beat) => beat > now + 0.01) : beats.findLast((beat) => beat < now - 0.06);
    this.seek(next ?? (direction > 0 ? this.data.seconds : 0));
  }

  // Do what a button or a key asks for.
  command(name) {
    if (name === "toggle") return this.toggle();
    if (this.compact) return undefined;
    if (name === "rewind") return this.seek(this.sound.loop?.start ?? 0);
    if (name === "loopStart") return this.loop.setStart(this.sound.position);
    if (name === "loopEnd") return this.loop.setEnd(this.sound.position);
    if (name === "forget") return this.shortcuts.hidden ? this.loop.clear() : this.showHelp(false);
    if (name === "help") return this.showHelp(this.shortcuts.hidden);
    press(this[name]);
    if (name === "repeat") return this.takeLoop();
    const now = this.sound.position;
    if (this.stems) this.takeStems();
    return this.seek(now);
  }

  showHelp(on) {
    this.shortcuts.hidden = !on;
    this.help.setAttribute("aria-expanded", String(on));
  }

  key(event) {
    const target = event.composedPath()[0];
    const name = shortcutOf(event);
    const beat = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const end = { Home: 0, End: this.data?.seconds }[event.key];
    const wanted = name && (name === "toggle" ? target.tagName !== "BUTTON" : !this.compact);
    if (!wanted && (target !== this.roll.sheet || (beat ?? end) === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    if (wanted) this.command(name);
    else if (beat) this.step(beat);
    else this.seek(end);
  }
}

const BUSY = "input, textarea, select, button, a, summary, [contenteditable], [role]:not([role=main]):not([role=document])";

if (!window.composerKeys) {
  window.composerKeys = (event) => {
    const target = event.composedPath()[0];
    const name = shortcutOf(event);
    if (!name || name === "forget" || event.defaultPrevented || target.closest?.(BUSY)) return;
    const main = [...window.composerPlayers].find((player) => player.root.isConnected && !player.compact);
    if (!main) return;
    event.preventDefault();
    main.command(name);
  };
  window.addEventListener("keydown", window.composerKeys);
}
window.composerPlayers = PLAYERS;

export default function ({ data, parentElement }) {
  parentElement.composerPlayer ??= new Player(parentElement);
  parentElement.composerPlayer.load(data);
}
