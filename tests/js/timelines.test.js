import assert from "node:assert/strict";
import { test } from "node:test";
import { CaptureClock } from "../../static/js/encode/capture_clock.js";
import { LiveTimeline } from "../../static/js/receive/live_timeline.js";
import { ReplayTimeline } from "../../static/js/receive/replay_timeline.js";
import { SoundSchedule } from "../../static/js/receive/sound_schedule.js";
import { SoundClock } from "../../static/js/render/sound_clock.js";

const FRAME_MS = 20;

/** Records captured every 20 ms that arrive with the delays given. */
function arrive(timeline, delays, startMs = 1000) {
  let atMs = startMs;
  let lastReadyMs = 0;
  for (const delay of delays) {
    const readyMs = Math.max(lastReadyMs, atMs + delay); // one connection keeps order
    timeline.observe(atMs * 1000, readyMs);
    lastReadyMs = readyMs;
    atMs += FRAME_MS;
  }
  return atMs;
}

/** How long after its capture something is due. */
function delayOf(timeline, atMs) {
  return timeline.dueMs(atMs * 1000) - atMs;
}

test("an even arrival is buffered for 40 ms", () => {
  const timeline = new LiveTimeline();
  const atMs = arrive(timeline, new Array(100).fill(30));
  assert.equal(Math.round(delayOf(timeline, atMs)), 70);
});

test("a jump in delay raises the buffer at once, and it shrinks slowly", () => {
  const timeline = new LiveTimeline();
  let atMs = arrive(timeline, [...new Array(50).fill(30), 130]);
  assert.ok(Math.abs(delayOf(timeline, atMs) - 130) < 2);
  atMs = arrive(timeline, new Array(50).fill(30), atMs);
  const afterASecond = delayOf(timeline, atMs);
  assert.ok(afterASecond < 130 && afterASecond > 100, `${afterASecond}`);
  atMs = arrive(timeline, new Array(300).fill(30), atMs);
  assert.ok(Math.abs(delayOf(timeline, atMs) - 70) < 5);
});

test("the buffer stays within 200 ms, whatever comes", () => {
  const timeline = new LiveTimeline();
  const delays = Array.from({ length: 400 }, (_, index) => 20 + ((index * 7919) % 600));
  arrive(timeline, delays);
  assert.ok(timeline.bufferMs <= 200);
});

test("an outage is no jitter: what comes after it is not held back", () => {
  const timeline = new LiveTimeline();
  let atMs = arrive(timeline, new Array(50).fill(30));
  timeline.observe(atMs * 1000, atMs + 3000);
  assert.ok(timeline.bufferMs <= 60, `${timeline.bufferMs}`);
});

test("what a late joiner gets at once does not delay what follows", () => {
  const timeline = new LiveTimeline();
  // Two seconds of records arrive together, the last with the true delay.
  for (let atMs = 1000; atMs <= 3000; atMs += FRAME_MS) timeline.observe(atMs * 1000, 3030);
  assert.ok(Math.abs(delayOf(timeline, 3000) - 70) < 1);
});

test("a path that became longer is followed", () => {
  const timeline = new LiveTimeline();
  let atMs = arrive(timeline, new Array(50).fill(30));
  atMs = arrive(timeline, new Array(1500).fill(100), atMs); // 30 s
  assert.ok(Math.abs(delayOf(timeline, atMs) - 140) < 5);
});

test("the lateness is told", () => {
  const timeline = new LiveTimeline();
  arrive(timeline, new Array(50).fill(0));
  assert.equal(timeline.observe(2_000_000, 2030), 0);
  assert.ok(timeline.observe(2_020_000, 4000) > 1800);
});

test("a replay stands until it plays, and shows what led there", () => {
  const timeline = new ReplayTimeline();
  timeline.seek(5_000_000, 100);
  assert.equal(timeline.atUs(900), 5_000_000);
  assert.ok(timeline.dueMs(4_900_000) <= 100);
  assert.equal(timeline.dueMs(5_000_001), Infinity);
});

test("a replay plays at its speed, from where it stood", () => {
  const timeline = new ReplayTimeline();
  timeline.seek(5_000_000, 0);
  timeline.change({ isPlaying: true, speed: 2 }, 1000);
  assert.equal(timeline.dueMs(6_000_000), 1500);
  assert.equal(timeline.atUs(1500), 6_000_000);
  timeline.change({ speed: 0.5 }, 1500);
  assert.equal(timeline.atUs(2500), 6_500_000);
  timeline.change({ isPlaying: false }, 2500);
  assert.equal(timeline.atUs(9000), 6_500_000);
});

