// The piano roll on a canvas, and the small things that all components share. Streamlit takes one script a component:
// composer/ui/player.py and composer/ui/hear.py put this text before their own.

const SVG = (body) => `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">${body}</svg>`;
const ICONS = {
  play: SVG('<path d="M8 5.2v13.6a.8.8 0 0 0 1.2.7l10.6-6.8a.8.8 0 0 0 0-1.4L9.2 4.5A.8.8 0 0 0 8 5.2z" fill="currentColor"/>'),
  pause: SVG('<rect x="6.5" y="5" width="4" height="14" rx="1.2" fill="currentColor"/><rect x="13.5" y="5" width="4" height="14" rx="1.2" fill="currentColor"/>'),
  rewind: SVG('<rect x="5.5" y="6" width="2.4" height="12" rx="1" fill="currentColor"/><path d="M18.5 6.8v10.4a.7.7 0 0 1-1.1.6l-7.4-5.2a.7.7 0 0 1 0-1.2l7.4-5.2a.7.7 0 0 1 1.1.6z" fill="currentColor"/>'),
  loop: SVG('<path d="M7 8h9a3.5 3.5 0 0 1 3.5 3.5M17 16H8a3.5 3.5 0 0 1-3.5-3.5M9.5 5.2 6.7 8l2.8 2.8M14.5 13.2l2.8 2.8-2.8 2.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'),
  countIn: SVG('<circle cx="4.5" cy="12" r="1.7" fill="currentColor"/><circle cx="9.5" cy="12" r="1.7" fill="currentColor"/><path d="M14 7.6v8.8a.7.7 0 0 0 1.1.6l6-4.4a.7.7 0 0 0 0-1.2l-6-4.4a.7.7 0 0 0-1.1.6z" fill="currentColor"/>'),
  metronome: SVG('<path d="M9 4.5h6l3 15H6zM12 15l5-9M7.3 15h9.4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'),
};
const BLACK = new Set([1, 3, 6, 8, 10]);

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// The theme of the page as `root` has it; what it is, dark or light, is told back to its style sheet.
function coloursOf(root) {
  const style = getComputedStyle(root);
  const [r, g, b] = (style.backgroundColor.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
  const dark = 0.3 * r + 0.6 * g + 0.1 * b < 128;
  root.dataset.theme = dark ? "dark" : "light";
  const themed = getComputedStyle(root);
  const value = (name) => themed.getPropertyValue(name).trim();
  const named = { ground: "--ground", stripe: "--stripe", hair: "--hair", bar: "--bar", muted: "--muted", text: "--text", whiteKey: "--white-key", blackKey: "--black-key" };
  return { dark, font: themed.fontFamily, ...Object.fromEntries(Object.entries(named).map(([key, name]) => [key, value(name)])) };
}

// Call `redraw` when the page changes between light and dark.
function watchTheme(host, redraw) {
  const observer = new MutationObserver(redraw);
  for (let node = host; node && node !== document; node = node.parentElement) {
    observer.observe(node, { attributes: true, attributeFilter: ["class", "style"] });
  }
}

// The shortest time between two strokes on one drum, in seconds; Infinity where there are none.
function closestStrokes(data) {
  const last = new Map();
  let closest = Infinity;
  for (const part of data.parts.filter((part) => part.drums)) {
    for (let i = 0; i < part.start.length; i++) {
      const gap = part.start[i] - (last.get(part.pitch[i]) ?? -Infinity);
      if (gap > 0) closest = Math.min(closest, gap);
      last.set(part.pitch[i], part.start[i]);
    }
  }
  return closest;
}

class Roll {
  // `axis` gives the bar numbers the height of a finger where the window is narrow.
  constructor(compact, axis = false) {
    Object.assign(this, { compact, axis });
    this.keys = element("canvas", { class: "keys", "aria-hidden": "true" });
    this.notes = element("canvas", { class: "notes", "aria-hidden": "true" });
    this.head = element("div", { class: "head", "aria-hidden": "true" });
    this.sheet = element("div", { class: "sheet", tabindex: "0", role: "slider", "aria-label": "Position in the music" }, this.notes, this.head);
    this.scroller = element("div", { class: "scroller" }, this.sheet);
    this.node = element("div", { class: "stage" }, ...(compact ? [] : [this.keys]), this.scroller);
    this.lit = "";
  }

  take(data) {
    const pitches = data.parts.flatMap((part) => (part.drums ? [] : part.pitch));
    const tight = this.compact && pitches.length > 0;
    this.low = tight ? Math.min(...pitches) - 1 : data.low;
    this.high = tight ? Math.max(...pitches) + 1 : data.high;
    this.closest = closestStrokes(data);
    this.lanes = new Map(data.lanes.map((lane, number) => [lane.pitch, { ...lane, number }]));
    this.data = data;
  }

  x(seconds) {
    return this.pad + (seconds / Math.max(this.data.seconds, 1e-6)) * (this.width - 2 * this.pad);
  }

  seconds(x) {
    return ((x - this.pad) / (this.width - 2 * this.pad)) * this.data.seconds;
  }

  y(pitch) {
    return this.top + (this.high - pitch) * this.row;
  }

  laneMiddle(number) {
    return this.drumTop + (number + 0.5) * this.lane;
  }

  get bottom() {
    return this.drumTop + this.lanes.size * this.lane;
  }

  measure() {
    const room = this.scroller.clientWidth;
    const narrow = room < 520;
    const rows = this.high - this.low + 1;
    const drums = this.lanes.size;
    const least = this.compact ? 0 : drums ? 60 : narrow ? 34 : 48;
    this.lane = this.compact ? Math.min(6, 30 / Math.max(drums, 1)) : 16;
    this.height = this.compact ? clamp(rows * 2, 72, 110) : clamp(rows * (narrow ? 7 : 9), narrow ? 220 : 260, narrow ? 340 : 430);
    if (rows <= 0) this.height = 0;
    this.row = this.height / Math.max(rows, 1);
    this.top = this.compact ? 0 : 14;
    this.drumTop = this.top + this.height + (drums && rows > 0 ? (this.compact ? 4 : 8) : 0);
    this.foot = this.compact ? 0 : narrow && this.axis ? 44 : 26;
    this.pad = this.compact ? 2 : 7;
    this.scale = window.devicePixelRatio || 1;
    this.width = Math.max(room, Math.min(this.data.bars.length * least, Math.floor(16000 / this.scale)));
    this.keyLength = narrow ? 22 : 30;
    this.keyWidth = this.compact ? 0 : Math.max(this.keyLength + 26, drums ? this.longestName(narrow) + 14 : 0);
  }

  longestName(narrow) {
    this.nameFont = `${narrow ? 10 : 11}px ${this.colours.font}`;
    const pen = this.keys.getContext("2d");
    pen.font = this.nameFont;
    return Math.ceil(Math.max(...this.data.lanes.map((lane) => pen.measureText(lane.name).width)));
  }

  size(canvas, width, height) {
    canvas.width = Math.round(width * this.scale);
    canvas.height = Math.round(height * this.scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    pen.scale(this.scale, this.scale);
    return pen;
  }

  draw(colours, audible) {
    this.colours = colours;
    if (!this.data || !this.scroller.clientWidth) return;
    this.measure();
    this.sheet.style.width = `${this.width}px`;
    this.sheet.style.height = `${this.bottom + this.foot}px`;
    const pen = this.size(this.notes, this.width, this.bottom + this.foot);
    this.drawGround(pen);
    // The melody comes last, on top of what plays the same note.
    for (let i = this.data.parts.length - 1; i >= 0; i--) {
      const part = this.data.parts[i];
      if (part.drums) this.drawStrokes(pen, part, audible[i]);
      else this.drawPart(pen, part, audible[i]);
    }
    this.lit = null;
    if (!this.compact) this.drawKeys([]);
  }

  drawGround(pen) {
    const { data, colours } = this;
    pen.fillStyle = colours.stripe;
    for (let pitch = this.low; pitch <= this.high; pitch++) {
      if (BLACK.has(pitch % 12)) pen.fillRect(0, this.y(pitch), this.width, this.row);
    }
    for (let lane = 0; lane < this.lanes.size; lane += 2) {
      if (!this.compact) pen.fillRect(0, this.drumTop + lane * this.lane, this.width, this.lane);
    }
    const hair = 1 / this.scale;
    pen.fillStyle = colours.hair;
    if (this.lanes.size && this.height) pen.fillRect(0, this.top + this.height, this.width, hair);
    for (let pitch = this.low; pitch <= this.high; pitch++) {
      if (pitch % 12 === 0) pen.fillRect(0, this.y(pitch) + this.row - hair, this.width, hair);
    }
    const beatWidth = this.width / Math.max(data.beats.length, 1);
    if (!this.compact && beatWidth > 7) for (const beat of data.beats) this.drawUpright(pen, Math.round(this.x(beat)), hair);
    this.drawBars(pen);
  }

  // A line through the pitches and one through the drums.
  drawUpright(pen, left, width) {
    pen.fillRect(left, this.top, width, this.height);
    pen.fillRect(left, this.drumTop, width, this.bottom - this.drumTop);
  }

  drawBars(pen) {
    const { data, colours } = this;
    const every = Math.max(1, Math.ceil((this.compact ? 16 : 30) / (this.width / Math.max(data.bars.length, 1))));
    pen.font = `12px ${colours.font}`;
    data.bars.forEach((bar, number) => {
      const left = Math.round(this.x(bar));
      pen.fillStyle = colours.bar;
      if (number && (!this.compact || number % every === 0)) this.drawUpright(pen, left, 1);
      if (number && !this.compact) pen.fillRect(left, this.bottom, 1, 6);
      pen.fillStyle = colours.muted;
      if (!this.compact && number % every === 0 && left < this.width - 12) pen.fillText(number + 1, left + 5, this.bottom + 18);
    });
    if (!this.compact) {
      pen.fillStyle = colours.bar;
      pen.fillRect(0, this.bottom, this.width, 1);
    }
  }

  drawPart(pen, part, audible) {
    const colour = this.colours.dark ? part.colour_dark : part.colour;
    pen.globalAlpha = audible ? 1 : 0.16;
    for (let i = 0; i < part.start.length; i++) {
      const left = this.x(part.start[i]);
      const width = Math.max(this.x(part.start[i] + part.duration[i]) - left - 1.5, 2.5);
      const inset = this.row > 6 ? 0.75 : 0.25;
      this.drawNote(pen, left + 0.5, this.y(part.pitch[i]) + inset, width, this.row - 2 * inset, colour, part.pattern);
    }
    pen.globalAlpha = 1;
  }

  drawStrokes(pen, part, audible) {
    pen.globalAlpha = audible ? 1 : 0.16;
    const colour = this.colours.dark ? part.colour_dark : part.colour;
    const apart = (this.closest / Math.max(this.data.seconds, 1e-6)) * (this.width - 2 * this.pad);
    const size = Math.min(this.compact ? this.lane / 2.4 : 4, Math.max(0.42 * apart, this.compact ? 1.2 : 2.4));
    for (let i = 0; i < part.start.length; i++) {
      const lane = this.lanes.get(part.pitch[i]);
      this.drawStroke(pen, this.x(part.start[i]) + size + 1, this.laneMiddle(lane.number), size, colour, lane.mark);
    }
    pen.globalAlpha = 1;
  }

  // One stroke on a drum: a disc for skins, a cross for cymbals, a diamond for the rest; all of one width.
  drawStroke(pen, x, y, size, colour, mark) {
    pen.fillStyle = pen.strokeStyle = colour;
    pen.beginPath();
    if (mark === "cross") {
      pen.moveTo(x - size, y - size);
      pen.lineTo(x + size, y + size);
      pen.moveTo(x + size, y - size);
      pen.lineTo(x - size, y + size);
      pen.lineWidth = size > 3 ? 1.8 : 1.2;
      pen.stroke();
      return;
    }
    if (mark === "disc") pen.arc(x, y, size, 0, 7);
    else for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) pen.lineTo(x + dx * size * 1.2, y + dy * size * 1.2);
    pen.fill();
  }

  drawNote(pen, left, top, width, height, colour, pattern) {
    const shape = (inset) => {
      pen.beginPath();
      pen.roundRect(left + inset, top + inset, width - 2 * inset, height - 2 * inset, Math.min(3, height / 2, width / 2));
    };
    pen.fillStyle = pen.strokeStyle = colour;
    if (height < 4) {
      pen.fillRect(left, top, width, Math.max(height, 1.5));
      return;
    }
    if (pattern === "hollow") {
      const alpha = pen.globalAlpha;
      shape(0);
      pen.globalAlpha = alpha * 0.28;
      pen.fill();
      pen.globalAlpha = alpha;
      pen.lineWidth = 1.6;
      if (width > 3) shape(0.8);
      pen.stroke();
      return;
    }
    shape(0);
    pen.fill();
    pen.fillStyle = this.colours.ground;
    const middle = top + height / 2;
    const inset = width > 14 ? 4 : 2;
    if (pattern === "line" && width > 6) pen.fillRect(left + inset, middle - 0.75, width - 2 * inset, 1.5);
    if (pattern === "half" && width > 3) {
      pen.globalAlpha *= 0.65;
      pen.fillRect(left + 1, middle, width - 2, height / 2 - 1);
      pen.globalAlpha /= 0.65;
    }
    if (pattern === "bars") for (let x = left + Math.min(4, width / 2); x < left + width - 2; x += 5) pen.fillRect(x, top + 1, 1.2, height - 2);
    if (pattern === "dots") {
      for (let x = left + Math.min(5, width / 2); x < left + width - 2; x += 6) {
        pen.beginPath();
        pen.arc(x, middle, Math.min(1.25, height / 5), 0, 7);
        pen.fill();
      }
    }
  }

  // `sounding` holds pairs of what sounds and its colour: a pitch, or "drum" and the drum's pitch.
  drawKeys(sounding) {
    const lit = sounding.map(([name, colour]) => `${name}${colour}`).join();
    if (lit === this.lit) return;
    this.lit = lit;
    const { colours, keyWidth, keyLength } = this;
    const colourOf = new Map(sounding);
    const pen = this.size(this.keys, keyWidth, this.bottom + this.foot);
    const left = keyWidth - keyLength;
    pen.fillStyle = colours.whiteKey;
    pen.fillRect(left, this.top, keyLength, this.height);
    for (let pitch = this.low; pitch <= this.high; pitch++) this.drawKey(pen, pitch, left, colourOf.get(pitch));
    for (const lane of this.lanes.values()) this.drawDrumName(pen, lane, colourOf.get(`drum${lane.pitch}`));
    pen.fillStyle = colours.bar;
    pen.fillRect(keyWidth - 1, this.top, 1, this.height + 1);
    if (this.height) pen.fillRect(left, this.top, 1 / this.scale, this.height);
    pen.fillRect(keyWidth - 1, this.drumTop, 1, this.bottom - this.drumTop);
  }

  drawDrumName(pen, lane, colour) {
    pen.fillStyle = colour || this.colours.muted;
    pen.font = this.nameFont;
    pen.textAlign = "right";
    pen.fillText(lane.name, this.keyWidth - 8, this.laneMiddle(lane.number) + 4);
  }

  drawKey(pen, pitch, left, colour) {
    const { colours, keyLength } = this;
    const top = this.y(pitch);
    const black = BLACK.has(pitch % 12);
    if (black || colour) {
      pen.fillStyle = colour || colours.blackKey;
      pen.beginPath();
      pen.roundRect(left, top + 0.5, black ? keyLength * 0.6 : keyLength - 1, this.row - 1, [0, 2, 2, 0]);
      pen.fill();
    }
    if (pitch % 12 === 0 || pitch % 12 === 5) {
      pen.fillStyle = colours.bar;
      pen.fillRect(left, top + this.row - 0.5, keyLength, 1 / this.scale);
    }
    if (pitch % 12 === 0) {
      pen.fillStyle = colours.muted;
      pen.font = `11px ${colours.font}`;
      pen.textAlign = "right";
      pen.fillText(`C${pitch / 12 - 1}`, left - 5, top + this.row / 2 + 4);
    }
  }

  moveHead(seconds, follow, calm) {
    if (!this.width) return;
    const left = this.x(seconds) - 1;
    this.head.style.height = `${this.bottom}px`;
    this.head.style.transform = `translateX(${left}px)`;
    const { scrollLeft, clientWidth } = this.scroller;
    const outside = left < scrollLeft || left > scrollLeft + clientWidth * 0.92;
    if (follow && outside) this.scroller.scrollTo({ left: left - clientWidth * 0.1, behavior: calm ? "auto" : "smooth" });
  }

  sounding(seconds, audible) {
    const found = [];
    this.data.parts.forEach((part, i) => {
      const colour = this.colours.dark ? part.colour_dark : part.colour;
      if (!audible[i]) return;
      for (let n = 0; n < part.start.length && part.start[n] <= seconds; n++) {
        if (part.start[n] + part.duration[n] > seconds) found.push([part.drums ? `drum${part.pitch[n]}` : part.pitch[n], colour]);
      }
    });
    return found;
  }
}
