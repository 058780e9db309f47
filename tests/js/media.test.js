import assert from "node:assert/strict";
import { test } from "node:test";
import { Packer } from "../../static/js/capture/packer.js";
import { codecOf } from "../../static/js/decode/h264.js";
import { Stretch } from "../../static/js/decode/stretch.js";
import { Ladder, LADDERS } from "../../static/js/encode/ladder.js";
import { fit, LAYERS, layersOf, planLayers } from "../../static/js/encode/layers.js";
import { Arrivals, Reception } from "../../static/js/receive/arrivals.js";
import { TrackQueue } from "../../static/js/receive/track_queue.js";

const NOW = { dueMs: (atUs) => atUs / 1000 };

function sine(hz, length, rate = 48_000) {
  return Float32Array.from({ length }, (_, index) => 0.5 * Math.sin((2 * Math.PI * hz * index) / rate));
}

/** By counting how often the signal rises through zero. */
function frequencyOf(samples, rate = 48_000) {
  let rises = 0;
  for (let index = 1; index < samples.length; index += 1) {
    if (samples[index - 1] < 0 && samples[index] >= 0) rises += 1;
  }
  return (rises * rate) / samples.length;
}

function concat(parts) {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function pack(rate, channels) {
  const packets = [];
  const packer = new Packer(rate, (samples) => packets.push(samples));
  const length = channels[0].length;
  for (let at = 0; at < length; at += 128) packer.push(channels.map((one) => one.subarray(at, at + 128)));
  return packets;
}

test("packets are 20 ms, at 48 kHz as they came", () => {
  const tone = sine(440, 4800);
  const packets = pack(48_000, [tone]);
  assert.deepEqual(packets.map((packet) => packet.length), [960, 960, 960, 960, 960]);
  const whole = concat(packets);
  for (let index = 1; index < 4800; index += 1) assert.equal(whole[index], tone[index - 1]);
});

test("another rate is resampled, and channels are mixed", () => {
  const packets = pack(44_100, [sine(440, 44_100, 44_100), new Float32Array(44_100)]);
  assert.equal(packets.length, 50);
  const whole = concat(packets);
  assert.ok(Math.abs(frequencyOf(whole) - 440) < 2);
  assert.ok(whole.every((sample) => sample < 0.26));
});

for (const speed of [0.5, 1.5, 2, 4]) {
  test(`at ${speed} times the speed the pitch stays`, () => {
    const stretch = new Stretch(speed);
    const tone = sine(440, 96_000);
    const parts = [];
    for (let at = 0; at < tone.length; at += 960) parts.push(stretch.push(tone.slice(at, at + 960)));
    const whole = concat(parts);
    assert.ok(Math.abs(whole.length - 96_000 / speed) < 3000, `${whole.length}`);
    assert.ok(Math.abs(frequencyOf(whole) - 440) < 12, `${frequencyOf(whole)}`);
    assert.ok(whole.every((sample) => sample < 0.55));
  });
}

function record(position, { isKey = false, isEnd = false, atMs = 0, bytes = 10 } = {}) {
  return { participant: 1, position, kind: "camera", codec: "vp8", isKey, isEnd, loudness: 127, atUs: atMs * 1000, payload: new Uint8Array(bytes) };
}

function drain(queue, nowMs) {
  const positions = [];
  for (;;) {
    const next = queue.take(NOW, nowMs, nowMs);
    if (!next) return positions;
    positions.push(next.position);
  }
}

test("a queue begins with a key frame", () => {
  const queue = new TrackQueue();
  assert.equal(queue.push(record(1)), false);
  assert.equal(queue.needsKey, true);
  queue.push(record(2, { isKey: true }));
  queue.push(record(3));
  assert.deepEqual(drain(queue, 0), [2, 3]);
});

test("records wait until they are due", () => {
  const queue = new TrackQueue();
  queue.push(record(1, { isKey: true, atMs: 100 }));
  queue.push(record(2, { atMs: 133 }));
  assert.deepEqual(drain(queue, 99), []);
  assert.deepEqual(drain(queue, 100), [1]);
  assert.deepEqual(drain(queue, 133), [2]);
  assert.equal(queue.bytes, 0);
});

test("what comes again after a reconnect is passed over", () => {
  const queue = new TrackQueue();
  for (const position of [1, 2, 3]) queue.push(record(position, { isKey: position === 1 }));
  for (const position of [1, 2, 3, 4]) queue.push(record(position, { isKey: position === 1 }));
  assert.deepEqual(drain(queue, 0), [1, 2, 3, 4]);
});

test("what is hopelessly late gives way to a later key frame that is due", () => {
  const queue = new TrackQueue();
  queue.push(record(1, { isKey: true, atMs: 0 }));
  queue.push(record(2, { atMs: 33 }));
  queue.push(record(3, { isKey: true, atMs: 400 }));
  queue.push(record(4, { isKey: true, atMs: 5000 }));
  assert.deepEqual(drain(queue, 900), [3]);
});

test("late frames are not dropped where there is no later key frame", () => {
  const queue = new TrackQueue();
  queue.push(record(1, { isKey: true, atMs: 0 }));
  queue.push(record(2, { atMs: 33 }));
  assert.deepEqual(drain(queue, 60_000), [1, 2]);
});

test("a queue is bounded, and then begins anew", () => {
  const queue = new TrackQueue();
  queue.push(record(1, { isKey: true, atMs: 1e6, bytes: 9 << 20 }));
  queue.push(record(2, { atMs: 1e6, bytes: 9 << 20 }));
  assert.equal(queue.needsKey, true);
  queue.push(record(3, { isKey: true, atMs: 1e6, bytes: 9 << 20 }));
  assert.equal(queue.bytes, 9 << 20);
});

test("after an error a queue goes on with the next key frame it has", () => {
  const queue = new TrackQueue();
  queue.push(record(1, { isKey: true, atMs: 50 }));
  queue.push(record(2, { atMs: 50 }));
  queue.push(record(3, { isKey: true, atMs: 50 }));
  queue.take(NOW, 50, 50);
  queue.restart();
  assert.equal(queue.needsKey, false);
  assert.deepEqual(drain(queue, 50), [3]);
  queue.restart();
  assert.equal(queue.needsKey, true);
});

test("a picture fits its layer in its own shape, in even numbers", () => {
  const size = ({ width, height }) => [width, height];
  assert.deepEqual(size(fit(1280, 720, 720)), [1280, 720]);
  assert.deepEqual(size(fit(640, 360, 720)), [640, 360]);
  assert.deepEqual(size(fit(1280, 720, 360)), [640, 360]);
  assert.deepEqual(size(fit(720, 1280, 720)), [406, 720]);
  assert.deepEqual(size(fit(3440, 1440, 1080)), [1920, 804]);
  assert.deepEqual(size(fit(1, 1, 720)), [2, 2]);
});

test("a picture has the layers that are not larger than it", () => {
  const numbers = (source, width, height) =>
    layersOf(source, width, height).map(({ spatial }) => spatial);
  assert.deepEqual(numbers("camera", 1280, 720), [0, 1, 2]);
  assert.deepEqual(numbers("camera", 1920, 1080), [0, 1, 2, 3]);
  assert.deepEqual(numbers("camera", 320, 240), [0, 1]);
  assert.deepEqual(numbers("camera", 160, 90), [0]);
  assert.deepEqual(numbers("screen", 1280, 720), [1, 3]);
  assert.deepEqual(numbers("jpeg", 1280, 720), [0]);
});

test("what is wanted is encoded, as far as it goes", () => {
  const [whole, , middle, last] = LADDERS.camera;
  const hd = { width: 1280, height: 720 };
  const plan = (layers, wanted, rung) =>
    planLayers(layers, hd, wanted, rung).map(({ spatial }) => spatial);
  const camera = layersOf("camera", 1280, 720);
  assert.deepEqual(plan(camera, [0, 2], whole), [0, 2]);
  assert.deepEqual(plan(camera, [], whole), []);
  assert.deepEqual(plan(camera, [3], whole), [2]);
  assert.deepEqual(plan(camera, [0, 2], middle), [0, 1]);
  assert.deepEqual(plan(camera, [0, 1, 2], last), [0]);
  assert.deepEqual(plan(LAYERS.screen, [0], whole), [1]);
  assert.deepEqual(plan(LAYERS.screen, [2], whole), [1]);
  assert.deepEqual(planLayers(camera, hd, [1], last), [
    { spatial: 0, width: 320, height: 180, framerate: 15, bitrate: 150_000 },
  ]);
});

function run(ladder, startMs, seconds, isDropped) {
  for (let ms = 0; ms < seconds * 1000; ms += 33) ladder.count(isDropped, startMs + ms);
  return startMs + seconds * 1000;
}

test("dropped frames lead down the ladder, a quiet time up again", () => {
  const ladder = new Ladder(LADDERS.camera);
  let ms = run(ladder, 1000, 10, false);
  assert.equal(ladder.rung.top, 3);
  ms = run(ladder, ms, 2, true);
  ms = run(ladder, ms, 2, false);
  assert.equal(ladder.rung.top, 2);
  ms = run(ladder, ms, 20, false);
  assert.equal(ladder.rung.top, 2);
  run(ladder, ms, 30, false);
  assert.equal(ladder.rung.top, 3);
});

test("the ladder has a lowest rung", () => {
  const ladder = new Ladder(LADDERS.camera);
  run(ladder, 1000, 60, true);
  assert.equal(ladder.rung.top, 0);
});

test("the codec string is read from a parameter set", () => {
  const frame = new Uint8Array([0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 1, 2, 3]);
  assert.equal(codecOf(frame), "avc1.42c01f");
  assert.equal(codecOf(new Uint8Array([0, 0, 0, 1, 0x65, 1, 2, 3, 4])), null);
  assert.equal(codecOf(new Uint8Array(0)), null);
});

test("a viewer reports all bytes, and the worst delay since", () => {
  const arrivals = new Arrivals();
  arrivals.addBytes(100);
  arrivals.addDelay(12.4);
  arrivals.addDelay(3);
  assert.deepEqual(arrivals.report(), { type: "received", bytes: 100, delay_ms: 12 });
  arrivals.addBytes(1);
  assert.deepEqual(arrivals.report(), { type: "received", bytes: 101, delay_ms: 0 });
  arrivals.restart();
  assert.equal(arrivals.report().bytes, 0);
});

test("reception is good, fair with much jitter, poor with late records", () => {
  const reception = new Reception();
  const add = (lateMs, bufferMs, startMs) => {
    for (let ms = 0; ms < 5000; ms += 20) reception.add(lateMs, bufferMs, startMs + ms);
    return reception.quality;
  };
  assert.equal(add(0, 40, 1000), "good");
  assert.equal(add(0, 180, 6000), "fair");
  assert.equal(add(30, 180, 11_000), "poor");
  add(0, 40, 16_000);
  assert.equal(add(0, 40, 21_000), "good");
});
