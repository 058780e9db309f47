import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Flag,
  HEADER_BYTES,
  joinRecords,
  mediaTimeUs,
  packRecord,
  splitDeliveries,
} from "../../static/js/send/record.js";

const HEADER = {
  kind: /** @type {const} */ ("camera"),
  codec: /** @type {const} */ ("h264"),
  flags: Flag.KEY,
  loudness: 127,
  epoch: 2,
  number: 70_000,
  capturedUs: 1_790_000_000_123_456,
};
const PAYLOAD = new Uint8Array([1, 2, 3]);

/** As the server frames it. */
function deliver(record, participant = 3, position = 2 ** 33 + 1, appendedUs = 1_790_000_000_200_000) {
  const frame = new DataView(new ArrayBuffer(24 + record.byteLength));
  frame.setUint32(0, 20 + record.byteLength);
  frame.setUint32(4, participant);
  frame.setBigUint64(8, BigInt(position));
  frame.setBigUint64(16, BigInt(appendedUs));
  new Uint8Array(frame.buffer).set(record, 24);
  return new Uint8Array(frame.buffer);
}

function join(frames) {
  const whole = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let offset = 0;
  for (const frame of frames) {
    whole.set(frame, offset);
    offset += frame.length;
  }
  return whole.buffer;
}

test("a record is the 20 bytes of the protocol and its payload", () => {
  const record = packRecord(HEADER, PAYLOAD);
  const hex = Buffer.from(record).toString("hex");
  // rooms/streams/record.py packs the same.
  assert.equal(hex, "01" + "01" + "04" + "01" + "00" + "7f" + "0002" + "00011170" + "00065bfeda27c240" + "010203");
});

test("records of a message come each after its length", () => {
  const record = packRecord(HEADER, PAYLOAD);
  const message = joinRecords([record, record]);
  assert.equal(message.length, 2 * (4 + HEADER_BYTES + 3));
  assert.equal(new DataView(message.buffer).getUint32(0), HEADER_BYTES + 3);
});

test("deliveries give back what was packed", () => {
  const frame = deliver(packRecord(HEADER, PAYLOAD));
  const [first, second, ...rest] = splitDeliveries(join([frame, frame]));
  assert.equal(rest.length, 0);
  assert.deepEqual(first, second);
  const { participant, position, kind, codec, isKey, isEnd, atUs, payload } = first;
  assert.deepEqual({ participant, position, kind, codec, isKey, isEnd, atUs }, {
    participant: 3,
    position: 2 ** 33 + 1,
    kind: "camera",
    codec: "h264",
    isKey: true,
    isEnd: false,
    atUs: HEADER.capturedUs,
  });
  assert.deepEqual([...payload], [1, 2, 3]);
});

test("a record of an unknown version, kind or codec is passed over", () => {
  for (const offset of [0, 1, 2]) {
    const record = packRecord(HEADER, PAYLOAD);
    record[offset] = 99;
    const known = deliver(packRecord(HEADER, PAYLOAD));
    assert.equal([...splitDeliveries(join([deliver(record), known]))].length, 1);
  }
});

test("lengths that do not add up are an error", () => {
  const frame = deliver(packRecord(HEADER, PAYLOAD));
  assert.throws(() => [...splitDeliveries(frame.slice(0, -1).buffer)], RangeError);
  assert.throws(() => [...splitDeliveries(new Uint8Array([0, 0]).buffer)], RangeError);
  assert.throws(() => [...splitDeliveries(new Uint8Array([0, 0, 0, 0]).buffer)], RangeError);
});

test("a capture time that cannot be is replaced by the append time", () => {
  const appended = 1_000_000_000;
  assert.equal(mediaTimeUs(appended - 90_000_000, appended), appended - 90_000_000);
  assert.equal(mediaTimeUs(appended - 90_000_001, appended), appended);
  assert.equal(mediaTimeUs(appended + 1_000_000, appended), appended + 1_000_000);
  assert.equal(mediaTimeUs(appended + 1_000_001, appended), appended);
});
