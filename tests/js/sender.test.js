import assert from "node:assert/strict";
import { test } from "node:test";
import { RECORD_LIMIT } from "../../static/js/send/record.js";
import { Sender } from "../../static/js/send/sender.js";

const HEADER = /** @type {const} */ ({ kind: "camera", codec: "vp8", flags: 1, loudness: 127, capturedUs: 1 });
const BYTES = 120; // of a record with its header

function push(sender, count, nowMs = 0) {
  for (let index = 0; index < count; index += 1) sender.push(HEADER, new Uint8Array(BYTES - 20), nowMs);
}

function numbers(records) {
  return records.map((record) => new DataView(record.buffer).getUint32(8));
}

function senderWith(count, limits) {
  const sender = new Sender(limits);
  sender.begin(1);
  push(sender, count);
  return sender;
}

test("records are numbered from 1 and sent once", () => {
  const sender = senderWith(3);
  assert.deepEqual(numbers(sender.take(1e6)), [1, 2, 3]);
  assert.deepEqual(sender.take(1e6), []);
});

test("a batch keeps to its bytes, but holds at least one record", () => {
  const sender = senderWith(3);
  assert.deepEqual(numbers(sender.take(2 * BYTES)), [1, 2]);
  assert.deepEqual(numbers(sender.take(1)), [3]);
});

test("after a reconnect what is not durable goes again, before anything new", () => {
  const sender = senderWith(5);
  sender.take(1e6);
  sender.acknowledge(2);
  push(sender, 1);
  sender.resume(3);
  push(sender, 1);
  assert.deepEqual(numbers(sender.take(1e6)), [4, 5, 6, 7]);
});

test("whatever is lost, all records become durable in order", () => {
  // A connection that takes some batches, acknowledges some, and then is gone.
  for (let seed = 1; seed <= 200; seed += 1) {
    let state = seed;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const sender = senderWith(0);
    let durable = 0;
    for (let connection = 0; connection < 6; connection += 1) {
      sender.resume(durable);
      const lostAfter = durable + random() * 20;
      for (let step = 0; step < 8; step += 1) {
        push(sender, Math.floor(random() * 4));
        for (const number of numbers(sender.take(random() * 5 * BYTES))) {
          if (number > lostAfter) continue; // with the connection
          assert.equal(number, durable + 1);
          durable = number;
        }
        if (random() < 0.5) sender.acknowledge(durable);
      }
    }
    sender.resume(durable);
    for (const number of numbers(sender.take(1e9))) assert.equal(number, (durable += 1));
    sender.acknowledge(durable);
    assert.equal(sender.keptBytes, 0);
  }
});

test("what is too old is dropped, oldest first", () => {
  const sender = senderWith(2);
  push(sender, 1, 50_000);
  push(sender, 1, 60_001);
  assert.deepEqual(numbers(sender.take(1e6)), [3, 4]);
});

test("what is too much is dropped, oldest first", () => {
  const sender = senderWith(10, { keepBytes: 4 * BYTES });
  assert.deepEqual(numbers(sender.take(1e6)), [7, 8, 9, 10]);
  assert.equal(sender.keptBytes, 4 * BYTES);
});

test("a drop keeps the place of what was sent", () => {
  const sender = senderWith(4, { keepBytes: 4 * BYTES });
  sender.take(2 * BYTES);
  push(sender, 1);
  assert.deepEqual(numbers(sender.take(1e6)), [3, 4, 5]);
});

test("a record that is too large takes no number", () => {
  const sender = senderWith(0);
  assert.equal(sender.push(HEADER, new Uint8Array(RECORD_LIMIT), 0), false);
  push(sender, 1);
  assert.deepEqual(numbers(sender.take(1e9)), [1]);
});

test("a new epoch counts from 1; the same one goes on", () => {
  const sender = senderWith(3);
  sender.begin(1);
  push(sender, 1);
  assert.deepEqual(numbers(sender.take(1e6)), [1, 2, 3, 4]);
  sender.begin(2);
  push(sender, 1);
  const [record] = sender.take(1e6);
  assert.deepEqual([new DataView(record.buffer).getUint16(6), ...numbers([record])], [2, 1]);
});

test("the backlog is the age of what waits to be sent", () => {
  const sender = senderWith(1);
  assert.equal(sender.backlogMs(800), 800);
  sender.take(1e6);
  assert.equal(sender.backlogMs(800), 0);
});
