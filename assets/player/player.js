// The player: a piano roll with a playhead, a transport, and a mixer with one row a part.
// Data: one block of bytes. A 4-byte little-endian length, that much JSON (rev, roll, pans, sizes, compact), then one
// sound file a part. Everything lives on parentElement, because this module is called again there at every change.
// roll.js and sound.js stand before this text.

const PLAYERS = new Set();

class Player {
  constructor(parent) {
    this.sound = new Sound();
    this.mixer = new Map();
    this.rev = null;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
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
    Object.assign(this.sound, { buffers, pans, levels: this.levels() });
    if (!sameLength) this.sound.offset = 0;
    this.state("paused");
    if (resume && sameLength) this.play();
    this.tick();
  }

  build() {
    this.roll = new Roll(this.compact);
    this.playButton = element("button", { class: "play", type: "button", "aria-label": "Play", html: ICONS.play, onclick: () => this.toggle() });
    this.time = element("span", { class: "time" });
    this.list = element("ul", { class: "parts", "aria-label": "Parts" });
    this.summary = element("p", { class: "unseen" });
    this.root.className = this.compact ? "player compact" : "player";
    if (this.compact) {
      this.root.replaceChildren(this.playButton, this.roll.node, this.time, this.summary);
    } else {
      const rewind = element("button", { type: "button", "aria-label": "Back to the start", html: ICONS.rewind, onclick: () => this.seek(0) });
      this.loop = element("button", { type: "button", "aria-label": "Repeat", "aria-pressed": "false", html: ICONS.loop, onclick: () => this.press(this.loop) });
      const bar = element("div", { class: "transport" }, this.playButton, rewind, this.loop, this.time);
      this.root.replaceChildren(this.roll.node, bar, this.list, this.summary);
    }
    this.listen();
  }

  listen() {
    const { sheet } = this.roll;
    const at = (event) => this.roll.seconds(event.clientX - sheet.getBoundingClientRect().left);
    sheet.addEventListener("click", (event) => this.seek(at(event)));
    let dragging = false;
    sheet.addEventListener("pointerdown", (event) => (dragging = event.pointerType === "mouse" && event.button === 0));
    sheet.addEventListener("pointermove", (event) => dragging && event.buttons === 1 && this.seek(at(event)));
    window.addEventListener("pointerup", () => (dragging = false));
  }

  show(header) {
    this.data = header.roll;
    this.roll.take(header.roll);
    this.summary.textContent = header.roll.parts.map((part) => part.summary).join(" ");
    this.roll.sheet.setAttribute("aria-valuemin", "0");
    this.roll.sheet.setAttribute("aria-valuemax", header.roll.seconds.toFixed(1));
    if (!this.compact) this.list.replaceChildren(...header.roll.parts.map((part) => this.partRow(part)));
    this.sound.setLevels(this.levels());
    this.redraw();
  }

  channel(part) {
    if (!this.mixer.has(part.name)) this.mixer.set(part.name, { mute: false, solo: false, volume: 100 });
    return this.mixer.get(part.name);
  }

  partRow(part) {
    const channel = this.channel(part);
    const toggle = (name, letter, words) =>
      element("button", {
        type: "button", class: name, "aria-pressed": String(channel[name]), "aria-label": `${words} ${part.name}`, title: words,
        onclick: (event) => {
          this.press(event.currentTarget);
          channel[name] = !channel[name];
          this.mixed();
        },
      }, letter);
    const slider = element("input", {
      type: "range", min: "0", max: "100", value: channel.volume, "aria-label": `Volume of ${part.name}`,
      oninput: (event) => {
        channel.volume = Number(event.currentTarget.value);
        event.currentTarget.style.setProperty("--fill", `${channel.volume}%`);
        this.mixed();
      },
    });
    slider.style.setProperty("--fill", `${channel.volume}%`);
    const swatch = element("canvas", { class: "swatch", "aria-hidden": "true" });
    const words = element("div", { class: "words" }, element("strong", {}, part.name), element("span", {}, part.instrument));
    const row = element("li", { title: part.summary }, swatch, words, toggle("mute", "M", "Mute"), toggle("solo", "S", "Solo"), slider);
    row.voice = part;
    return row;
  }

  press(button) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  }

  audible() {
    const channels = this.data.parts.map((part) => this.channel(part));
    const solo = channels.some((channel) => channel.solo);
    return channels.map((channel) => (solo ? channel.solo : !channel.mute));
  }

  levels() {
    return this.audible().map((on, i) => (on ? (this.channel(this.data.parts[i]).volume / 100) ** 2 : 0));
  }

  mixed() {
    this.sound.setLevels(this.levels());
    this.redraw();
  }

  redraw() {
    if (!this.data || !this.root.isConnected) return;
    const colours = coloursOf(this.root);
    this.roll.draw(colours, this.audible());
    for (const row of this.list.children) this.drawSwatch(row, colours);
    this.tick();
  }

  drawSwatch(row, colours) {
    const pen = this.roll.size(row.firstChild, 26, 14);
    const colour = colours.dark ? row.voice.colour_dark : row.voice.colour;
    if (!row.voice.drums) return this.roll.drawNote(pen, 1, 1, 24, 12, colour, row.voice.pattern);
    this.roll.drawStroke(pen, 6, 7, 4, colour, "disc");
    this.roll.drawStroke(pen, 19, 7, 4, colour, "cross");
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
    this.sound.offset = 0;
    if (this.loop?.getAttribute("aria-pressed") === "true") this.play();
    else this.tick();
  }

  seek(seconds) {
    const resume = this.sound.playing;
    this.sound.pause();
    this.sound.offset = clamp(seconds, 0, this.sound.duration);
    if (resume) this.sound.play(() => this.finished());
    this.tick();
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
    this.roll.moveHead(seconds, this.sound.playing, this.calm);
    if (!this.compact) this.roll.drawKeys(this.sound.playing ? this.roll.sounding(seconds, this.audible()) : []);
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

  key(event) {
    const target = event.composedPath()[0];
    if (event.key === " " && target.tagName !== "BUTTON") this.toggle();
    else if (target !== this.roll.sheet) return;
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.step(event.key === "ArrowRight" ? 1 : -1);
    else if (event.key === "Home" || event.key === "End") this.seek(event.key === "Home" ? 0 : this.data.seconds);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const BUSY = "input, textarea, select, button, a, summary, [contenteditable], [role]:not([role=main]):not([role=document])";

if (!window.composerSpaceKey) {
  window.composerSpaceKey = (event) => {
    const target = event.composedPath()[0];
    if (event.key !== " " || event.defaultPrevented || target.closest?.(BUSY)) return;
    const main = [...window.composerPlayers].find((player) => player.root.isConnected && !player.compact);
    if (!main) return;
    event.preventDefault();
    main.toggle();
  };
  window.addEventListener("keydown", window.composerSpaceKey);
}
window.composerPlayers = PLAYERS;

export default function ({ data, parentElement }) {
  parentElement.composerPlayer ??= new Player(parentElement);
  parentElement.composerPlayer.load(data);
}
