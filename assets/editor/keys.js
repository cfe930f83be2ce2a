// The editor by keyboard alone: the arrows walk from note to note while none is chosen, and move what is chosen.

const EDITOR_KEYS = [
  ["← →", "The note before or after; moves chosen notes in time"],
  ["↑ ↓", "Moves chosen notes by a semitone, with Shift by an octave"],
  ["Enter", "Chooses the note, or lets it go; with Shift as well as others"],
  ["N", "Draws a note after this one"],
  ["Shift ← →", "Makes chosen notes shorter or longer"],
  ["Del", "Deletes chosen notes"],
  ["Ctrl A", "Chooses all"],
  ["Esc", "Chooses nothing"],
  ["Ctrl Z", "Undo; with Shift redo"],
  ["D S E", "Draw, Select, Erase"],
];
const BY_POINTER = "Drag a note to move it and its right edge to change its length. Shift or Ctrl and a click, or a box drawn with Select, choose several. Drag the bar numbers or use two fingers to move along.";
const TOOL_KEYS = { d: "draw", s: "select", e: "erase" };

class Keys {
  constructor(editor) {
    this.editor = editor;
    const { sheet } = editor.sheet;
    sheet.addEventListener("keydown", (event) => this.press(event));
    sheet.addEventListener("focus", () => sheet.matches(":focus-visible") && this.arrive());
    sheet.addEventListener("blur", () => editor.watch(false));
    editor.root.addEventListener("focusout", () => editor.outbox.flush());
    // Undo belongs to the whole editor, wherever in it the focus is.
    editor.root.addEventListener("keydown", (event) => this.undo(event));
  }

  arrive() {
    const { editor } = this;
    editor.watch(true);
    if (editor.notes.focused) editor.say(editor.notes.focused);
  }

  undo(event) {
    const letter = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || !["z", "y"].includes(letter) || !this.editor.data.undoes) return;
    event.preventDefault();
    event.stopPropagation();
    this.editor.outbox.ask(letter === "y" || event.shiftKey ? "redo" : "undo");
  }

  press(event) {
    if (this.editor.pointers.gesture && event.key !== "Escape") return;
    const done = event.ctrlKey || event.metaKey ? this.withControl(event) : this.command(event);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  withControl({ key }) {
    if (key.toLowerCase() !== "a") return false;
    return this.choose(this.editor.notes.free);
  }

  command({ key, shiftKey, altKey }) {
    const { editor } = this;
    const { notes } = editor;
    if (altKey) return false;
    const letter = key.toLowerCase();
    if (TOOL_KEYS[letter]) return editor.use(TOOL_KEYS[letter]);
    if (key === "Escape") return editor.pointers.gesture ? editor.pointers.cancel() ?? true : this.choose([]);
    if (editor.outbox.undoing) return false;
    if (letter === "n") return this.draw();
    if (key === "Enter" || key === " ") return this.toggle(shiftKey);
    if (key === "Home" || key === "End") return this.walkTo(notes.free.at(key === "Home" ? 0 : -1));
    const along = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const across = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (!notes.selected.size) return along ? this.walkTo(notes.neighbour(along)) : false;
    if (key === "Delete" || key === "Backspace") return this.delete();
    if (along && shiftKey) return this.stretch(along);
    return along || across ? this.move(along ?? 0, (across ?? 0) * (shiftKey ? 12 : 1)) : false;
  }

  walkTo(note) {
    const { editor } = this;
    if (!note) return false;
    editor.notes.focused = note;
    editor.watch(true);
    editor.sheet.reveal(note);
    editor.redraw();
    editor.hear(note);
    return editor.say(note);
  }

  choose(notes) {
    const { editor } = this;
    editor.notes.selected = new Set(notes);
    editor.settle();
    return editor.tellChosen();
  }

  toggle(adds) {
    const { notes } = this.editor;
    const note = notes.focused;
    if (!note) return false;
    const others = adds ? [...notes.selected].filter((each) => each !== note) : [];
    this.choose(notes.selected.has(note) ? others : [...others, note]);
    return true;
  }

  delete() {
    const notes = [...this.editor.notes.selected];
    this.editor.edit(notes, [], `Deleted ${countWords(notes.length)}`);
    return true;
  }

  move(along, across) {
    const { editor } = this;
    const notes = [...editor.notes.selected];
    const room = editor.sheet.rows.room(notes);
    const steps = clamp(along * editor.snap, room.left, room.right);
    const rows = across >= room.up && across <= room.down ? across : 0;
    if (!steps && !rows) return editor.tell("The end of the sheet");
    editor.edit(notes, editor.sheet.rows.moved(notes, steps, rows), `Moved ${countWords(notes.length)}`, true);
    return this.arrived(rows !== 0);
  }

  stretch(along) {
    const { editor } = this;
    const notes = [...editor.notes.selected].filter((note) => !editor.notes.isDrum(note));
    const after = editor.sheet.rows.stretched(notes, along * editor.snap, editor.snap);
    if (after.every((note, i) => note.length === notes[i].length)) return true;
    editor.edit(notes, after, `Made ${countWords(notes.length)} ${along > 0 ? "longer" : "shorter"}`, true);
    return this.arrived(false);
  }

  arrived(heard) {
    const { editor } = this;
    const note = editor.notes.focused;
    editor.sheet.reveal(note);
    editor.redraw();
    if (heard) editor.hear(note);
    return editor.say(note);
  }

  // After the note that the keyboard is at, as high; else at the beginning of what is seen.
  draw() {
    const { editor } = this;
    const { focused, steps } = editor.notes;
    const { rows } = editor.sheet;
    const beside = focused && focused.part === editor.part;
    const onset = focused ? endOf(focused) : 0;
    const row = beside ? rows.of(focused) : editor.notes.parts[editor.part].drums ? rows.pitched : clamp(rows.high - 67, 0, rows.pitched - 1);
    if (onset >= steps || !editor.mayDraw({ step: onset, row }, null)) return editor.tell("There is no room for a note here");
    const note = { part: editor.part, onset, length: Math.min(editor.length, steps - onset), pitch: rows.pitch(row, editor.part) };
    editor.edit([], [note], "Drew a note");
    editor.watch(true);
    return this.arrived(true);
  }
}
