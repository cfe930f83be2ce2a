// A MIDI keyboard where the browser gives it; where not, a sentence says why and what to do.

const MIDI_WORDS = {
  missing: "This browser can't listen to MIDI keyboards; Chrome, Edge and Firefox can.",
  insecure: "A MIDI keyboard needs an https address, or the studio on this computer.",
  none: "No MIDI keyboard is plugged in yet; plug one in and play.",
  refused: "The browser wasn't allowed to listen to MIDI; allow it beside the address and try again.",
  broken: "The MIDI system of this computer doesn't answer; plug the keyboard in again and reload the page.",
};

function midiObstacle() {
  if (!window.isSecureContext) return MIDI_WORDS.insecure;
  return navigator.requestMIDIAccess ? "" : MIDI_WORDS.missing;
}

// Listen to all MIDI inputs, also those plugged in later; `tell` gets a sentence, `note` each key: on, pitch, velocity, ms.
async function listenToMidi(note, tell) {
  let access;
  try {
    access = await navigator.requestMIDIAccess();
  } catch (error) {
    return tell(["NotAllowedError", "SecurityError"].includes(error.name) ? MIDI_WORDS.refused : MIDI_WORDS.broken);
  }
  const hear = ({ data: [status, pitch, velocity], timeStamp }) => {
    const kind = status & 0xf0;
    if (kind === 0x90 || kind === 0x80) note(kind === 0x90 && velocity > 0, pitch, velocity, timeStamp || performance.now());
  };
  const connect = () => {
    const inputs = [...access.inputs.values()];
    for (const input of inputs) input.onmidimessage = hear;
    tell(inputs.length ? `Listening to ${inputs.map((input) => input.name).join(", ")}.` : MIDI_WORDS.none);
  };
  access.onstatechange = connect;
  connect();
}
