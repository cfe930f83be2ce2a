// How the sheet looks: rows and bars, notes with what is chosen, locked or different about them, the ruler and the keys.

Object.assign(EditorSheet.prototype, {
  draw() {
    if (!this.viewWidth) return;
    const pen = this.size(this.notes, this.viewWidth, this.viewHeight);
    this.drawRows(pen);
    this.drawBeats(pen);
    for (const note of this.model.ghosts) this.drawGhost(pen, note);
    const { rows, selected } = this.model;
    const layers = [(note) => this.model.isLocked(note), (note) => !this.model.isLocked(note) && !selected.has(note), (note) => selected.has(note)];
    for (const layer of layers) {
      for (let i = rows.length - 1; i >= 0; i--) {
        if (layer(rows[i]) && !this.hidden.has(rows[i])) this.drawEditorNote(pen, rows[i], this.viewWidth, this.viewHeight, selected.has(rows[i]));
      }
    }
    this.drawFocus(pen);
    this.drawRuler(pen);
    this.drawKeyboard();
  },

  drawRows(pen) {
    const { colours, rows } = this;
    const hair = 1 / this.scale;
    const first = Math.max(0, this.rowAt(RULER_PX));
    const last = Math.min(rows.count - 1, this.rowAt(this.viewHeight));
    for (let row = first; row <= last; row++) {
      const drums = row >= rows.pitched;
      pen.fillStyle = colours.stripe;
      if (drums ? (row - rows.pitched) % 2 === 0 : BLACK.has((this.high - row) % 12)) pen.fillRect(0, this.rowTop(row), this.viewWidth, this.row);
      pen.fillStyle = drums || (this.high - row) % 12 === 0 ? colours.bar : colours.hair;
      if (drums || [0, 5].includes((this.high - row) % 12)) pen.fillRect(0, this.rowTop(row + 1) - hair, this.viewWidth, hair);
    }
  },

  drawBeats(pen) {
    const { colours, zoom } = this;
    const { bar, steps } = this.data;
    pen.globalAlpha = 0.55;
    if (this.snap * zoom >= 7) this.drawUprights(pen, this.snap, colours.hair, 1 / this.scale);
    pen.globalAlpha = 1;
    if (QUARTER * zoom >= 7) this.drawUprights(pen, QUARTER, colours.hair, 1);
    this.drawUprights(pen, bar * Math.max(1, Math.ceil(8 / (bar * zoom))), colours.bar, 1);
    // What lies beyond the music can't hold notes.
    pen.fillStyle = colours.hair;
    const [begin, end] = [this.x(0), this.x(steps)];
    if (begin > 0) pen.fillRect(0, RULER_PX, begin, this.viewHeight);
    if (end < this.viewWidth) pen.fillRect(end, RULER_PX, this.viewWidth - end, this.viewHeight);
  },

  // A line every so many steps, counted from the first full bar.
  drawUprights(pen, grid, colour, width) {
    const { pickup, steps } = this.data;
    const first = Math.max(0, Math.floor(this.step(0)));
    const last = Math.min(steps, this.step(this.viewWidth));
    pen.fillStyle = colour;
    for (let step = first + ((((pickup - first) % grid) + grid) % grid); step <= last; step += grid) {
      pen.fillRect(Math.round(this.x(step)), RULER_PX, width, this.viewHeight);
    }
  },

  // Left, top and width of a note in the window, or null where it is out of sight.
  placeOf(note, viewWidth, viewHeight) {
    const left = this.x(note.onset) + 0.5;
    const width = this.widthOf(note);
    const top = this.rowTop(this.rows.of(note));
    return left > viewWidth || left + width < 0 || top > viewHeight || top + this.row < 0 ? null : { left, top: top + 0.75, width, height: this.row - 1.5 };
  },

  colourOf({ part }) {
    const { colour, colour_dark } = this.model.parts[part];
    return this.colours.dark ? colour_dark : colour;
  },

  // Locked notes are faded; where two versions are compared, so are those that are the same in both.
  strength(note, selected) {
    if (note.mark) return note.mark === "same" && !selected ? 0.4 : 1;
    return this.model.isLocked(note) ? 0.3 : 1;
  },

  drawEditorNote(pen, note, viewWidth, viewHeight, selected) {
    const place = this.placeOf(note, viewWidth, viewHeight);
    if (!place) return;
    const { left, top, width, height } = place;
    const locked = this.model.isLocked(note);
    pen.globalAlpha = this.strength(note, selected);
    if (this.model.isDrum(note)) this.drawStroke(pen, left + height / 2, top + height / 2, height / 2.6, this.colourOf(note), this.lanes.get(note.pitch).mark);
    else this.drawNote(pen, left, top, width, height, this.colourOf(note), this.model.parts[note.part].pattern);
    pen.globalAlpha = 1;
    if (note.mark === "added" || selected) this.outline(pen, place, selected ? 2 : 1.2, selected ? 0.5 : 0);
    if (note.mark === "added" && width > 12) this.drawPlus(pen, left + 6, top + height / 2);
    if (selected && width > 14 && !this.model.isDrum(note)) this.drawGrip(pen, left + width - 4.5, top + height / 2);
    if (locked && !note.mark && this.lockedSign(note)) this.drawLock(pen, left + 8, top + height / 2);
  },

  outline(pen, { left, top, width, height }, line, out) {
    pen.strokeStyle = this.colours.text;
    pen.lineWidth = line;
    pen.beginPath();
    pen.roundRect(left - out, top - out, width + 2 * out, height + 2 * out, Math.min(3, height / 2, width / 2));
    pen.stroke();
  },

  // What another version had here: an empty dashed frame.
  drawGhost(pen, note) {
    const place = this.placeOf(note, this.viewWidth, this.viewHeight);
    if (place) this.frame(pen, place, this.colourOf(note));
  },

  frame(pen, { left, top, width, height }, colour) {
    pen.strokeStyle = colour;
    pen.setLineDash([3, 3]);
    pen.lineWidth = 1.4;
    pen.strokeRect(left + 0.7, top + 0.7, Math.max(width - 1.4, 1), height - 1.4);
    pen.setLineDash([]);
  },

  drawPlus(pen, x, y) {
    const arm = Math.min(3, this.row / 4);
    pen.fillStyle = this.colours.text;
    pen.fillRect(x - arm, y - 0.75, 2 * arm, 1.5);
    pen.fillRect(x - 0.75, y - arm, 1.5, 2 * arm);
  },

  drawGrip(pen, x, y) {
    const half = Math.max(2, this.row / 4);
    pen.fillStyle = this.colours.text;
    pen.fillRect(x, y - half, 1.5, 2 * half);
  },

  // Where bars begin is enough for the sign: on each note it would be a crowd.
  lockedSign(note) {
    return this.row > 9 && this.widthOf(note) > 16 && (note.onset - this.data.pickup) % this.data.bar === 0;
  },

  drawLock(pen, x, y) {
    pen.fillStyle = pen.strokeStyle = this.colours.text;
    pen.globalAlpha = 0.75;
    pen.fillRect(x - 3, y - 0.5, 6, 4);
    pen.lineWidth = 1.2;
    pen.beginPath();
    pen.arc(x, y - 0.5, 2, Math.PI, 0);
    pen.stroke();
    pen.globalAlpha = 1;
  },

  // The note that the keyboard is at.
  drawFocus(pen) {
    const { focused } = this.model;
    const place = this.watched && focused && !this.hidden.has(focused) && this.placeOf(focused, this.viewWidth, this.viewHeight);
    if (!place) return;
    pen.strokeStyle = this.colours.text;
    pen.lineWidth = 1.5;
    pen.setLineDash([4, 3]);
    pen.strokeRect(place.left - 3.5, place.top - 3.5, place.width + 7, place.height + 7);
    pen.setLineDash([]);
  },

  drawRuler(pen) {
    const { colours, data, zoom } = this;
    pen.fillStyle = colours.ground;
    pen.fillRect(0, 0, this.viewWidth, RULER_PX);
    this.drawBand(pen);
    pen.font = `12px ${colours.font}`;
    const every = Math.max(1, Math.ceil(30 / (data.bar * zoom)));
    for (let number = 0, at = data.pickup; at < data.steps; number++, at += data.bar) {
      const left = Math.round(this.x(at));
      if (number % every || left < -30 || left > this.viewWidth) continue;
      pen.fillStyle = colours.bar;
      pen.fillRect(left, RULER_PX - 8, 1, 8);
      pen.fillStyle = colours.muted;
      pen.fillText(number + 1, left + 5, 17);
    }
    pen.fillStyle = colours.bar;
    pen.fillRect(0, RULER_PX - 1, this.viewWidth, 1);
  },

  // The steps that are chosen.
  drawBand(pen) {
    const { parts, start, end } = this.chosen ?? { parts: [] };
    if (!parts.length) return;
    pen.fillStyle = this.colours.accent;
    pen.globalAlpha = 0.16;
    pen.fillRect(this.x(start), 2, this.x(end) - this.x(start), RULER_PX - 3);
    pen.globalAlpha = 1;
    for (const step of [start, end]) pen.fillRect(this.x(step) - 1, 2, 2, RULER_PX - 3);
  },

  drawKeyboard() {
    const { colours, keyWidth, keyLength, rows } = this;
    const pen = this.size(this.keys, keyWidth, this.viewHeight);
    const left = keyWidth - keyLength;
    pen.fillStyle = colours.whiteKey;
    pen.fillRect(left, this.rowTop(0), keyLength, rows.pitched * this.row);
    for (let row = Math.max(0, this.rowAt(RULER_PX)); row < rows.pitched && this.rowTop(row) < this.viewHeight; row++) {
      this.drawKey(pen, this.high - row, left, this.lit?.row === row ? this.lit.colour : undefined);
    }
    for (const lane of this.lanes.values()) this.drawDrumName(pen, lane, this.lit?.row === rows.laneOf.get(lane.pitch) ? this.lit.colour : undefined);
    pen.clearRect(0, 0, keyWidth, RULER_PX);
    pen.fillStyle = colours.bar;
    pen.fillRect(keyWidth - 1, RULER_PX, 1, this.viewHeight);
    pen.fillRect(left, RULER_PX - 1, keyLength, 1);
  },

  // The key of the row that the pointer is in.
  light(row, colour) {
    if (this.lit?.row === row && this.lit?.colour === colour) return;
    this.lit = row === null ? null : { row, colour };
    this.drawKeyboard();
  },
});
