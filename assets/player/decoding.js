// Sound files, taken apart and decoded. Text that is put before a component's own script.

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const files = header.sizes.map((size) => bytes.slice(at, (at += size)));
  return { header, files };
}

// What was decoded last, by a name that stands for its content, oldest first: what was heard lately needs no waiting.
const DECODED = new Map();
const DECODED_BYTES = 96 * 2 ** 20;

// The sound of the file that `bring` promises, an ArrayBuffer; it is only brought where `name` isn't kept.
function decoded(name, bring) {
  const entry = DECODED.get(name) ?? { sound: bring().then(decode), bytes: 0 };
  DECODED.delete(name);
  DECODED.set(name, entry);
  entry.sound.then(
    (buffer) => {
      entry.bytes = 4 * buffer.length;
      forgetOldest(name);
    },
    () => DECODED.get(name) === entry && DECODED.delete(name),
  );
  return entry.sound;
}

function decode(file) {
  return new OfflineAudioContext(1, 1, 44100).decodeAudioData(file);
}

function forgetOldest(newest) {
  let kept = [...DECODED.values()].reduce((sum, each) => sum + each.bytes, 0);
  for (const [name, { bytes }] of DECODED) {
    if (kept <= DECODED_BYTES || name === newest) return;
    DECODED.delete(name);
    kept -= bytes;
  }
}

// The file at an address. The server may be renewing its list of files just then, so it is asked more than once.
const FETCH_PAUSES_MS = [200, 800, null];
async function fetchFile(address) {
  for (const pause of FETCH_PAUSES_MS) {
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return answer.arrayBuffer();
    if (pause) await new Promise((done) => setTimeout(done, pause));
  }
  throw new Error(`no sound at ${address}`);
}
