import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveTimeline } from "../../static/js/receive/live_timeline.js";
import { Mixer } from "../../static/js/render/mixer.js";

const BLOCK = 128;
const PACKET = 960; // 20 ms
const RATE = 48_000;
const HZ = 400;
const WARM_SECONDS = 25; // to get to know the network
const WINDOW = 240; // 5 ms
const DELAY_MS = 80;
const OUTPUT_MS = 40; // that the output needs itself
const EVERY_MS = 5000;

/** When a packet that is sent at a time arrives: 80 ms later, or after a stall. */
function arrivalOf(sentMs, stallMs) {
  const inStall = sentMs % EVERY_MS;
  if (inStall < stallMs) return sentMs - inStall + stallMs + DELAY_MS + inStall / 8;
  const backlog = (stallMs * 1.125 - inStall) / 8;
  return sentMs + DELAY_MS + Math.max(0, backlog);
}

/** How much of a tone is missing, and how late what is heard is due, at most and at last. */
function listen(arrival, seconds = 60) {
  const { sound } = new LiveTimeline();
  const mixer = new Mixer();
  const packets = Array.from({ length: seconds * 50 }, (_, number) => {
    const capturedMs = number * 20 + 1000;
    return { capturedMs, arrivesMs: arrival(capturedMs + 25) };
  });
  let next = 0;
  let gaps = 0;
  let windows = 0;
  let peak = 0;
  let inWindow = 0;
  for (let frame = RATE; frame < seconds * RATE; frame += BLOCK) {
    const nowMs = (frame / RATE) * 1000;
    for (; packets[next]?.arrivesMs <= nowMs; next += 1) {
      const atUs = packets[next].capturedMs * 1000;
      sound.observe(atUs, packets[next].arrivesMs + OUTPUT_MS);
      const due = Math.round(((sound.dueMs(atUs) - OUTPUT_MS) / 1000) * RATE);
      const samples = Float32Array.from(
        { length: PACKET },
        (_, index) => 0.5 * Math.sin((2 * Math.PI * HZ * (next * PACKET + index)) / RATE),
      );
      mixer.push("a", { frame: due, samples, isQuiet: false });
    }
    const output = new Float32Array(BLOCK);
    mixer.mix(output, frame);
    for (const sample of output) {
      peak = Math.max(peak, sample);
      inWindow += 1;
      if (inWindow < WINDOW) continue;
      if (nowMs > WARM_SECONDS * 1000) {
        windows += 1;
        if (peak < 0.25) gaps += 1;
      }
      inWindow = peak = 0;
    }
  }
  const lastUs = packets[next - 1].capturedMs * 1000;
  return { gaps: gaps / windows, delayMs: sound.dueMs(lastUs) - lastUs / 1000 };
}

for (const [stallMs, mostMs] of [
  [0, 170],
  [100, 270],
  [300, 330],
]) {
  test(`a stall of ${stallMs} ms every five seconds is not heard`, () => {
    const { gaps, delayMs } = listen((sentMs) => arrivalOf(sentMs, stallMs));
    assert.ok(gaps < 0.005, `${gaps}`);
    assert.ok(delayMs <= mostMs, `${delayMs}`);
  });
}

test("a way that becomes much longer is followed with one gap", () => {
  // Half a second longer for ten seconds, which is longer than any buffer.
  const isLonger = (sentMs) => sentMs > 30_000 && sentMs < 40_000;
  const { gaps, delayMs } = listen((sentMs) => sentMs + DELAY_MS + (isLonger(sentMs) ? 500 : 0));
  assert.ok(gaps * 35_000 < 800, `${gaps}`);
  assert.ok(delayMs <= 350, `${delayMs}`);
});
