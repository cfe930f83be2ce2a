// What goes to the server. Each message has a number and is sent until the server has said that it has read it, so that
// none is lost and none counts twice. While one is on its way the others wait: Streamlit may begin to run a page anew
// before a callback has ended, and two of them at once would get in each other's way.

const LATER_MS = 350;
const ANSWER_MS = 4000;
const KINDS = ["edit", "select", "history"]; // in this order where several go at once

class Outbox {
  constructor() {
    Object.assign(this, { author: Math.random().toString(36).slice(2, 12), number: 0, waiting: [], held: new Map(), askedAt: -Infinity, sentAt: -Infinity, sent: 0 });
  }

  // Whether the server does not know yet what is on the page.
  get busy() {
    return this.waiting.length > 0 || this.held.size > 0;
  }

  // Whether an answer to undo or redo is on its way: until it is here nothing may be built on the notes of before.
  get undoing() {
    return performance.now() - this.askedAt < ANSWER_MS && this.waiting.some(({ kind }) => kind === "history");
  }

  // `later` waits for more of the same, as when a key is held down, and sends the last alone.
  put(message, later = false) {
    const before = this.held.get(message.kind) ?? message;
    if (!later || before.words !== message.words) this.flush();
    this.held.set(message.kind, message);
    clearTimeout(this.timer);
    if (later) this.timer = setTimeout(() => this.flush(), LATER_MS);
    else this.flush();
  }

  ask(way) {
    this.askedAt = performance.now();
    this.put({ kind: "history", way });
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.held.size) return;
    const held = KINDS.flatMap((kind) => this.held.get(kind) ?? []);
    for (const message of held) this.waiting.push({ ...message, number: ++this.number });
    this.held.clear();
    this.post();
  }

  post() {
    const onTheWay = this.waiting.some((message) => message.number <= this.sent);
    if (onTheWay && performance.now() - this.sentAt < ANSWER_MS) return;
    Object.assign(this, { sent: this.number, sentAt: performance.now() });
    this.send({ author: this.author, messages: this.waiting });
  }

  heard([author, number]) {
    if (author !== this.author) return;
    this.waiting = this.waiting.filter((message) => message.number > number);
    if (this.waiting.length) setTimeout(() => this.waiting.length && this.post());
  }

  // The page shows other music: what is on its way was meant for the former.
  forget() {
    clearTimeout(this.timer);
    this.held.clear();
    this.waiting = [];
  }
}
