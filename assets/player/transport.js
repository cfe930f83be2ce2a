// The buttons of the player and its clock. Text that is put before player.js; roll.js, memory.js and shortcuts.js stand
// before it.

const COUNT_IN = "composer.count-in";

const pressed = (button) => button?.getAttribute("aria-pressed") === "true";
const press = (button) => button.setAttribute("aria-pressed", String(!pressed(button)));

class Transport {
  // `command` is called with the name of what a button asks for.
  constructor(compact, command) {
    this.play = element("button", { class: "play", type: "button", "aria-label": "Play", html: ICONS.play, onclick: () => command("toggle") });
    this.time = element("span", { class: "time" });
    this.trouble = element("p", { class: "trouble", role: "alert", hidden: true });
    if (!compact) this.buildMore(command);
  }

  buildMore(command) {
    const button = (words, icon, name, state = {}) =>
      element("button", { type: "button", "aria-label": words, title: words, html: icon, onclick: () => command(name), ...state });
    const off = { "aria-pressed": "false" };
    const rewind = button("Back to the start", ICONS.rewind, "rewind");
    this.repeat = button("Repeat", ICONS.loop, "repeat", off);
    this.metronome = button("Metronome", ICONS.metronome, "metronome", off);
    this.countIn = button("Count-in", ICONS.countIn, "countIn", { "aria-pressed": String(recall(COUNT_IN, false)) });
    this.help = button("Keys", "?", "help", { "aria-expanded": "false" });
    this.forget = element("button", { class: "forget", type: "button", title: "Forget", onclick: () => command("forgetLoop") });
    this.told = element("span", { "aria-live": "polite" });
    this.shortcuts = shortcutPanel();
    const buttons = [this.play, rewind, this.repeat, this.countIn, this.metronome, this.help];
    this.bar = element("div", { class: "transport" }, ...buttons, this.told, this.time);
  }

  show(state) {
    const playing = state === "playing";
    this.play.disabled = state === "loading";
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.play.innerHTML = playing ? ICONS.pause : ICONS.play;
  }

  // A sentence on what is in the way of playing; none where nothing is.
  tell(sentence = "") {
    this.trouble.textContent = sentence;
    this.trouble.hidden = !sentence;
  }

  // What is chosen to be repeated, in words, with a way to forget it.
  tellLoop(words) {
    this.told.replaceChildren(...(words ? [this.forget] : []));
    if (!words) return;
    this.forget.textContent = `${words} ✕`;
    this.forget.setAttribute("aria-label", `Repeat ${words}: forget`);
  }

  switchCountIn() {
    press(this.countIn);
    remember(COUNT_IN, pressed(this.countIn));
  }

  showHelp(on) {
    this.shortcuts.hidden = !on;
    this.help.setAttribute("aria-expanded", String(on));
  }
}
