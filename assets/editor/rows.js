// Which row of the sheet a note lies in: one a semitone from the highest down, then one a drum of the kit.

class Rows {
  constructor({ low, high }, lanes, notes) {
    Object.assign(this, { high, lanes, notes, pitched: high - low + 1 });
    this.laneOf = new Map(lanes.map(({ pitch }, number) => [pitch, this.pitched + number]));
  }

  get count() {
    return this.pitched + this.lanes.length;
  }

  of(note) {
    return this.notes.isDrum(note) ? this.laneOf.get(note.pitch) : this.high - note.pitch;
  }

  // The pitch of a row, or null where notes of this part don't lie there.
  pitch(row, part) {
    const { drums } = this.notes.parts[part];
    if (row < 0 || row >= this.count || (row >= this.pitched) !== drums) return null;
    return drums ? this.lanes[row - this.pitched].pitch : this.high - row;
  }

  // How far notes can be moved together: the least and the most steps and rows.
  room(notes) {
    const all = notes.map((note) => {
      const row = this.of(note);
      const [first, last] = this.notes.isDrum(note) ? [this.pitched, this.count - 1] : [0, this.pitched - 1];
      return { left: -note.onset, right: this.notes.steps - endOf(note), up: first - row, down: last - row };
    });
    const most = (name) => all.reduce((found, each) => Math.max(found, each[name]), -Infinity);
    const least = (name) => all.reduce((found, each) => Math.min(found, each[name]), Infinity);
    return { left: most("left"), right: least("right"), up: most("up"), down: least("down") };
  }

  moved(notes, steps, rows) {
    return notes.map((note) => ({ ...note, onset: note.onset + steps, pitch: this.pitch(this.of(note) + rows, note.part) }));
  }

  // Each note so much longer or shorter, by the grid at least, and within the music.
  stretched(notes, steps, grid) {
    return notes.map((note) => {
      const least = Math.min(grid, note.length);
      return { ...note, length: clamp(note.length + steps, least, Math.max(least, this.notes.steps - note.onset)) };
    });
  }
}
