// What stands around the sheet: tools, grid, part, zoom and sound above it; what is at hand and the parts' names below.

const EDITOR_ICONS = {
  draw: SVG('<path d="M5 19l1-4L15.5 5.5a1.8 1.8 0 0 1 2.6 0l.4.4a1.8 1.8 0 0 1 0 2.6L9 18l-4 1zM13.8 7.2l3 3" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"/>'),
  select: SVG('<rect x="5" y="6" width="14" height="12" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.7" stroke-dasharray="3 2.4"/>'),
  erase: SVG('<path d="M9.5 18.5 5.3 14.3a1.5 1.5 0 0 1 0-2.1l6.9-6.9a1.5 1.5 0 0 1 2.1 0l4.2 4.2a1.5 1.5 0 0 1 0 2.1l-6.9 6.9zM8.7 8.9l6.3 6.3M9.5 18.5H19" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/>'),
  loud: SVG('<path d="M5 10v4h3l4 3.5v-11L8 10zM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/>'),
  mute: SVG('<path d="M5 10v4h3l4 3.5v-11L8 10zM15.5 9.8l4.4 4.4M19.9 9.8l-4.4 4.4" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/>'),
  lock: SVG('<rect x="6" y="11" width="12" height="8" rx="1.5" fill="currentColor"/><path d="M8.5 11V8.5a3.5 3.5 0 0 1 7 0V11" fill="none" stroke="currentColor" stroke-width="1.8"/>'),
};
const TOOLS = { draw: "Draw", select: "Select", erase: "Erase" };
const GRIDS = { 12: "1/4", 6: "1/8", 3: "1/16", 4: "1/8 triplet" };
const MARK_WORDS = { added: "new here", same: "the same in both", removed: "not here any more" };

class Toolbar {
  constructor(editor) {
    this.editor = editor;
    this.tools = Object.entries(TOOLS).map(([name, words]) => {
      const html = `${EDITOR_ICONS[name]}<span>${words}</span>`;
      return element("button", { type: "button", "data-tool": name, html, onclick: () => editor.use(name) });
    });
    const grids = Object.entries(GRIDS).sort(([one], [other]) => other - one).map(([steps, words]) => element("option", { value: steps }, words));
    this.grid = element("select", { onchange: () => editor.useGrid(Number(this.grid.value)) }, ...grids);
    this.part = element("select", { onchange: () => editor.usePart(Number(this.part.value)) });
    this.partLabel = element("label", {}, "Part", this.part);
    this.sound = element("button", { type: "button", "aria-label": "Hear notes", title: "Hear notes", onclick: () => this.toggleSound() });
    this.help = element("button", { type: "button", "aria-label": "Keys of the editor", title: "Keys", "aria-expanded": "false", onclick: () => this.toggleHelp() }, "?");
    const zoom = (sign, words, factor) => element("button", { type: "button", "aria-label": words, title: words, onclick: () => editor.zoomBy(factor) }, sign);
    const group = (name, ...children) => element("div", { class: `group ${name}`, role: "group", "aria-label": name }, ...children);
    this.bar = element(
      "div", { class: "tools" },
      group("Tools", ...this.tools),
      element("label", {}, "Grid", this.grid),
      this.partLabel,
      group("View", zoom("−", "Zoom out", 1 / 1.5), zoom("+", "Zoom in", 1.5), this.sound, this.help),
    );
    this.panel = this.helpPanel();
    this.told = element("output", { "aria-live": "polite" });
    this.legend = element("ul", { class: "legend", "aria-label": "What the notes mean" });
    this.foot = element("div", { class: "foot" }, this.told, this.legend);
    this.showSound();
  }

  helpPanel() {
    const rows = EDITOR_KEYS.flatMap(([keys, words]) => [element("dt", {}, ...keys.split(" ").map((key) => element("kbd", {}, key))), element("dd", {}, words)]);
    return element("div", { class: "shortcuts", role: "region", "aria-label": "Keys of the editor", hidden: true }, element("dl", {}, ...rows), element("p", {}, BY_POINTER));
  }

  toggleHelp() {
    this.panel.hidden = !this.panel.hidden;
    this.help.setAttribute("aria-expanded", String(!this.panel.hidden));
  }

  toggleSound() {
    this.editor.silent = !this.editor.silent;
    this.showSound();
  }

  showSound() {
    this.sound.innerHTML = EDITOR_ICONS[this.editor.silent ? "mute" : "loud"];
    this.sound.setAttribute("aria-pressed", String(!this.editor.silent));
  }

  show(colours) {
    const { tool, snap, notes } = this.editor;
    for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.grid.value = String(snap);
    this.showParts(notes);
    this.drawLegend(colours);
  }

  // With notes chosen the list says whose they are and moves them; else it says for whom one draws.
  showParts({ parts, selected }) {
    this.partLabel.hidden = parts.length < 2;
    const options = parts.map(({ name, locked }, i) => element("option", { value: i, disabled: locked }, locked ? `${name} (locked)` : name));
    const words = options.map(({ textContent }) => textContent).join();
    if (this.partWords !== words) this.part.replaceChildren(element("option", { value: "-1", hidden: true }, "Several"), ...options);
    this.partWords = words;
    const owners = new Set([...selected].map(({ part }) => part));
    this.part.value = String(owners.size > 1 ? -1 : owners.size ? [...owners][0] : this.editor.part);
  }

  drawLegend(colours) {
    const { sheet, notes, data } = this.editor;
    const marks = data.marks ? Object.keys(MARK_WORDS) : [];
    const parts = notes.parts.length > 1 || notes.parts.some(({ locked }) => locked) ? notes.parts : [];
    const words = [...parts.map(({ name, locked }) => (locked && !data.marks ? `${name}, locked` : name)), ...marks.map((mark) => MARK_WORDS[mark])];
    if (this.legend.textContent !== words.join("")) {
      this.legend.replaceChildren(...words.map((word) => element("li", {}, element("canvas", { "aria-hidden": "true" }), word)));
    }
    this.legend.hidden = !words.length;
    [...this.legend.children].forEach((item, index) => this.drawSwatch(sheet.size(item.firstChild, 26, 14), index, parts, marks, colours));
  }

  drawSwatch(pen, index, parts, marks, colours) {
    const { sheet } = this.editor;
    const place = { left: 2, top: 2, width: 22, height: 10 };
    const { left, top, width, height } = place;
    const part = parts[index];
    if (part) {
      const colour = colours.dark ? part.colour_dark : part.colour;
      const faded = part.locked && !marks.length;
      pen.globalAlpha = faded ? 0.3 : 1;
      if (part.drums) sheet.drawStroke(pen, 13, 7, 4.5, colour, "disc");
      else sheet.drawNote(pen, left, top, width, height, colour, part.pattern);
      pen.globalAlpha = 1;
      if (faded) sheet.drawLock(pen, 13, 7);
      return;
    }
    const mark = marks[index - parts.length];
    if (mark === "removed") return sheet.frame(pen, place, colours.muted);
    pen.globalAlpha = mark === "same" ? 0.5 : 1;
    sheet.drawNote(pen, left, top, width, height, colours.muted, "solid");
    pen.globalAlpha = 1;
    if (mark === "added") {
      sheet.outline(pen, place, 1.2, 0);
      sheet.drawPlus(pen, 13, 7);
    }
  }
}
