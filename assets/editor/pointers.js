// From mouse, pen and fingers to gestures, at most one step of them a frame.

const DRAG_PX = 4;
const TOUCH_SLACK_PX = 7;
const SCROLL_ZONE_PX = 28;

class Pointers {
  constructor(editor) {
    Object.assign(this, { editor, gesture: null, down: new Set(), asked: false });
    const { sheet, keys } = editor.sheet;
    for (const node of [sheet, keys]) {
      node.addEventListener("pointerdown", (event) => this.begin(event));
      node.addEventListener("pointermove", (event) => this.move(event));
      node.addEventListener("pointerup", (event) => this.end(event));
      node.addEventListener("pointercancel", (event) => this.end(event, true));
    }
    sheet.addEventListener("pointerleave", () => this.gesture || editor.sheet.light(null));
    sheet.addEventListener("contextmenu", (event) => this.gesture && event.preventDefault());
  }

  pointOf({ clientX, clientY, pointerType }) {
    const { sheet } = this.editor;
    const { left, top } = sheet.scroller.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    return { x, y, step: sheet.step(x), row: sheet.rowAt(y), down: y - sheet.rowTop(0), touch: pointerType === "touch" };
  }

  begin(event) {
    if (event.button !== 0) return;
    this.down.add(event.pointerId);
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = this.pointOf(event);
    if (this.down.size === 2) {
      this.cancel();
      this.gesture = new PanGesture(this.editor, point, { along: true, across: true });
      this.pointer = event.pointerId;
    }
    if (this.down.size > 1 || this.gesture) return;
    this.pointer = event.pointerId;
    this.last = point;
    this.editor.sheet.sheet.focus({ preventScroll: true });
    this.editor.watch(false);
    this.gesture = this.gestureAt(point, event);
  }

  gestureAt(point, event) {
    const { editor } = this;
    const adds = event.shiftKey || event.ctrlKey || event.metaKey;
    if (event.currentTarget === editor.sheet.keys) return new PanGesture(editor, point, { across: true });
    if (point.y < RULER_PX) return new PanGesture(editor, point, { along: true });
    if (editor.outbox.undoing) return null;
    if (editor.tool === "erase") return new EraseGesture(editor, point);
    const { note, edge, locked } = editor.sheet.hit(point.x, point.y, point.touch ? TOUCH_SLACK_PX : 0);
    if (note) return this.gestureOn(note, edge, point, adds);
    if (editor.tool === "select" || adds) return new BoxGesture(editor, point, adds);
    return editor.mayDraw(point, locked) ? new DrawGesture(editor, point) : null;
  }

  gestureOn(note, edge, point, adds) {
    const { editor } = this;
    const { selected } = editor.notes;
    if (adds) {
      if (!selected.delete(note)) selected.add(note);
      editor.settle();
      editor.tellChosen();
      return null;
    }
    if (!selected.has(note)) editor.notes.selected = new Set([note]);
    editor.notes.focused = note;
    editor.sheet.draw();
    return edge ? new StretchGesture(editor, point, note) : new MoveGesture(editor, point, note);
  }

  move(event) {
    if (this.gesture && event.pointerId !== this.pointer) return;
    this.last = this.pointOf(event);
    this.client = { clientX: event.clientX, clientY: event.clientY, pointerType: event.pointerType };
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.asked = false;
    if (!this.gesture) return this.hover();
    if (this.scrollAtEdge()) {
      this.asked = true;
      requestAnimationFrame(() => this.frame());
    }
    return this.gesture.update(this.last);
  }

  // The sheet has moved under a pointer that stands still.
  follow() {
    if (!this.gesture?.begun) return;
    this.last = this.pointOf(this.client);
    this.gesture.update(this.last);
  }

  // A drag to the edge of the window takes the window along, as long as the pointer is there.
  scrollAtEdge() {
    const { sheet } = this.editor;
    if (!this.gesture.begun || !this.client) return false;
    const push = (at, first, last) => (at < first + SCROLL_ZONE_PX ? -10 : at > last - SCROLL_ZONE_PX ? 10 : 0);
    const { scrollLeft, scrollTop } = sheet.scroller;
    sheet.scroller.scrollBy(push(this.last.x, 0, sheet.viewWidth), push(this.last.y, RULER_PX, sheet.viewHeight) / 2);
    if (sheet.scroller.scrollLeft === scrollLeft && sheet.scroller.scrollTop === scrollTop) return false;
    sheet.looked();
    sheet.draw();
    this.last = this.pointOf(this.client);
    return true;
  }

  hover() {
    const { sheet, tool, part, notes, data } = this.editor;
    const { x, y, row, touch } = this.last;
    const { note, edge, locked } = y < RULER_PX ? {} : sheet.hit(x, y);
    const empty = { draw: "crosshair", select: "default", erase: "default" }[tool];
    const over = tool === "erase" ? "pointer" : edge ? "ew-resize" : "grab";
    sheet.sheet.style.cursor = y < RULER_PX ? "grab" : note ? over : locked ? "not-allowed" : empty;
    const shown = note ?? (notes.parts[part] && sheet.rows.pitch(row, part) !== null ? { part } : null);
    if (!touch && data) sheet.light(y < RULER_PX || !shown ? null : row, shown && sheet.colourOf(shown));
  }

  end(event, cancelled = false) {
    this.down.delete(event.pointerId);
    if (event.pointerId !== this.pointer || !this.gesture) return;
    if (cancelled) return this.cancel();
    const { gesture } = this;
    gesture.update(this.pointOf(event));
    this.gesture = null;
    this.editor.sheet.land();
    gesture.finish();
  }

  cancel() {
    const { gesture } = this;
    this.gesture = null;
    gesture?.cancel?.();
    if (!gesture) return;
    this.editor.sheet.land();
    this.editor.redraw();
  }
}
