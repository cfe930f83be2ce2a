// The notes of the editor and what can be done to them. A note is { part, onset, length, pitch, mark }, times in steps,
// and is never changed: an edit puts other notes in its place. `mark` says how it differs from another version, if asked.

const noteKey = ({ part, onset, length, pitch }) => `${part}/${onset}/${length}/${pitch}`;
const inOrder = (one, other) => one.onset - other.onset || one.part - other.part || one.pitch - other.pitch;
const endOf = (note) => note.onset + note.length;
const countWords = (count) => (count === 1 ? "a note" : `${count} notes`);

class EditorNotes {
  constructor() {
    Object.assign(this, { rows: [], ghosts: [], parts: [], steps: 0, selected: new Set(), focused: null });
  }

  // Take over what the server has; what was selected stays so where it is still there. Whether any note differs.
  take({ notes, marks, parts, steps }) {
    Object.assign(this, { parts, steps });
    const all = [];
    for (let i = 0; i < notes.length; i += 4) {
      all.push({ part: notes[i], onset: notes[i + 1], length: notes[i + 2], pitch: notes[i + 3], mark: marks?.[i / 4] });
    }
    all.sort(inOrder);
    this.ghosts = all.filter(({ mark }) => mark === "removed");
    const rows = all.filter(({ mark }) => mark !== "removed");
    const same = rows.length === this.rows.length && rows.every((note, i) => noteKey(note) === noteKey(this.rows[i]));
    if (same) rows.forEach(({ mark }, i) => (this.rows[i].mark = mark));
    else this.replace(rows);
    return !same;
  }

  replace(rows) {
    const chosen = new Set([...this.selected].map(noteKey));
    this.rows = rows;
    this.selected = new Set(rows.filter((note) => chosen.has(noteKey(note)) && !this.isLocked(note)));
    this.focused = rows.find((note) => this.focused && noteKey(note) === noteKey(this.focused)) ?? null;
  }

  isLocked(note) {
    return this.parts[note.part].locked;
  }

  isDrum(note) {
    return this.parts[note.part].drums;
  }

  get free() {
    return this.rows.filter((note) => !this.isLocked(note));
  }

  // As the server knows them: part, onset, length and pitch of each note, one after the other.
  flat() {
    return this.rows.flatMap(({ part, onset, length, pitch }) => [part, onset, length, pitch]);
  }

  // Put `after` in the place of `before`; where notes of one line would sound together, those of `after` win.
  change(before, after) {
    const gone = new Set(before);
    const marked = this.rows.some(({ mark }) => mark);
    const touched = this.untangled(after.map((note) => ({ ...note, mark: marked ? "added" : undefined })));
    const lines = Map.groupBy(touched, (note) => this.line(note));
    const rest = this.rows.filter((note) => !gone.has(note)).flatMap((note) => this.cut(note, lines.get(this.line(note)) ?? []));
    this.rows = [...rest, ...touched].sort(inOrder);
    this.selected = new Set(touched);
    const near = before[0]?.onset ?? 0;
    this.focused = touched[0] ?? this.free.findLast((note) => note.onset <= near) ?? null;
  }

  // Notes that can't sound together share a line: all of a single part, else those of one pitch.
  line({ part, pitch }) {
    return this.parts[part].single ? `${part}` : `${part}/${pitch}`;
  }

  untangled(notes) {
    const kept = [];
    for (const line of Map.groupBy(notes, (note) => this.line(note)).values()) {
      line.sort((one, other) => one.onset - other.onset || other.pitch - one.pitch);
      const apart = line.filter((note, i) => !i || note.onset > line[i - 1].onset);
      kept.push(...apart.map((note, i) => ({ ...note, length: Math.min(note.length, (apart[i + 1]?.onset ?? Infinity) - note.onset) })));
    }
    return kept;
  }

  cut(note, winners) {
    let left = note;
    for (const winner of winners) {
      if (!left || left.onset >= endOf(winner) || endOf(left) <= winner.onset) continue;
      if (left.onset < winner.onset) left = { ...left, length: winner.onset - left.onset };
      else if (endOf(left) > endOf(winner) && this.parts[left.part].single) {
        left = { ...left, onset: endOf(winner), length: endOf(left) - endOf(winner) };
      } else left = null;
    }
    return left ? [left] : [];
  }

  // The parts and steps that the selected notes lie in; no parts where nothing is selected.
  range() {
    const notes = [...this.selected];
    if (!notes.length) return { parts: [], start: 0, end: 0 };
    const parts = [...new Set(notes.map(({ part }) => part))].sort((one, other) => one - other);
    return { parts, start: Math.min(...notes.map(({ onset }) => onset)), end: Math.max(...notes.map(endOf)) };
  }

  // The note before or after the focused one in time, of those that can be edited.
  neighbour(direction) {
    const { free } = this;
    const at = free.indexOf(this.focused);
    if (at < 0) return free.at(direction > 0 ? 0 : -1) ?? null;
    return free[clamp(at + direction, 0, free.length - 1)];
  }
}
