// The keys of the player and the panel that tells them. Text that is put before player.js.

const SHORTCUTS = [
  ["Space", "Play or pause, anywhere on the page"],
  ["← →", "A beat back or on, in the piano roll"],
  ["Home End", "To the start or the end, in the piano roll"],
  ["[ ]", "Repeat from here, or up to here"],
  ["L", "Repeat on or off"],
  ["I", "Count-in on or off"],
  ["M", "Metronome on or off"],
  ["Esc", "Forget what is chosen to repeat"],
  ["?", "Show or hide these keys"],
];
const BY_HAND = "Drag over the bar numbers, or drag over the notes with Shift held, to choose what to repeat.";
const COMMANDS = { " ": "toggle", l: "repeat", i: "countIn", m: "metronome", "?": "help", escape: "forget" };

function shortcutPanel() {
  const rows = SHORTCUTS.flatMap(([keys, words]) => [element("dt", {}, ...keys.split(" ").map((key) => element("kbd", {}, key))), element("dd", {}, words)]);
  return element("div", { class: "shortcuts", role: "region", "aria-label": "Keys of the player", hidden: true }, element("dl", {}, ...rows), element("p", {}, BY_HAND));
}

// The name of what a key asks the player to do; undefined for all other keys. Brackets count by place, too.
function shortcutOf(event) {
  if (event.key === "[" || (event.code === "BracketLeft" && !event.altKey)) return "loopStart";
  if (event.key === "]" || (event.code === "BracketRight" && !event.altKey)) return "loopEnd";
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return COMMANDS[event.key.toLowerCase()];
}

const BUSY = "input, textarea, select, button, a, summary, [contenteditable], [role]:not([role=main]):not([role=document])";
const CLICKED = "button, a, summary, input[type=checkbox], input[type=radio]";

// Whether the focus came to where it is by a click: who clicked a button does not mean to press it again by Space.
let byPointer = false;
window.addEventListener("pointerdown", () => (byPointer = true), true);
window.addEventListener("keydown", ({ key }) => (byPointer &&= !/^(Tab|Arrow)/.test(key)), true);

// Whether what has the focus uses keys itself.
function usesKeys(target) {
  if (byPointer && target.matches?.(CLICKED)) return false;
  return Boolean(target.closest?.(BUSY));
}

// Keys that nobody else on the page uses go to the player that `find` gives, if there is one.
function listenOnPage(find) {
  window.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    const name = shortcutOf(event);
    if (!name || name === "forget" || event.defaultPrevented || usesKeys(target)) return;
    const player = find();
    if (!player) return;
    event.preventDefault();
    if (target.matches?.(CLICKED)) target.blur(); // else the key, let go, clicks it in some browsers
    player.command(name);
  });
}
