// How notes and their places are said in words, for eyes and for screen readers.

const PITCH_NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const LENGTH_NAMES = {
  1: "a third of a sixteenth", 3: "a sixteenth", 4: "an eighth triplet", 6: "an eighth", 8: "a quarter triplet", 9: "a dotted eighth",
  12: "a quarter", 18: "a dotted quarter", 24: "a half", 36: "a dotted half", 48: "a whole note",
};
const QUARTER = 12;

const pitchWords = (pitch) => `${PITCH_NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
const quarterWords = (steps) => Number((steps / QUARTER).toFixed(2));
const lengthWords = (steps) => LENGTH_NAMES[steps] ?? `${quarterWords(steps)} quarters`;

// “bar 2 beat 3”; what lies before the first full bar is the pickup.
function placeWords(onset, { bar, pickup }) {
  const step = onset - pickup;
  if (step < 0) return `pickup beat ${quarterWords(onset) + 1}`;
  return `bar ${Math.floor(step / bar) + 1} beat ${quarterWords(step % bar) + 1}`;
}

// “Alto, E4, bar 2 beat 3, a quarter”.
function noteWords(note, data) {
  const { name, drums } = data.parts[note.part];
  const drum = data.lanes.find(({ pitch }) => pitch === note.pitch)?.name;
  const words = [name, drums ? drum : pitchWords(note.pitch), placeWords(note.onset, data)];
  if (!drums) words.push(lengthWords(note.length));
  return words.join(", ");
}