test("a replay jumps over gaps", () => {
  const timeline = new ReplayTimeline();
  timeline.seek(0, 0);
  timeline.change({ isPlaying: true }, 0);
  timeline.skip({ atUs: 1_000_000, untilUs: 11_000_000 });
  assert.equal(timeline.dueMs(500_000), 500);
  assert.equal(timeline.dueMs(11_500_000), 1500);
  assert.equal(timeline.atUs(999), 999_000);
  assert.equal(timeline.atUs(1500), 11_500_000);
  timeline.change({ speed: 1 }, 1500);
  assert.equal(timeline.dueMs(12_000_000), 2000);
});

test("a gap at the playhead is jumped at once", () => {
  const timeline = new ReplayTimeline();
  timeline.seek(1_000_000, 0);
  timeline.change({ isPlaying: true }, 0);
  timeline.skip({ atUs: 1_000_000, untilUs: 3_000_000 });
  assert.equal(timeline.atUs(1), 3_001_000);
  assert.equal(timeline.dueMs(3_000_000), 0);
});

test("a delayed playhead waits", () => {
  const timeline = new ReplayTimeline();
  timeline.seek(0, 0);
  timeline.change({ isPlaying: true }, 0);
  timeline.delay(300);
  assert.equal(timeline.atUs(200), 0);
  assert.equal(timeline.atUs(400), 100_000);
});

test("packets follow each other without a seam while they are nearly due", () => {
  const schedule = new SoundSchedule();
  assert.deepEqual(schedule.place(1000, 960, 20), { frame: 1000, skip: 0, isFresh: true });
  assert.deepEqual(schedule.place(1960 + 900, 960, 20), { frame: 1960, skip: 0, isFresh: false });
  assert.deepEqual(schedule.place(2920 - 900, 960, 20), { frame: 2920, skip: 0, isFresh: false });
});

test("what has drifted is put right in a pause", () => {
  const schedule = new SoundSchedule();
  schedule.place(1000, 960, 20);
  assert.deepEqual(schedule.place(1960 + 900, 960, 90), { frame: 2860, skip: 0, isFresh: true });
  // Earlier than the end of the one before: its beginning is left out.
  assert.deepEqual(schedule.place(3820 - 500, 960, 90), { frame: 3820, skip: 500, isFresh: true });
});

test("a jump back in time is followed", () => {
  const schedule = new SoundSchedule();
  schedule.place(500_000, 960, 20);
  assert.deepEqual(schedule.place(1000, 960, 20), { frame: 1000, skip: 0, isFresh: true });
});

test("capture times forget how unevenly frames arrive", () => {
  const clock = new CaptureClock();
  const times = [];
  for (let index = 0; index < 300; index += 1) {
    const lateUs = (index * 7919) % 9000;
    times.push(clock.capturedUs(index * 33_333, 1e9 + index * 33_333 + lateUs, 500));
  }
  const steps = times.slice(60).map((time, index) => time - times[59 + index]);
  for (const step of steps) assert.ok(Math.abs(step - 33_333) < 100, `${step}`);
  assert.ok(Math.abs(times[299] - (1e9 + 500 + 299 * 33_333)) < 100);
});

test("capture times grow, also when the clock is set back", () => {
  const clock = new CaptureClock();
  const first = clock.capturedUs(0, 1e9, 50_000);
  assert.ok(clock.capturedUs(1000, 1e9 + 1000, 0) > first);
});

test("another source may count from elsewhere", () => {
  const clock = new CaptureClock();
  clock.capturedUs(5e9, 1e9, 0);
  clock.restart();
  assert.equal(clock.capturedUs(1000, 1e9 + 40_000, 0), 1e9 + 40_000);
});

test("the output's frames are found by the clock, smoothly", () => {
  const clock = new SoundClock();
  assert.equal(clock.frameAt(1000), null);
  clock.set(500, 1000, 20);
  assert.equal(clock.frameAt(2000), 1.5 * 48_000);
  clock.set(1510, 2000, 20); // 10 ms off: mostly the measurement
  assert.ok(Math.abs(clock.frameAt(2000) - 1.501 * 48_000) < 1);
  clock.set(5000, 3000, 20);
  assert.equal(clock.frameAt(3000), 5 * 48_000);
  clock.stop();
  assert.equal(clock.frameAt(3000), null);
});
