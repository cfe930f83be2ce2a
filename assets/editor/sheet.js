// The sheet one draws on: rows, bars and notes on a canvas as large as the window onto them, so that its size does not
// grow with the music. What is moved lies on a canvas of its own, which is drawn once and then carried along.

const RULER_PX = 26;
const PAD_PX = 8;
const EDGE_PX = 9;
const MOST_PER_STEP = 14;
const LEAST_ROWS = 37;
const EMPTY_RANGE = [48, 84];
const EMPTY_MIDDLE = 69; // where a tune is likely to be drawn

class EditorSheet extends Roll {
  constructor(model) {
    super(false);
    Object.assign(this, { model, left: 0, top: 0, hidden: new Set(), zoom: null });
    this.lifted = element("canvas", { class: "lifted", "aria-hidden": "true" });
    this.box = element("div", { class: "box", hidden: true });
    const clip = element("div", { class: "clip" }, this.lifted, this.box);
    this.pane = element("div", { class: "pane" }, this.notes, clip);
    this.sheet = element("div", { class: "sheet", tabindex: "0", role: "application", "aria-roledescription": "piano roll" }, this.pane);
    this.scroller.replaceChildren(this.sheet);
  }

  show(data, colours) {
    const first = !this.data || this.data.bar !== data.bar || this.data.steps !== data.steps;
    Object.assign(this, { data, colours });
    this.lanes = new Map(data.lanes.map((lane, number) => [lane.pitch, { ...lane, number }]));
    if (first) [this.low, this.high] = [Infinity, -Infinity];
    this.measure(data.height, first);
  }

  // Rows for an octave more than the notes have on either side. They only become more, and what is seen stays in place.
  grow() {
    const { model } = this;
    const pitches = [...model.rows, ...model.ghosts].filter((note) => !model.isDrum(note)).map(({ pitch }) => pitch);
    const [low, high] = pitches.length ? [Math.min(...pitches) - 12, Math.max(...pitches) + 12] : EMPTY_RANGE;
    const air = Math.max(0, Math.ceil((LEAST_ROWS - 1 - (high - low)) / 2));
    const before = this.high;
    this.low = Math.min(this.low, Math.max(0, low - air));
    this.high = Math.max(this.high, Math.min(127, high + air));
    if (model.parts.every(({ drums }) => drums)) [this.low, this.high] = [60, 59];
    this.rows = new Rows(this, this.data.lanes, model);
    this.sheet.style.height = `${Math.max(this.viewHeight, RULER_PX + this.rows.count * this.row)}px`;
    if (this.high > before && before > 0) this.scroller.scrollTop += (this.high - before) * this.row;
    this.looked();
  }

  measure(height, first) {
    const narrow = this.node.clientWidth < 600;
    this.keyLength = narrow ? 22 : 30;
    this.keyWidth = Math.max(this.keyLength + 26, this.data.lanes.length ? this.longestName(narrow) + 14 : 0);
    this.keys.style.width = `${this.keyWidth}px`;
    this.scroller.style.height = `${height}px`;
    this.viewWidth = this.scroller.clientWidth;
    this.viewHeight = this.scroller.clientHeight;
    this.scale = window.devicePixelRatio || 1;
    const coarse = window.matchMedia("(pointer: coarse)").matches;
    if (first || this.measuredWidth !== this.viewWidth) this.row = this.rowHeight(coarse || narrow ? 14 : 10);
    this.grow();
    this.fit = (this.viewWidth - 2 * PAD_PX) / this.data.steps;
    if (first) this.zoom = this.fit >= (narrow ? 3 : 1.4) ? this.fit : narrow ? 3 : 2;
    this.zoom = clamp(this.zoom, Math.min(Math.max(this.fit, 0.4), MOST_PER_STEP), Math.max(MOST_PER_STEP, this.fit));
    this.measuredWidth = this.viewWidth;
    this.resize();
    if (first) this.scrollToNotes();
  }

  // So high that the notes that are there fit into the window, within what an eye or a finger needs.
  rowHeight(least) {
    const pitches = this.model.rows.filter((note) => !this.model.isDrum(note)).map(({ pitch }) => pitch);
    const range = pitches.length ? Math.max(...pitches) - Math.min(...pitches) + 5 : 0;
    return clamp(Math.floor((this.viewHeight - RULER_PX) / Math.max(range + this.data.lanes.length, 17)), least, 18);
  }

  resize() {
    this.sheet.style.width = `${Math.max(this.viewWidth, this.data.steps * this.zoom + 2 * PAD_PX)}px`;
    this.viewHeight = this.scroller.clientHeight; // a bar to scroll by takes some of it
    this.pane.style.width = `${this.viewWidth}px`;
    this.pane.style.height = `${this.viewHeight}px`;
    this.looked();
  }

  // Where the window onto the sheet is now.
  looked() {
    this.left = this.scroller.scrollLeft;
    this.top = this.scroller.scrollTop;
  }

