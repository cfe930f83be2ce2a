// The playhead and the clock: where the music is, shown on the roll, in words and to screen readers. Text that is put
// before player.js.

class Playhead {
  constructor(root, roll, transport, sound) {
    Object.assign(this, { root, roll, transport, sound });
    this.motion = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  // `audible` tells of each part whether it is heard, `count` is the count-in, if there is one.
  show(audible, count) {
    const { data, compact } = this.roll;
    if (!data || !this.roll.colours) return;
    const { position, playing, ahead } = this.sound;
    const seconds = Math.min(position, data.seconds);
    this.root.dataset.position = position.toFixed(3);
    const words = ahead && count ? counted(count, ahead) : this.words(seconds);
    if (this.transport.time.textContent !== words) this.announce(seconds, words);
    const calm = this.motion.matches;
    const beat = calm && playing ? data.beats.findLast((beat) => beat <= seconds + 1e-3) : seconds;
    this.roll.moveHead(beat ?? 0, playing, calm);
    if (!compact) this.roll.drawKeys(playing && !ahead ? this.roll.sounding(seconds, audible) : []);
  }

  words(seconds) {
    const whole = clock(this.roll.data.seconds);
    if (!this.roll.compact) return `${clock(seconds)} / ${whole}`;
    return this.sound.playing ? clock(seconds) : whole;
  }

  announce(seconds, words) {
    const { data, sheet } = this.roll;
    this.transport.time.textContent = words;
    const bar = data.bars.filter((start) => start <= seconds + 1e-3).length;
    sheet.setAttribute("aria-valuenow", seconds.toFixed(1));
    sheet.setAttribute("aria-valuetext", `bar ${bar}, ${clock(seconds)} of ${clock(data.seconds)}`);
  }
}

// Which click of the count-in is the last that was heard, `ahead` seconds before the music.
function counted({ clicks, seconds }, ahead) {
  return `Count-in ${Math.max(1, clicks.filter(([at]) => at <= seconds - ahead).length)}`;
}
