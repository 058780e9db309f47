// The publishing worker: sources come in from the page, records go out on the media
// socket, which lives here; what arrives on it goes straight to the decoding worker.

import { MediaSocket } from "../send/media_socket.js";
import { Sender } from "../send/sender.js";
import { Publisher } from "./publisher.js";

const REPORT_MS = 250;
/** Closes that are about what was sent: it is not worth another try. */
const REFUSED_CODES = new Set([4400, 4403, 4429]);

/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {import("../decode/worker.js").FromUplink} FromUplink */

/** @type {FromUplink} */
const CONNECTED = "connected";

const page = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
const sender = new Sender();
/** @type {MediaSocket | null} */
let socket = null;
/** @type {MessagePort | null} */
let receiver = null;
/** @type {Map<Kind, () => void>} */
const sources = new Map();
let turn = Promise.resolve();

const publisher = new Publisher({
  sender,
  onFormat: (kind, format) => page.postMessage({ type: "format", kind, ...format }),
  onLoudness: (kind, loudness) => page.postMessage({ type: "loudness", kind, loudness }),
  onRecord: () => socket?.pump(),
  onError: (kind, error) =>
    page.postMessage({ type: "failed", kind, detail: String(error) }),
});

/** @type {Record<string, (message: any) => void>} */
const fromServer = {
  keyframe: ({ kind, spatial }) => publisher.requestKey(kind, spatial),
  layers: ({ kind, spatial }) => {
    publisher.setLayers(kind, spatial);
    page.postMessage({ type: "layers", kind, spatial });
  },
  speaker: ({ number }) => page.postMessage({ type: "speaker", number }),
  storage: ({ state }) => page.postMessage({ type: "storage", state }),
  error: ({ code, detail }) => page.postMessage({ type: "refused", code, detail }),
};

/** @type {Record<string, (message: any) => void>} */
const fromPage = {
  connect({ url, token, epoch }) {
    disconnect();
    sender.begin(epoch);
    socket = new MediaSocket({
      url,
      token,
      sender,
      onReady: () => {
        receiver?.postMessage(CONNECTED); // before the first of its bytes
        setConnected(true);
      },
      onBytes: (bytes) => receiver?.postMessage(bytes, [bytes]),
      onMessage: (message) => fromServer[message.type]?.(message),
      onClose: (code) => {
        if (REFUSED_CODES.has(code)) publisher.discard();
        socket = null;
        setConnected(false, code);
      },
    });
  },
  disconnect,
  receiver({ port }) {
    receiver = port;
    port.onmessage = (/** @type {MessageEvent} */ event) => socket?.sendText(event.data);
  },
  clock({ offsetUs }) {
    publisher.serverOffsetUs = offsetUs;
  },
  start: (message) => inTurn(() => start(message)),
  frame: ({ kind, image, timestampUs }) =>
    publisher.offerFrame(kind, image, timestampUs),
  announced: ({ kind }) => publisher.announced(kind),
  stop: ({ kind }) => inTurn(() => stop(kind)),
  text: ({ text }) => socket?.sendText(text),
};

page.onmessage = (/** @type {MessageEvent} */ { data }) => fromPage[data.type]?.(data);
page.postMessage({
  type: "hello",
  hasTrackProcessor: "MediaStreamTrackProcessor" in globalThis,
});
setInterval(report, REPORT_MS);

/**
 * A start takes a while: the stop that follows it has to wait.
 * @param {() => Promise<void>} change
 */
function inTurn(change) {
  turn = turn.then(change).catch((error) =>
    // Seen as an error of the worker, by whoever listens on the page.
    reportError(error),
  );
}

/** @param {{kind: Kind, stream?: ReadableStream<VideoFrame>, track?: MediaStreamTrack, port?: MessagePort}} source */
async function start({ kind, stream, track, port }) {
  await publisher.start(kind);
  closeSource(kind);
  if (stream) void readFrames(kind, stream);
  else if (track) void readFrames(kind, processed(track), () => track.stop());
  else if (port) readSamples(kind, port);
}

/** @param {Kind} kind */
async function stop(kind) {
  closeSource(kind);
  await publisher.stop(kind);
  page.postMessage({ type: "stopped", kind });
}

function disconnect() {
  socket?.close();
  socket = null;
  publisher.isConnected = false;
}

/**
 * @param {boolean} isConnected
 * @param {number} [code]
 */
function setConnected(isConnected, code) {
  publisher.isConnected = isConnected;
  page.postMessage({ type: isConnected ? "connected" : "disconnected", code });
}

function report() {
  const { epoch, acknowledged } = sender;
  const backlogMs = sender.backlogMs(performance.now());
  const { isBusy } = publisher;
  page.postMessage({ type: "report", epoch, acknowledged, backlogMs, isBusy });
}

/** @param {MediaStreamTrack} track */
function processed(track) {
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 2 }).readable;
}

/**
 * @param {Kind} kind
 * @param {ReadableStream<VideoFrame>} stream
 * @param {() => void} [onClose]
 */
async function readFrames(kind, stream, onClose) {
  const reader = stream.getReader();
  sources.set(kind, () => {
    void reader.cancel();
    onClose?.();
  });
  for (;;) {
    const { value: frame } = await reader.read();
    if (!frame) return;
    publisher.offerFrame(kind, frame, frame.timestamp);
  }
}

/**
 * @param {Kind} kind
 * @param {MessagePort} port of the capturing worklet
 */
function readSamples(kind, port) {
  sources.set(kind, () => port.close());
  port.onmessage = ({ data }) => publisher.offerSamples(kind, data.samples, data.timeUs);
}

/** @param {Kind} kind */
function closeSource(kind) {
  sources.get(kind)?.();
  sources.delete(kind);
}