  // To the middle of the notes; drums, which lie below all others, count only where they are alone.
  scrollToNotes() {
    const { rows, model } = this;
    const pitched = model.rows.filter((note) => !model.isDrum(note));
    const used = (pitched.length ? pitched : model.rows).map((note) => rows.of(note));
    const middle = used.length ? (Math.min(...used) + Math.max(...used) + 1) / 2 : this.high - EMPTY_MIDDLE;
    this.scroller.scrollTo(0, middle * this.row - (this.viewHeight - RULER_PX) / 2);
    this.looked();
  }

  zoomBy(factor) {
    const middle = this.step(this.viewWidth / 2);
    this.zoom *= factor;
    this.measure(this.data.height, false);
    this.scroller.scrollLeft = middle * this.zoom + PAD_PX - this.viewWidth / 2;
    this.looked();
  }

  // ---- places, seen from the upper left corner of the window

  x(step) {
    return PAD_PX + step * this.zoom - this.left;
  }

  step(x) {
    return (x + this.left - PAD_PX) / this.zoom;
  }

  rowTop(row) {
    return RULER_PX + row * this.row - this.top;
  }

  rowAt(y) {
    return Math.floor((y + this.top - RULER_PX) / this.row);
  }

  y(pitch) {
    return this.rowTop(this.high - pitch);
  }

  laneMiddle(number) {
    return this.rowTop(this.rows.pitched + number) + this.row / 2;
  }

  // The note at a place that can be edited, and whether it is held by its right edge.
  hit(x, y, slack = 0) {
    const row = this.rowAt(y);
    const touches = (note) => this.rows.of(note) === row && x >= this.x(note.onset) - slack && x <= this.x(note.onset) + this.widthOf(note) + slack;
    const found = this.model.rows.filter((note) => touches(note));
    const note = found.findLast((each) => this.model.selected.has(each)) ?? found.find((each) => !this.model.isLocked(each));
    if (!note) return { note: null, locked: found[0] ?? null };
    const grip = Math.min(EDGE_PX + slack, this.widthOf(note) / 3);
    return { note, edge: !this.model.isDrum(note) && x > this.x(note.onset) + this.widthOf(note) - grip };
  }

  widthOf(note) {
    return this.model.isDrum(note) ? this.row : Math.max(note.length * this.zoom - 1.5, 5);
  }

  // Bring a note into the window.
  reveal(note) {
    const [x, y] = [this.x(note.onset), this.rowTop(this.rows.of(note))];
    if (x < 0 || x + Math.min(this.widthOf(note), this.viewWidth / 2) > this.viewWidth) this.scroller.scrollLeft += x - this.viewWidth / 3;
    if (y < RULER_PX || y + this.row > this.viewHeight) this.scroller.scrollTop += y - this.viewHeight / 2;
    this.looked();
  }

  // ---- what is moved

  // Take these notes from the sheet onto the canvas above it; `carry` moves that, `put` draws other notes on it.
  lift(notes, hidden = notes) {
    this.hidden = new Set(hidden);
    this.draw();
    this.put(notes, 0, 0);
  }

  // `right` and `down` in pixels: how far the notes are from where they were when they were lifted.
  put(notes, right, down) {
    this.flying = { notes, left: this.left - right, top: this.top - down };
    const [width, height] = [2 * this.viewWidth, 2 * this.viewHeight];
    const pen = this.size(this.lifted, width, height);
    const seen = { left: this.left, top: this.top };
    this.left = this.flying.left - this.viewWidth / 2;
    this.top = this.flying.top - this.viewHeight / 2 + RULER_PX;
    for (const note of notes) this.drawEditorNote(pen, note, width, height, true);
    Object.assign(this, seen);
    this.lifted.hidden = false;
    this.carry(right, down);
  }

  carry(right, down) {
    const [x, y] = [this.flying.left - this.left + right, this.flying.top - this.top + down];
    if (Math.abs(x) > this.viewWidth / 2 || Math.abs(y) > this.viewHeight / 2) return this.put(this.flying.notes, right, down);
    const place = `translate(${x - this.viewWidth / 2}px, ${y - this.viewHeight / 2}px)`;
    if (this.lifted.style.transform !== place) this.lifted.style.transform = place;
    return undefined;
  }

  land() {
    this.hidden = new Set();
    this.lifted.hidden = true;
    this.flying = null;
    this.box.hidden = true;
  }

  showBox(one, other) {
    const [left, right] = [one.x, other.x].sort((a, b) => a - b);
    const [top, bottom] = [one.y, other.y].sort((a, b) => a - b);
    Object.assign(this.box.style, { left: `${left}px`, top: `${top - RULER_PX}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    this.box.hidden = false;
  }

  // A canvas keeps its size unless it has to have another one: a new size is new memory.
  size(canvas, width, height) {
    if (canvas.width !== Math.round(width * this.scale) || canvas.height !== Math.round(height * this.scale)) return super.size(canvas, width, height);
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    return pen;
  }
}
