import assert from "node:assert/strict";
import { test } from "node:test";
import { Mixer } from "../../static/js/render/mixer.js";
import { lengthen, periodOf, shorten } from "../../static/js/render/splice.js";

const BLOCK = 128;
const PACKET = 960; // 20 ms
const RATE = 48_000;

function sine(hz, length, from = 0) {
  return Float32Array.from({ length }, (_, index) => 0.5 * Math.sin((2 * Math.PI * hz * (from + index)) / RATE));
}

/** By counting how often the signal rises through zero. */
function frequencyOf(samples) {
  let rises = 0;
  for (let index = 1; index < samples.length; index += 1) {
    if (samples[index - 1] < 0 && samples[index] >= 0) rises += 1;
  }
  return (rises * RATE) / samples.length;
}

function chunk(frame, samples, isQuiet = false) {
  return { frame, samples, isQuiet };
}

/** A participant whose tone comes in packets, and the output that plays it. */
class Call {
  mixer = new Mixer();
  frame = 0;
  #packets = 0;
  played = [];

  constructor({ hz = 400, delay = 2400, isQuiet = false } = {}) {
    Object.assign(this, { hz, delay, isQuiet });
  }

  /** Plays for a while; `arrives`: packets come 20 ms after each other. */
  run(seconds, arrives = true) {
    const samples = [];
    const end = this.frame + seconds * RATE;
    for (; this.frame < end; this.frame += BLOCK) {
      if (arrives) this.catchUp();
      const output = new Float32Array(BLOCK);
      this.mixer.mix(output, this.frame);
      samples.push(...output);
    }
    this.played.push(...samples);
    return Float32Array.from(samples);
  }

