// The receiving worker: deliveries come in, pictures go to the page's places and
// sound to the output's worklet. The page's own thread touches neither.

import { nowUs } from "../send/clock.js";
import { nameOf, Receiver } from "./receiver.js";

const TICK_MS = 8;
const REPORT_MS = 250; // as docs/protocol.md asks
const LEVELS_MS = 100;

/** What the publishing worker hands on: a new socket, and what arrives on it. */
/** @typedef {"connected" | ArrayBuffer} FromUplink */

const page = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
/** @type {MessagePort | null} */
let uplink = null;
/** @type {MessagePort | null} */
let output = null;

const receiver = new Receiver({
  sendText: (text) => uplink?.postMessage(text),
  play: (name, chunk) => {
    if (chunk) output?.postMessage({ name, ...chunk }, [chunk.samples.buffer]);
    else output?.postMessage({});
  },
  onLate: (ms, anchorMs) => page.postMessage({ type: "late", ms, anchorMs }),
});

/** @type {Record<string, (message: any) => void>} */
const fromPage = {
  uplink({ port }) {
    uplink = port;
    port.onmessage = (/** @type {MessageEvent<FromUplink>} */ { data }) => {
      if (data === "connected") receiver.arrivals.restart();
      else receive(data);
    };
  },
  connected: () => receiver.arrivals.restart(),
  output: ({ port }) => (output = port),
  clock({ contextMs, atMs, latencyMs }) {
    if (contextMs === null) receiver.soundClock.stop();
    else receiver.soundClock.set(contextMs, atMs, latencyMs);
  },
  attach: ({ id, number, kind, target }) =>
    receiver.painter.attach(id, nameOf(number, kind), target),
  detach: ({ id }) => receiver.painter.detach(id),
  forgetPlace: ({ id }) => receiver.painter.forget(id),
  forget: ({ number }) => receiver.forget(number),
  bytes: ({ bytes }) => receive(bytes),
  playhead: ({ playhead }) => receiver.setPlayhead(playhead),
  clear: () => receiver.clear(),
};

page.onmessage = (/** @type {MessageEvent} */ { data }) => fromPage[data.type]?.(data);
setInterval(() => receiver.tick(nowUs() / 1000), TICK_MS);
setInterval(() => uplink?.postMessage(JSON.stringify(receiver.arrivals.report())), REPORT_MS);
setInterval(() => {
  page.postMessage({
    type: "report",
    levels: receiver.takeLevels(),
    qualities: receiver.qualities,
    decodeMs: receiver.decodeMs,
    queuedBytes: receiver.queuedBytes,
    receivedBytes: receiver.arrivals.bytes,
  });
}, LEVELS_MS);

page.postMessage({ type: "hello" });

/** @param {ArrayBuffer} bytes */
function receive(bytes) {
  receiver.receive(bytes, nowUs() / 1000);
}
