// Two octaves of keys under mouse, touch and the computer's keyboard. Computer keys are told by their place
// (event.code), so the lower two rows of any keyboard are the lower octave; their labels say what is printed there.

const CODES = [
  ["KeyZ", "KeyS", "KeyX", "KeyD", "KeyC", "KeyV", "KeyG", "KeyB", "KeyH", "KeyN", "KeyJ", "KeyM"],
  ["KeyQ", "Digit2", "KeyW", "Digit3", "KeyE", "KeyR", "Digit5", "KeyT", "Digit6", "KeyY", "Digit7", "KeyU"],
].flat();
const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
// Where the middle of each key lies, in white keys from the left.
const PLACES = [0.5, 0.87, 1.5, 2.13, 2.5, 3.5, 3.8, 4.5, 5, 5.5, 6.2, 6.5];
const KEY_VELOCITY = 84;
const LOWEST = 24, HIGHEST = 84;

class Piano {
  // `press(pitch, velocity, ms)` and `release(pitch, ms)` are told of each key, `command(name)` of Space ("record").
  constructor(base, { press, release, command }) {
    Object.assign(this, { base, press, release, command, down: new Map() });
    this.keys = CODES.map((code, index) => this.buildKey(code, index));
    const octaves = [0, 12].map((first) => element("div", { class: "octave" }, ...this.keys.slice(first, first + 12)));
    this.node = element("div", { class: "piano", tabindex: "0", role: "group" }, ...octaves);
    this.node.addEventListener("keydown", (event) => this.keyDown(event));
    this.node.addEventListener("keyup", (event) => this.keyUp(event));
    this.node.addEventListener("focusout", (event) => this.releaseAll(event.timeStamp));
    window.addEventListener("blur", (event) => this.releaseAll(event.timeStamp));
    this.listenToPointers();
    this.label();
  }

  buildKey(code, index) {
    const black = BLACK.has(index % 12);
    const key = element("button", { type: "button", tabindex: "-1", class: black ? "key black" : "key white" }, element("kbd"), element("span"));
    key.style.setProperty("--place", PLACES[index % 12]);
    // A screen reader presses without a pointer: a short note.
    key.addEventListener("click", (event) => {
      if (event.detail) return;
      this.start(`click${index}`, index, KEY_VELOCITY, event.timeStamp);
      setTimeout(() => this.stop(`click${index}`, performance.now()), 400);
    });
    return key;
  }

  async label() {
    const printed = await navigator.keyboard?.getLayoutMap?.().catch(() => null);
    this.letters = CODES.map((code) => (printed?.get(code) ?? code.replace(/Key|Digit/, "")).toUpperCase());
    this.name();
  }

  name() {
    const pitchName = (index) => `${NAMES[index % 12]}${Math.floor((this.base + index) / 12) - 1}`;
    this.keys.forEach((key, index) => {
      const letter = this.letters?.[index] ?? "";
      key.firstChild.textContent = letter;
      key.lastChild.textContent = index % 12 ? NAMES[index % 12] : pitchName(index);
      key.setAttribute("aria-label", `${pitchName(index)}, key ${letter}`);
    });
    const words = `Piano, ${pitchName(0)} to ${pitchName(23)}. Letter keys play, arrow up and down change the octave, space records and stops.`;
    this.node.setAttribute("aria-label", words);
  }

  shift(octaves) {
    this.releaseAll(performance.now());
    this.base = clamp(this.base + 12 * octaves, LOWEST, HIGHEST);
    this.name();
  }

  start(source, index, velocity, ms) {
    this.stop(source, ms);
    const pitch = this.base + index;
    this.down.set(source, { pitch, index });
    this.keys[index].classList.add("down");
    this.press(pitch, velocity, ms);
  }

  stop(source, ms) {
    const key = this.down.get(source);
    if (!this.down.delete(source)) return;
    const held = [...this.down.values()].some(({ pitch }) => pitch === key.pitch);
    if (held) return;
    this.keys[key.index].classList.remove("down");
    this.release(key.pitch, ms);
  }

  releaseAll(ms) {
    for (const source of [...this.down.keys()]) this.stop(source, ms);
  }

  // Show a key of another instrument that goes down or up.
  light(pitch, on) {
    this.keys[pitch - this.base]?.classList.toggle("down", on);
  }

  keyDown(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const index = CODES.indexOf(event.code);
    const octaves = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (index < 0 && !octaves && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (octaves) this.shift(octaves);
    else if (index < 0) this.command("record");
    else this.start(event.code, index, KEY_VELOCITY, event.timeStamp);
  }

  keyUp(event) {
    this.stop(event.code, event.timeStamp);
  }

  // A finger or a pressed mouse plays what is under it, louder towards the front edge of a key, and may slide along.
  listenToPointers() {
    const at = (event) => {
      const key = this.node.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest(".key");
      return this.keys.indexOf(key);
    };
    const begin = (event) => {
      const index = at(event);
      const source = `pointer${event.pointerId}`;
      if (this.down.get(source)?.index === index) return;
      if (index < 0) return this.stop(source, event.timeStamp);
      const { top, height } = this.keys[index].getBoundingClientRect();
      this.start(source, index, Math.round(50 + 60 * clamp((event.clientY - top) / height, 0, 1)), event.timeStamp);
    };
    this.node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.node.focus({ preventScroll: true });
      this.node.setPointerCapture(event.pointerId);
      begin(event);
    });
    this.node.addEventListener("pointermove", (event) => this.node.hasPointerCapture(event.pointerId) && begin(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.node.addEventListener(name, (event) => this.stop(`pointer${event.pointerId}`, event.timeStamp));
    }
  }
}
