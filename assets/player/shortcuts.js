// The keys of the player and the panel that tells them. Text that is put before player.js.

const SHORTCUTS = [
  ["Space", "Play or pause, anywhere on the page"],
  ["← →", "A beat back or on, in the piano roll"],
  ["Home End", "To the start or the end, in the piano roll"],
  ["[ ]", "Repeat from here, or up to here"],
  ["L", "Repeat on or off"],
  ["M", "Metronome on or off"],
  ["Esc", "Forget what is chosen to repeat"],
  ["?", "Show or hide these keys"],
];
const BY_HAND = "Drag over the bar numbers, or drag over the notes with Shift held, to choose what to repeat.";

function shortcutPanel() {
  const rows = SHORTCUTS.flatMap(([keys, words]) => [element("dt", {}, ...keys.split(" ").map((key) => element("kbd", {}, key))), element("dd", {}, words)]);
  return element("div", { class: "shortcuts", role: "region", "aria-label": "Keys of the player", hidden: true }, element("dl", {}, ...rows), element("p", {}, BY_HAND));
}

// The name of what a key asks the player to do; undefined for all other keys. Brackets count by place, too.
function shortcutOf(event) {
  if (event.key === "[" || (event.code === "BracketLeft" && !event.altKey)) return "loopStart";
  if (event.key === "]" || (event.code === "BracketRight" && !event.altKey)) return "loopEnd";
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return { " ": "toggle", l: "repeat", L: "repeat", m: "metronome", M: "metronome", "?": "help", Escape: "forget" }[event.key];
}
