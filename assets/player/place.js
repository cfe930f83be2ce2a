// A place in the music, in beats and in seconds, so that it can be found again at another tempo. Text that is put before
// player.js.

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
