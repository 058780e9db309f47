import assert from "node:assert/strict";
import { test } from "node:test";
import { CaptureClock } from "../../static/js/encode/capture_clock.js";
import { LiveTimeline } from "../../static/js/receive/live_timeline.js";
import { ReplayTimeline } from "../../static/js/receive/replay_timeline.js";
import { SoundClock } from "../../static/js/render/sound_clock.js";

const FRAME_MS = 20;

/** Records captured every 20 ms that arrive with the delays given. */
function arrive(line, delays, startMs = 1000) {
  let atMs = startMs;
  let lastReadyMs = 0;
  for (const delay of delays) {
    const readyMs = Math.max(lastReadyMs, atMs + delay); // one connection keeps order
    line.observe(atMs * 1000, readyMs);
    lastReadyMs = readyMs;
    atMs += FRAME_MS;
  }
  return atMs;
}

/** How long after its capture something is due. */
function delayOf(line, atMs) {
  return line.dueMs(atMs * 1000) - atMs;
}

function isAbout(value, wanted, tolerance) {
  assert.ok(Math.abs(value - wanted) <= tolerance, `${value}, not ${wanted}`);
}

test("sound that arrives evenly is buffered for 20 ms, pictures are not", () => {
  const { sound } = new LiveTimeline();
  isAbout(delayOf(sound, arrive(sound, new Array(100).fill(30))), 50, 0.1);
  const { picture } = new LiveTimeline();
  isAbout(delayOf(picture, arrive(picture, new Array(100).fill(30))), 30, 0.1);
});

test("a jump in delay raises the buffer of sound at once, and it shrinks slowly", () => {
  const { sound } = new LiveTimeline();
  let atMs = arrive(sound, [...new Array(50).fill(30), 130]);
  isAbout(delayOf(sound, atMs), 130, 2);
  atMs = arrive(sound, new Array(50).fill(30), atMs);
  const afterASecond = delayOf(sound, atMs);
  assert.ok(afterASecond < 130 && afterASecond > 100, `${afterASecond}`);
  atMs = arrive(sound, new Array(300).fill(30), atMs);
  isAbout(delayOf(sound, atMs), 50, 5);
});

test("the buffer of sound is ready for what comes again and again", () => {
  const { sound } = new LiveTimeline();
  const usual = new Array(249).fill(30); // 5 s
  let atMs = arrive(sound, [...usual, 150, ...usual, 150]);
  atMs = arrive(sound, usual, atMs);
  isAbout(delayOf(sound, atMs), 150, 2);
  atMs = arrive(sound, new Array(1500).fill(30), atMs); // 30 s
  isAbout(delayOf(sound, atMs), 50, 5);
});

test("the buffers stay within 180 ms, whatever comes", () => {
  const timeline = new LiveTimeline();
  const delays = Array.from({ length: 400 }, (_, index) => 20 + ((index * 7919) % 600));
  for (const line of [timeline.sound, timeline.picture]) {
    arrive(line, delays);
    assert.ok(line.bufferMs <= 180);
  }
});

test("three of four pictures are in time", () => {
  const { picture } = new LiveTimeline();
  const delays = Array.from({ length: 1000 }, (_, index) => 30 + ((index * 37) % 20));
  isAbout(delayOf(picture, arrive(picture, delays)), 45, 3);
  // Large ones come later, now and then: they do not hold back the others.
  const large = delays.map((delay, index) => (index % 60 ? delay : delay + 60));
  isAbout(delayOf(picture, arrive(picture, large, 100_000)), 45, 4);
});

test("an outage is no jitter: what comes after it is not held back", () => {
  const { sound } = new LiveTimeline();
  let atMs = arrive(sound, new Array(50).fill(30));
  sound.observe(atMs * 1000, atMs + 3000);
  assert.ok(sound.bufferMs <= 40, `${sound.bufferMs}`);
});

test("what a late joiner gets at once does not delay what follows", () => {
  for (const kind of ["sound", "picture"]) {
    const line = new LiveTimeline()[kind];
    // Two seconds of records arrive together, the last with the true delay.
    for (let atMs = 1000; atMs <= 3000; atMs += FRAME_MS) line.observe(atMs * 1000, 3030);
    assert.ok(delayOf(line, 3000) <= 50.1, `${delayOf(line, 3000)}`);
  }
});

test("a path that became longer is followed", () => {
  const { sound } = new LiveTimeline();
  let atMs = arrive(sound, new Array(50).fill(30));
  atMs = arrive(sound, new Array(1500).fill(100), atMs); // 30 s
  isAbout(delayOf(sound, atMs), 120, 5);
});

test("sound and picture are as far apart as nobody notices", () => {
  const timeline = new LiveTimeline();
  const { sound, picture } = timeline;
  const ends = (soundMs, pictureMs, startMs) => {
    let atMs = startMs;
    for (; atMs < startMs + 38_000; atMs += FRAME_MS) {
      sound.observe(atMs * 1000, atMs + soundMs);
      picture.observe(atMs * 1000, atMs + pictureMs);
    }
    return [delayOf(sound, atMs), delayOf(picture, atMs)];
  };
  let [heard, seen] = ends(60, 20, 1000);
  isAbout(heard, 80, 1); // neither waits: 60 ms
  isAbout(seen, 20, 1);
  [heard, seen] = ends(180, 20, 40_000);
  isAbout(heard, 200, 1);
  isAbout(seen, 100, 1); // 100 ms earlier
  [heard, seen] = ends(60, 180, 80_000);
  isAbout(heard, 140, 1); // 40 ms earlier
  isAbout(seen, 180, 1);
  [heard, seen] = ends(60, 900, 120_000);
  isAbout(heard, 180, 1); // the picture is too late to be waited for
});

test("sound waits for no picture that has ended", () => {
  const { sound, picture } = new LiveTimeline();
  picture.observe(1_000_000, 1200);
  sound.observe(1_000_000, 1050);
  isAbout(delayOf(sound, 1000), 160, 0.1);
  arrive(sound, new Array(150).fill(50), 1020);
  isAbout(delayOf(sound, 4000), 70, 0.1);
});

test("the lateness is told", () => {
  const { sound } = new LiveTimeline();
  arrive(sound, new Array(50).fill(0));
  assert.equal(sound.observe(2_000_000, 2010), 0);
  assert.ok(sound.observe(2_020_000, 4000) > 1800);
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
