// The mixer: a row for each part with mute, solo and volume. Text that is put before player.js; memory.js stands before
// it.

const VOLUMES = "composer.volumes"; // of each part by its name

class Mixer {
  // `changed` is called when a person has changed something.
  constructor(changed) {
    this.changed = changed;
    this.channels = new Map();
    this.parts = [];
    this.list = element("ul", { class: "parts", "aria-label": "Parts" });
  }

  // A row stays where its part does: a person may just be using it.
  take(parts) {
    const stay = parts.length === this.parts.length && parts.every((part, i) => part.name === this.parts[i].name);
    this.parts = parts;
    if (!stay) return this.list.replaceChildren(...parts.map((part) => this.row(part)));
    parts.forEach((part, i) => {
      this.list.children[i].title = part.summary;
      this.list.children[i].querySelector(".instrument").textContent = part.instrument;
    });
  }

  channel(part) {
    if (!this.channels.has(part.name)) this.channels.set(part.name, { mute: false, solo: false, volume: recall(VOLUMES, {})[part.name] ?? 100 });
    return this.channels.get(part.name);
  }

  row(part) {
    const swatch = element("canvas", { class: "swatch", "aria-hidden": "true" });
    const words = element("div", { class: "words" }, element("strong", {}, part.name), element("span", { class: "instrument" }, part.instrument));
    const buttons = [this.toggle(part, "mute", "M", "Mute"), this.toggle(part, "solo", "S", "Solo")];
    return element("li", { title: part.summary }, swatch, words, ...buttons, this.volume(part));
  }

  toggle(part, name, letter, words) {
    const channel = this.channel(part);
    const change = (event) => {
      press(event.currentTarget);
      channel[name] = !channel[name];
      this.changed();
    };
    const told = { "aria-pressed": String(channel[name]), "aria-label": `${words} ${part.name}`, title: words };
    return element("button", { type: "button", class: name, ...told, onclick: change }, letter);
  }

  volume(part) {
    const channel = this.channel(part);
    const heard = element("span", { "aria-hidden": "true" });
    const slider = element("input", { type: "range", min: "0", max: "100", value: channel.volume, "aria-label": `Volume of ${part.name}` });
    const show = () => {
      heard.textContent = `Volume ${channel.volume}`;
      slider.style.setProperty("--fill", `${channel.volume}%`);
    };
    slider.addEventListener("input", () => {
      channel.volume = Number(slider.value);
      remember(VOLUMES, { ...recall(VOLUMES, {}), [part.name]: channel.volume });
      show();
      this.changed();
    });
    show();
    return element("div", { class: "volume" }, heard, slider);
  }

  // Whether each part is heard at all.
  audible() {
    const channels = this.parts.map((part) => this.channel(part));
    const solo = channels.some((channel) => channel.solo);
    return channels.map((channel) => (solo ? channel.solo : !channel.mute));
  }

  // The gain of each part.
  levels() {
    return this.audible().map((on, i) => (on ? (this.channel(this.parts[i]).volume / 100) ** 2 : 0));
  }

  drawSwatches(roll, colours) {
    this.parts.forEach((part, i) => {
      const pen = roll.size(this.list.children[i].firstChild, 26, 14);
      const colour = colours.dark ? part.colour_dark : part.colour;
      if (!part.drums) return roll.drawNote(pen, 1, 1, 24, 12, colour, part.pattern);
      roll.drawStroke(pen, 6, 7, 4, colour, "disc");
      roll.drawStroke(pen, 19, 7, 4, colour, "cross");
    });
  }
}
