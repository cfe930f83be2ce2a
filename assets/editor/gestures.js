// What a pointer does between down and up. Each gesture has update(point), finish() and, where it shows something that
// must go again, cancel(). A point is { x, y, step, row }; nothing is sent to the server before finish().

const snapped = (step, grid) => Math.round(step / grid) * grid;

class DrawGesture {
  constructor(editor, point) {
    Object.assign(this, { editor, from: point });
    const { snap, length } = editor;
    const pitch = editor.sheet.rows.pitch(point.row, editor.part);
    const onset = Math.floor(point.step / snap) * snap;
    this.note = { part: editor.part, onset, length: Math.min(length, editor.notes.steps - onset), pitch };
    editor.sheet.lift([this.note], []);
    editor.hear(this.note);
    editor.say(this.note);
  }

  update(point) {
    const { snap, notes, sheet } = this.editor;
    if (!this.begun && Math.abs(point.x - this.from.x) < DRAG_PX) return;
    this.begun = true;
    const room = notes.steps - this.note.onset;
    const length = clamp(snapped(point.step - this.note.onset + snap / 2, snap), Math.min(snap, room), room);
    if (length === this.note.length) return;
    this.note = { ...this.note, length };
    this.editor.length = length;
    sheet.put([this.note], 0, 0);
    this.editor.say(this.note);
  }

  finish() {
    this.editor.edit([], [this.note], "Drew a note");
  }
}

class MoveGesture {
  constructor(editor, point, note) {
    const notes = [...editor.notes.selected];
    Object.assign(this, { editor, from: point, note, notes, room: editor.sheet.rows.room(notes), steps: 0, rows: 0 });
    editor.hear(note);
    editor.say(note);
  }

  update(point) {
    const { editor, from, note, room } = this;
    if (!this.begun && Math.hypot(point.x - from.x, point.y - from.y) < DRAG_PX) return;
    if (!this.begun) editor.sheet.lift(this.notes);
    this.begun = true;
    const raw = point.step - from.step;
    const aim = Math.abs(raw) < editor.snap / 2 ? 0 : snapped(note.onset + raw, editor.snap) - note.onset;
    const steps = clamp(aim, room.left, room.right);
    const rows = clamp(point.row - from.row, room.up, room.down);
    if (steps !== this.steps || rows !== this.rows) this.tell(steps, rows);
    editor.sheet.carry(steps * editor.sheet.zoom, rows * editor.sheet.row);
  }

  tell(steps, rows) {
    const { editor } = this;
    const higher = rows !== this.rows;
    Object.assign(this, { steps, rows });
    const [now] = editor.sheet.rows.moved([this.note], steps, rows);
    if (higher) editor.hear(now);
    editor.say(now);
  }

  finish() {
    const { editor, notes, steps, rows } = this;
    if (steps || rows) editor.edit(notes, editor.sheet.rows.moved(notes, steps, rows), `Moved ${countWords(notes.length)}`);
    else editor.settle();
  }
}

class StretchGesture {
  constructor(editor, point, note) {
    const notes = [...editor.notes.selected].filter((each) => !editor.notes.isDrum(each));
    Object.assign(this, { editor, from: point, note, notes, steps: 0, after: notes });
  }

  update(point) {
    const { editor, note, notes } = this;
    const raw = point.step - this.from.step;
    const steps = Math.abs(raw) < editor.snap / 2 ? 0 : snapped(endOf(note) + raw, editor.snap) - endOf(note);
    if (steps === this.steps) return;
    if (!this.begun) editor.sheet.lift(notes);
    Object.assign(this, { begun: true, steps, after: editor.sheet.rows.stretched(notes, steps, editor.snap) });
    editor.sheet.put(this.after, 0, 0);
    editor.say(this.after[notes.indexOf(note)]);
  }

  finish() {
    const { editor, notes, note, steps } = this;
    if (!steps) return editor.settle();
    editor.length = this.after[notes.indexOf(note)].length;
    return editor.edit(notes, this.after, `Made ${countWords(notes.length)} ${steps > 0 ? "longer" : "shorter"}`);
  }
}

class EraseGesture {
  constructor(editor, point) {
    Object.assign(this, { editor, gone: new Set() });
    this.update(point);
  }

  update({ x, y }) {
    const { note } = this.editor.sheet.hit(x, y);
    if (!note || this.gone.has(note)) return;
    this.gone.add(note);
    this.editor.sheet.hidden = this.gone;
    this.editor.sheet.draw();
  }

  finish() {
    if (this.gone.size) this.editor.edit([...this.gone], [], `Deleted ${countWords(this.gone.size)}`);
    else this.editor.settle();
  }
}

class BoxGesture {
  constructor(editor, point, adds) {
    Object.assign(this, { editor, from: point, before: adds ? [...editor.notes.selected] : [] });
  }

  update(point) {
    const { editor, from } = this;
    if (!this.begun && Math.hypot(point.x - from.x, point.y - from.y) < DRAG_PX) return;
    this.begun = true;
    const { sheet, notes } = editor;
    const corner = { x: sheet.x(from.step), y: sheet.rowTop(0) + from.down };
    sheet.showBox(corner, point);
    const [start, end] = [from.step, point.step].sort((one, other) => one - other);
    const [top, bottom] = [from.row, point.row].sort((one, other) => one - other);
    const inside = (note) => note.onset < end && endOf(note) > start && sheet.rows.of(note) >= top && sheet.rows.of(note) <= bottom;
    notes.selected = new Set([...this.before, ...notes.free.filter(inside)]);
    this.span = [Math.max(0, Math.floor(start / editor.snap) * editor.snap), Math.min(notes.steps, Math.ceil(end / editor.snap) * editor.snap)];
    sheet.draw();
  }

  finish() {
    const { editor } = this;
    if (!this.begun) editor.notes.selected = new Set(this.before);
    editor.settle(this.begun ? this.span : null);
    editor.tellChosen();
  }

  cancel() {
    const { notes } = this.editor;
    notes.selected = new Set(this.before.filter((note) => notes.rows.includes(note)));
  }
}

// The window is moved over the sheet: by its ruler, by its keys, or by two fingers.
class PanGesture {
  constructor(editor, point, { across, along }) {
    Object.assign(this, { scroller: editor.sheet.scroller, from: point, across, along });
    ({ scrollLeft: this.left, scrollTop: this.top } = this.scroller);
  }

  update({ x, y }) {
    if (this.along) this.scroller.scrollLeft = this.left + this.from.x - x;
    if (this.across) this.scroller.scrollTop = this.top + this.from.y - y;
  }

  finish() {}
}
