// The wire format of a media record, version 1 (docs/protocol.md, "Records"), and of
// the messages around it. The twin of rooms/streams/record.py; payloads stay opaque.

export const VERSION = 1;
export const HEADER_BYTES = 20;
export const RECORD_LIMIT = 1 << 20; // bytes, header included
export const SILENT = 127; // -dBov of video and of digital silence
const DELIVERY_BYTES = 20; // participant number, position, append time
const TWO_32 = 2 ** 32;

// A capture time further than this from the append time is a wrong clock.
const LATEST_US = 90_000_000;
const EARLIEST_US = 1_000_000;

/** @typedef {"microphone" | "camera" | "screen" | "screen_audio"} Kind */
/** @typedef {"opus" | "vp8" | "vp9" | "h264" | "av1" | "jpeg" | "pcm"} Codec */

/** @type {readonly Kind[]} */
export const KINDS = ["microphone", "camera", "screen", "screen_audio"];

/** @type {Readonly<Record<Codec, number>>} */
const CODEC_NUMBERS = {
  opus: 1,
  vp8: 2,
  vp9: 3,
  h264: 4,
  av1: 5,
  jpeg: 64,
  pcm: 65,
};
const CODEC_NAMES = new Map(
  Object.entries(CODEC_NUMBERS).map(([name, number]) => [
    number,
    /** @type {Codec} */ (name),
  ]),
);

export const Flag = { KEY: 1, ENCRYPTED: 2, END: 4 };

/**
 * @typedef {object} Header
 * @property {Kind} kind
 * @property {Codec} codec
 * @property {number} flags
 * @property {number} [layer]
 * @property {number} loudness -dBov, 0 to 127
 * @property {number} epoch
 * @property {number} number
 * @property {number} capturedUs
 */

/**
 * A record as a viewer gets it. `atUs` is its media time.
 * @typedef {object} Delivery
 * @property {number} participant
 * @property {number} position
 * @property {Kind} kind
 * @property {Codec} codec
 * @property {number} spatial
 * @property {boolean} isKey
 * @property {boolean} isEnd
 * @property {number} loudness
 * @property {number} atUs
 * @property {Uint8Array<ArrayBuffer>} payload
 */

/** @param {Kind} kind */
export function isVideo(kind) {
  return kind === "camera" || kind === "screen";
}

/**
 * @param {Header} header
 * @param {Uint8Array} payload
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function packRecord(header, payload) {
  const record = new Uint8Array(HEADER_BYTES + payload.byteLength);
  const view = new DataView(record.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, KINDS.indexOf(header.kind));
  view.setUint8(2, CODEC_NUMBERS[header.codec]);
  view.setUint8(3, header.flags);
  view.setUint8(4, header.layer ?? 0);
  view.setUint8(5, header.loudness);
  view.setUint16(6, header.epoch);
  view.setUint32(8, header.number);
  setUint64(view, 12, header.capturedUs);
  record.set(payload, HEADER_BYTES);
  return record;
}

/**
 * Records as one message, each after its length.
 * @param {Uint8Array[]} records
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function joinRecords(records) {
  const bytes = records.reduce((sum, record) => sum + 4 + record.byteLength, 0);
  const message = new Uint8Array(bytes);
  const view = new DataView(message.buffer);
  let offset = 0;
  for (const record of records) {
    view.setUint32(offset, record.byteLength);
    message.set(record, offset + 4);
    offset += 4 + record.byteLength;
  }
  return message;
}

/**
 * The deliveries of a message to a viewer. Records of a later version, kind or codec
 * are passed over: a viewer shows what it knows. Throws RangeError when lengths do
 * not add up.
 * @param {ArrayBuffer} message
 * @returns {Generator<Delivery>}
 */
export function* splitDeliveries(message) {
  const view = new DataView(message);
  let offset = 0;
  while (offset < view.byteLength) {
    const length = view.getUint32(offset);
    const start = offset + 4;
    offset = start + length;
    if (length < DELIVERY_BYTES + HEADER_BYTES || offset > view.byteLength) {
      throw new RangeError("A delivery's length does not fit its message.");
    }
    const delivery = parseDelivery(new DataView(message, start, length));
    if (delivery) yield delivery;
  }
}

/**
 * @param {DataView<ArrayBuffer>} view
 * @returns {Delivery | null}
 */
function parseDelivery(view) {
  const at = DELIVERY_BYTES;
  const kind = KINDS[view.getUint8(at + 1)];
  const codec = CODEC_NAMES.get(view.getUint8(at + 2));
  if (view.getUint8(at) !== VERSION || !kind || !codec) return null;
  const flags = view.getUint8(at + 3);
  return {
    participant: view.getUint32(0),
    position: getUint64(view, 4),
    kind,
    codec,
    spatial: view.getUint8(at + 4) & 0x0f,
    isKey: (flags & Flag.KEY) !== 0,
    isEnd: (flags & Flag.END) !== 0,
    loudness: view.getUint8(at + 5),
    atUs: mediaTimeUs(getUint64(view, at + 12), getUint64(view, 12)),
    payload: new Uint8Array(view.buffer, view.byteOffset + at + HEADER_BYTES, view.byteLength - at - HEADER_BYTES),
  };
}

/**
 * When a record belongs in the meeting: its capture time, or its append time where the
 * publisher's clock is wrong.
 * @param {number} capturedUs
 * @param {number} appendedUs
 */
export function mediaTimeUs(capturedUs, appendedUs) {
  const isPlausible =
    capturedUs >= appendedUs - LATEST_US && capturedUs <= appendedUs + EARLIEST_US;
  return isPlausible ? capturedUs : appendedUs;
}

/**
 * @param {DataView} view
 * @param {number} offset
 * @param {number} value
 */
function setUint64(view, offset, value) {
  view.setUint32(offset, Math.floor(value / TWO_32));
  view.setUint32(offset + 4, value % TWO_32);
}

/**
 * @param {DataView} view
 * @param {number} offset
 */
function getUint64(view, offset) {
  return view.getUint32(offset) * TWO_32 + view.getUint32(offset + 4);
}
