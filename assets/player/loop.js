// A stretch of the music to be repeated. Its ends lie on beats: dragged over the bar numbers or, with Shift, over the
// notes, or set at the playhead from the keyboard. Text that is put before player.js.

const LEAST_DRAG_PX = 6;

class Loop {
  // `seek` is called with a place to go on from.
  constructor(roll, transport, sound, seek) {
    Object.assign(this, { roll, transport, sound, seek, start: 0, end: 0 });
    this.band = element("div", { class: "band", "aria-hidden": "true", hidden: true });
    this.axis = element("div", { class: "axis", "aria-hidden": "true", title: "Drag to choose what to repeat" });
    roll.sheet.append(this.band, this.axis);
    roll.sheet.addEventListener("pointerdown", (event) => this.begin(event));
    roll.sheet.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) roll.sheet.addEventListener(name, () => this.finish());
    // The click that ends a drag is not meant as one.
    roll.sheet.addEventListener("click", (event) => this.dragged && event.stopImmediatePropagation());
  }

  // A person has chosen other ends, or none.
  chosen() {
    const ends = this.chosenEnds;
    if (Boolean(ends) !== pressed(this.transport.repeat)) press(this.transport.repeat);
    this.take();
    const now = this.sound.position;
    if (ends && (now < ends.start || now >= ends.end)) this.seek(ends.start);
  }

  // Let the music repeat, from now on, what is chosen and switched on.
  take() {
    this.tell();
    this.sound.takeLoop();
  }

  tell() {
    const ends = this.chosenEnds;
    this.sound.loop = pressed(this.transport.repeat) ? ends : null;
    this.band.classList.toggle("off", !this.sound.loop);
    this.transport.tellLoop(ends && this.words());
  }

  get chosenEnds() {
    return this.end > this.start ? { start: this.start, end: this.end } : null;
  }

  wants(event) {
    return event.button === 0 && (event.target === this.axis || event.shiftKey);
  }

  begin(event) {
    this.dragged = false;
    if (!this.wants(event)) return;
    this.from = event.clientX;
    this.roll.sheet.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (this.from === undefined || (!this.dragged && Math.abs(event.clientX - this.from) < LEAST_DRAG_PX)) return;
    this.dragged = true;
    const { left } = this.roll.sheet.getBoundingClientRect();
    const [first, last] = [this.from, event.clientX].sort((one, other) => one - other).map((x) => this.roll.seconds(x - left));
    this.put(this.beatBefore(first), this.beatAfter(last));
  }

  finish() {
    if (this.from !== undefined && this.dragged) this.chosen();
    this.from = undefined;
  }

  get beats() {
    const { beats, seconds } = this.roll.data;
    return [0, ...beats.filter((beat) => beat > 1e-3), seconds];
  }

  beatBefore(seconds) {
    return this.beats.slice(0, -1).findLast((beat) => beat <= seconds + 1e-3) ?? 0;
  }

  beatAfter(seconds) {
    return this.beats.find((beat) => beat > seconds + 1e-3) ?? this.beats.at(-1);
  }

  nearestBeat(seconds) {
    return this.beats.reduce((best, beat) => (Math.abs(beat - seconds) < Math.abs(best - seconds) ? beat : best));
  }

  // One end at the beat next to the playhead; the other stays where it can, a beat away at least.
  setStart(seconds) {
    const start = Math.min(this.nearestBeat(seconds), this.beats.at(-2));
    this.put(start, this.end > start ? this.end : this.beats.at(-1));
    this.chosen();
  }

  setEnd(seconds) {
    const end = Math.max(this.nearestBeat(seconds), this.beats[1]);
    this.put(this.start < end ? this.start : 0, end);
    this.chosen();
  }

  clear() {
    this.put(0, 0);
    this.chosen();
  }

  put(start, end) {
    Object.assign(this, { start, end });
    this.draw();
  }

  draw() {
    const { roll } = this;
    this.axis.style.top = `${roll.bottom}px`;
    this.axis.style.height = `${roll.foot}px`;
    this.band.hidden = !this.chosenEnds;
    if (this.band.hidden) return;
    const left = roll.x(this.start);
    Object.assign(this.band.style, { left: `${left}px`, width: `${roll.x(this.end) - left}px` });
  }

  // First and last beat as bar.beat, both of them inside: "2.1 – 4.4".
  words() {
    const place = (seconds) => {
      const { bars, beats } = this.roll.data;
      const bar = bars.findLast((start) => start <= seconds + 1e-3) ?? 0;
      const number = bars.filter((start) => start <= seconds + 1e-3).length;
      return `${number}.${beats.filter((beat) => beat >= bar - 1e-3 && beat <= seconds + 1e-3).length}`;
    };
    return `${place(this.start)} – ${place(this.beatBefore(this.end - 0.01))}`;
  }
}
