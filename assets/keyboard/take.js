// What has been recorded, in passes: each holds rows of onset, duration (quarter notes from the first bar line on),
// pitch and velocity. A pass that is `fresh` puts aside what was before it, any other adds to it. It lives as long as
// the tab, so that a reload, or a look at another page, loses nothing.

const KEPT = "composer.keyboard";

class Take {
  constructor(settings) {
    this.passes = [];
    this.settings = settings;
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
      this.passes = kept.passes ?? [];
      Object.assign(this.settings, kept.settings);
    } catch {
      // A browser that keeps nothing: the take lives as long as the card.
    }
  }

  get notes() {
    const first = this.passes.findLastIndex((pass) => pass.fresh);
    return this.passes.slice(Math.max(first, 0)).flatMap((pass) => pass.rows);
  }

  begin(fresh) {
    this.passes.push({ fresh, rows: [] });
  }

  add(row) {
    this.passes.at(-1).rows.push(row);
  }

  undo() {
    this.passes.pop();
    this.keep();
  }

  // A pass without a note is none.
  end() {
    if (!this.passes.at(-1)?.rows.length) this.passes.pop();
    this.keep();
  }

  keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ passes: this.passes, settings: this.settings }));
    } catch {
      // Full or forbidden: as above.
    }
  }
}
