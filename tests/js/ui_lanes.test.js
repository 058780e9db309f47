import assert from "node:assert/strict";
import test from "node:test";
import {
  boxes,
  keptSpans,
  nearestKept,
  partOf,
  sharing,
} from "../../static/js/ui/lanes.js";

const whole = { start_us: 1000, end_us: 2000 };

test("a time's part of the whole stays within it", () => {
  assert.equal(partOf(1500, whole), 0.5);
  assert.equal(partOf(0, whole), 0);
  assert.equal(partOf(9999, whole), 1);
  assert.equal(partOf(5, { start_us: 5, end_us: 5 }), 0);
});

test("each span is a box, and the shortest is still seen", () => {
  assert.equal(boxes([[1000, 1500]], whole, 2, 6), "M0 2h500v6h-500z");
  assert.equal(boxes([[1500, 1500]], whole, 2, 6), "M500 2h1.5v6h-1.5z");
  assert.equal(boxes([], whole, 2, 6), "");
});

test("only screens are sharing", () => {
  const tracks = [
    { kind: "camera", start_us: 1, end_us: 2 },
    { kind: "screen", start_us: 3, end_us: 4 },
  ];
  assert.deepEqual(sharing({ tracks }), [[3, 4]]);
});

test("what is still recorded is kept up to the timeline's end", () => {
  const recordings = [
    { start_us: 1100, end_us: 1200 },
    { start_us: 1400, end_us: null },
  ];
  const kept = keptSpans({ recordings, end_us: 2000 });
  assert.deepEqual(kept, [
    [1100, 1200],
    [1400, 2000],
  ]);
  assert.equal(nearestKept(1150, kept), 1150);
  assert.equal(nearestKept(1000, kept), 1100);
  assert.equal(nearestKept(1300, kept), 1400);
  assert.equal(nearestKept(2000, kept), 1400);
  assert.equal(nearestKept(7, []), 7);
});
