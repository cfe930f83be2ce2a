// The player: a piano roll with a playhead, a transport, and a mixer with one row a part.
// Data: `header`, as JSON (roll, pans, gains, compact), and `stems`, the address of each part's sound file. Everything
// lives on parentElement, because this module is called again there at every change.
// All other scripts that composer/ui/player.py names stand before this text.

const PLAYERS = new Set();
const NO_FILE = "The sound did not arrive. Nothing is lost: press Play to try again.";

class Player {
  constructor(parent) {
    this.sound = new Sound();
    this.mixer = new Mixer(() => this.mixed());
    this.root = element("section", { class: "player", "data-state": "loading", "data-position": "0", "aria-label": "Player" });
    parent.querySelector(".player-mount").replaceChildren(this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
    PLAYERS.add(this);
    window.addEventListener(STARTED, (event) => event.detail !== this && this.pause());
    new ResizeObserver(() => this.redraw()).observe(this.root);
    watchTheme(parent.host || parent, () => this.redraw());
  }

  // ---- what is shown and heard

  async load(data) {
    const wanted = [data.header, ...data.stems].join();
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    const header = JSON.parse(data.header);
    if (this.compact !== header.compact) this.build(header.compact);
    // While it plays, the former music stays, to be seen and heard, until the other can be heard.
    if (!this.sound.playing) {
      this.show(header.roll);
      this.state("loading");
    }
    const files = data.stems.map((address) => decoded(address, () => fetchFile(address)));
    const buffers = await Promise.all(files).catch(() => null);
    if (wanted !== this.wanted) return;
    this.again = buffers ? null : data;
    if (buffers) return this.swap(header, buffers);
    this.wanted = null;
    this.transport.tell(NO_FILE);
    if (!this.sound.playing) this.state("paused");
  }

  swap({ roll, pans, gains }, buffers) {
    const before = this.heard;
    this.heard = roll;
    if (before && !samePiece(before, roll)) this.startOver();
    if (this.data !== roll) this.show(roll);
    this.stems = buffers.map((buffer, i) => ({ buffer, pan: pans[i], gain: gains[i] }));
    this.clicks = null;
    const moves = before && !sameClock(before, roll);
    const place = moves ? (seconds) => clamp(secondOf(roll, beatOf(before, seconds)), 0, roll.seconds) : null;
    if (moves && this.loop?.chosenEnds) this.loop.put(place(this.loop.start), place(this.loop.end));
    this.loop?.tell();
    this.sound.put(this.tracks(), this.levels(), place);
    this.transport.tell();
    this.state(this.sound.playing ? "playing" : "paused");
    this.root.dataset.music = Number(this.root.dataset.music ?? 0) + 1; // for those who wait for other music
    this.tick();
  }

  startOver() {
    this.sound.pause();
    this.sound.offset = 0;
    this.loop?.put(0, 0);
  }

  // The metronome is one stem more, so that it can't come apart from the music.
  tracks() {
    if (!pressed(this.transport.metronome) || !this.stems.length) return this.stems;
    this.clicks ??= clickTrack(beatClicks(this.data), this.stems[0].buffer.duration);
    return [...this.stems, { buffer: this.clicks, pan: 0, gain: 1 }];
  }

  // How loud each part is, and the metronome after them.
  levels() {
    return [...this.mixer.levels(), 1];
  }

  build(compact) {
    this.compact = compact;
    this.roll = new Roll(compact, !compact);
    this.transport = new Transport(compact, (name) => this.command(name));
    this.head = new Playhead(this.root, this.roll, this.transport, this.sound);
    this.summary = element("p", { class: "unseen", id: "notes-in-words" });
    this.roll.sheet.setAttribute("aria-describedby", "notes-in-words");
    this.root.className = compact ? "player compact" : "player";
    const { play, time, bar, shortcuts, trouble } = this.transport;
    if (compact) this.root.replaceChildren(play, this.roll.node, time, trouble, this.summary);
    else {
      this.loop = new Loop(this.roll, this.transport, this.sound, (seconds) => this.seek(seconds));
      this.root.replaceChildren(this.roll.node, bar, trouble, shortcuts, this.mixer.list, this.summary);
    }
    seekByPointer(this.roll, this.loop, (seconds) => this.seek(seconds));
  }

  show(roll) {
    this.data = roll;
    this.roll.take(roll);
    this.summary.textContent = roll.parts.map((part) => part.summary).join(" ");
    this.roll.sheet.setAttribute("aria-valuemin", "0");
    this.roll.sheet.setAttribute("aria-valuemax", roll.seconds.toFixed(1));
    this.mixer.take(roll.parts);
    this.redraw();
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
    this.transport.show(name);
  }

  // ---- playing

  toggle() {
    if (this.root.dataset.state === "loading") return;
    if (this.sound.playing) this.pause();
    else if (this.again) this.load(this.again);
    else this.play(pressed(this.transport.countIn));
  }

  play(counted = false) {
    window.dispatchEvent(new CustomEvent(STARTED, { detail: this }));
    this.transport.tell();
    this.count = counted ? countIn(this.data, this.sound.atEnd ? 0 : this.sound.offset) : null;
    try {
      this.sound.play(() => this.finished(), this.count && clickTrack(this.count.clicks, this.count.seconds));
    } catch {
      return this.transport.tell(NO_SOUND);
    }
    this.silence = new Silence(this.sound.context);
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
    if (pressed(this.transport.repeat)) this.play();
    else this.tick();
  }

  seek(seconds) {
    if (this.count && this.sound.ahead) {
      this.pause();
      this.sound.seek(seconds);
      this.play(true);
    } else this.sound.seek(seconds);
    this.tick();
  }

  step(direction) {
    this.seek(nextBeat(this.data, this.sound.position, direction));
  }

  // ---- the playhead

  frame() {
    if (!this.sound.playing) return;
    if (!this.root.isConnected) return this.sound.pause();
    if (this.silence.lasts()) {
      this.pause();
      return this.transport.tell(NO_SOUND);
    }
    this.tick();
    if (!this.sound.ahead) this.count = null;
    cancelAnimationFrame(this.request);
    this.request = requestAnimationFrame(() => this.frame());
  }

  tick() {
    this.head.show(this.mixer.audible(), this.count);
  }

  // ---- what a person asks for

  // Do what a button or a key asks for.
  command(name) {
    if (name === "toggle") return this.toggle();
    if (this.compact) return undefined;
    const { transport, loop, sound } = this;
    if (name === "rewind") return this.seek(sound.loop?.start ?? 0);
    if (name === "loopStart") return loop.setStart(sound.position);
    if (name === "loopEnd") return loop.setEnd(sound.position);
    if (name === "forgetLoop") return loop.clear();
    if (name === "forget") return transport.shortcuts.hidden ? loop.clear() : transport.showHelp(false);
    if (name === "help") return transport.showHelp(transport.shortcuts.hidden);
    if (name === "countIn") return transport.switchCountIn();
    press(transport[name]);
    if (name === "repeat") return loop.take();
    return this.stems && sound.put(this.tracks(), this.levels());
  }

  key(event) {
    const target = event.composedPath()[0];
    const name = shortcutOf(event);
    const beat = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const end = { Home: 0, End: this.data?.seconds }[event.key];
    const wanted = name && (name === "toggle" ? byPointer || !target.matches("button") : !this.compact);
    if (!wanted && (target !== this.roll.sheet || (beat ?? end) === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    if (byPointer && target.matches("button")) target.blur(); // else the key, let go, clicks it in some browsers
    if (wanted) this.command(name);
    else if (beat) this.step(beat);
    else this.seek(end);
  }
}

// One listener a page, whichever players come and go on it.
window.composerPlayers = PLAYERS;
if (!window.composerKeys) {
  window.composerKeys = true;
  listenOnPage(() => [...window.composerPlayers].find((player) => player.root.isConnected && !player.compact));
}

export default function ({ data, parentElement }) {
  parentElement.composerPlayer ??= new Player(parentElement);
  parentElement.composerPlayer.load(data);
}
