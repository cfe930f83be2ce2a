// Places in the music: in beats and in seconds, so that one is found again at another tempo, and those that a person
// points to. Text that is put before player.js.

const gridOf = ({ beats, seconds }) => (beats.length > 1 ? beats : [0, seconds]);
const within = (grid, beat) => clamp(Math.floor(beat), 0, grid.length - 2);

// Beats from the roll's first one on; before it and after the last, beats go on as long as their neighbours.
function beatOf(roll, seconds) {
  const grid = gridOf(roll);
  const i = within(grid, grid.findLastIndex((beat) => beat <= seconds + 1e-6));
  return i + (seconds - grid[i]) / (grid[i + 1] - grid[i]);
}

function secondOf(roll, beat) {
  const grid = gridOf(roll);
  const i = within(grid, beat);
  return grid[i] + (beat - i) * (grid[i + 1] - grid[i]);
}

// Whether two rolls show one piece, maybe in other takes or at another tempo.
function samePiece(one, other) {
  return one.title === other.title && one.bars.length === other.bars.length;
}

// Whether the beats of two rolls lie at the same times.
function sameClock(one, other) {
  const grid = gridOf(other);
  return gridOf(one).every((beat, i) => Math.abs(beat - (grid[i] ?? beat)) < 1e-3);
}

// The beat before (-1) or after (1) a place; the start or the end where there is none.
function nextBeat({ beats, seconds }, now, direction) {
  const next = direction > 0 ? beats.find((beat) => beat > now + 0.01) : beats.findLast((beat) => beat < now - 0.06);
  return next ?? (direction > 0 ? seconds : 0);
}

// A click into the roll goes there, and so does the mouse while it drags, where that is not the loop's.
function seekByPointer(roll, loop, seek) {
  const { sheet } = roll;
  const at = (event) => roll.seconds(event.clientX - sheet.getBoundingClientRect().left);
  const seeks = (event) => event.pointerType === "mouse" && event.button === 0 && !loop?.wants(event);
  let dragging = false;
  sheet.addEventListener("click", (event) => seek(at(event)));
  sheet.addEventListener("pointerdown", (event) => (dragging = seeks(event)));
  sheet.addEventListener("pointermove", (event) => dragging && event.buttons === 1 && seek(at(event)));
  window.addEventListener("pointerup", () => (dragging = false));
}