  /** All packets come that have been captured. */
  catchUp() {
    for (; (this.#packets + 1) * PACKET <= this.frame; this.#packets += 1) {
      const at = this.#packets * PACKET;
      this.mixer.push("a", chunk(at + this.delay, sine(this.hz, PACKET, at), this.isQuiet));
    }
  }
}

/** The share of 5 ms windows that are not loud. */
function gaps(samples) {
  let quiet = 0;
  const windows = Math.floor(samples.length / 240);
  for (let index = 0; index < windows; index += 1) {
    const part = samples.subarray(index * 240, index * 240 + 240);
    if (Math.max(...part) < 0.25) quiet += 1;
  }
  return quiet / windows;
}

test("sources are mixed where their chunks lie", () => {
  const mixer = new Mixer();
  mixer.push("a", chunk(128, new Float32Array(256).fill(0.25)));
  mixer.push("b", chunk(192, new Float32Array(320).fill(0.5)));
  const block = (frame) => {
    const output = new Float32Array(BLOCK);
    mixer.mix(output, frame);
    return output;
  };
  assert.equal(Math.max(...block(0)), 0);
  const second = block(128);
  assert.equal(second[0], 0); // fades in
  assert.ok(second[63] > 0.12 && second[63] < 0.13);
  const third = block(256);
  assert.equal(third[0], 0.25 + 0.25); // the other one still does
  assert.equal(third[127], 0.75);
});

test("missing sound fades out, and is forgotten", () => {
  const mixer = new Mixer();
  mixer.push("a", chunk(0, new Float32Array(256).fill(0.5)));
  const peaks = [];
  for (let frame = 0; frame < BLOCK * 8; frame += BLOCK) {
    const output = new Float32Array(BLOCK);
    mixer.mix(output, frame);
    peaks.push(Math.max(...output));
  }
  assert.equal(peaks[1], 0.5);
  for (let index = 2; index < 6; index += 1) assert.ok(peaks[index] <= peaks[index - 1]);
  assert.deepEqual(peaks.slice(6), [0, 0]);
});

test("packets in time are played as they are", () => {
  const call = new Call();
  call.run(0.2);
  const played = call.run(1);
  const from = Math.round(0.2 * RATE) - call.delay;
  const wanted = sine(400, played.length, Math.ceil((0.2 * RATE) / BLOCK) * BLOCK - call.delay);
  assert.ok(from > 0);
  played.forEach((sample, index) => assert.ok(Math.abs(sample - wanted[index]) < 1e-6));
});

test("a period is put in or taken out without a seam", () => {
  for (const hz of [100, 190, 400, 800]) {
    const tone = sine(hz, 1440);
    const period = periodOf(tone);
    const turns = (period * hz) / RATE;
    assert.ok(Math.abs(turns - Math.round(turns)) < 0.03, `${hz}: ${period}`);
    const two = tone.subarray(0, 2 * period);
    const longer = lengthen(two);
    assert.equal(longer.length, 3 * period);
    assert.equal(shorten(two).length, period);
    const jumps = longer.map((sample, index) => Math.abs(sample - (longer[index - 1] ?? 0)));
    assert.ok(Math.max(...jumps) < ((2 * Math.PI * hz) / RATE) * 0.5 * 1.3);
  }
});

test("too little sound has no period", () => {
  assert.equal(periodOf(sine(400, 200)), 0);
});

test("sound is made to last through a stall, and catches up afterwards", () => {
  const call = new Call({ delay: 10_560 }); // a buffer of 200 ms
  call.run(1);
  const stalled = call.run(0.3, false);
  assert.ok(gaps(stalled) < 0.05, `${gaps(stalled)}`);
  const after = call.run(2);
  assert.ok(gaps(after) < 0.01, `${gaps(after)}`);
  for (const samples of [stalled, after]) {
    assert.ok(Math.abs(frequencyOf(samples) - 400) < 12, `${frequencyOf(samples)}`);
  }
  const phase = call.run(0.5); // as if nothing had happened
  const start = call.frame - phase.length - call.delay;
  const wanted = sine(400, phase.length, start);
  const off = phase.map((sample, index) => Math.abs(sample - wanted[index]));
  assert.ok(gaps(phase) === 0 && phase.length === off.length);
});

test("sound that becomes due later is not cut: it becomes slower for a while", () => {
  const call = new Call({ delay: 4800 });
  call.run(1);
  call.delay += 4800;
  const later = call.run(2);
  assert.ok(gaps(later) < 0.01, `${gaps(later)}`);
  assert.ok(Math.abs(frequencyOf(later) - 400) < 12);
});

test("a device whose clock drifts is followed without a gap", () => {
  const call = new Call({ delay: 4800 });
  call.run(1);
  for (let second = 0; second < 20; second += 1) {
    call.delay -= 96; // 2 ms in a second
    const played = call.run(1);
    assert.ok(gaps(played) === 0, `${second}: ${gaps(played)}`);
  }
});

test("quiet sound that is late is left out at once", () => {
  const mixer = new Mixer();
  const block = (frame) => {
    const output = new Float32Array(BLOCK);
    mixer.mix(output, frame);
    return output;
  };
  mixer.push("a", chunk(0, new Float32Array(PACKET).fill(0.001), true));
  block(0);
  mixer.push("a", chunk(960 - 1280, new Float32Array(PACKET).fill(0.002), true));
  mixer.push("a", chunk(1920 - 1280, new Float32Array(PACKET).fill(0.003), true));
  for (let frame = BLOCK; frame < PACKET - BLOCK; frame += BLOCK) block(frame);
  // The second is 27 ms late by now, and longer than that the first of the third.
  const output = block(1024);
  assert.ok(Math.abs(output[127] - 0.003) < 1e-6, `${output[127]}`);
});

test("what is hopelessly late is not played", () => {
  const mixer = new Mixer();
  for (let index = 0; index < 100; index += 1) {
    mixer.push("a", chunk(index * PACKET, new Float32Array(PACKET).fill(index)));
  }
  const output = new Float32Array(BLOCK);
  mixer.mix(output, 96 * PACKET); // a second and 920 ms after the first was due
  const played = output[127];
  assert.ok(played > 80 && played < 90, `${played}`);
});

test("a source is bounded", () => {
  const mixer = new Mixer();
  for (let index = 0; index < 300; index += 1) {
    mixer.push("a", chunk(index * PACKET, new Float32Array(PACKET).fill(1)));
  }
  const output = new Float32Array(BLOCK);
  mixer.mix(output, 0); // the oldest seconds are gone
  assert.equal(Math.max(...output), 0);
  mixer.mix(output, 299 * PACKET);
  assert.ok(output[127] > 0);
});

test("a past timeline's sound gives way to that of the present one", () => {
  const mixer = new Mixer();
  mixer.push("a", chunk(500_000, new Float32Array(PACKET).fill(0.5)));
  mixer.push("a", chunk(0, new Float32Array(PACKET).fill(0.25)));
  const output = new Float32Array(BLOCK);
  mixer.mix(output, 0);
  assert.ok(output[127] > 0.2 && output[127] < 0.25);
});
