import assert from "node:assert/strict";
import test from "node:test";
import {
  aspectFor,
  GAP,
  grid,
  gridCapacity,
  spotlight,
} from "../../static/js/ui/grid.js";

const STAGES = [
  [344, 560],
  [752, 860],
  [1424, 760],
  [3824, 1980],
  [2500, 400],
];

function overlap(a, b) {
  return (
    a.x < b.x + b.width &&
    b.x < a.x + a.width &&
    a.y < b.y + b.height &&
    b.y < a.y + a.height
  );
}

function assertApart(rects, width, height) {
  for (const [index, rect] of rects.entries()) {
    assert.ok(rect.x >= 0 && rect.y >= 0, JSON.stringify(rect));
    assert.ok(rect.x + rect.width <= width && rect.y + rect.height <= height);
    for (const other of rects.slice(index + 1)) assert.ok(!overlap(rect, other));
  }
}

test("tiles stay apart and on the stage, whatever its shape", () => {
  for (const [width, height] of STAGES) {
    for (let count = 1; count <= 50; count += 1) {
      const rects = grid(count, width, height);
      assert.equal(rects.length, count);
      assertApart(rects, width, height);
    }
  }
});

test("tiles keep their aspect", () => {
  const [tile] = grid(4, 1600, 900);
  assert.ok(Math.abs(tile.width / tile.height - 16 / 9) < 0.02);
});

test("one tile fills a stage of its own shape", () => {
  assert.deepEqual(grid(1, 1600, 900), [{ x: 0, y: 0, width: 1600, height: 900 }]);
});

test("a last row that is not full is centred", () => {
  const rects = grid(3, 1600, 900);
  assert.equal(rects[2].x + rects[2].width / 2, 800);
});

test("two people are beside each other on a wide stage, above on a tall one", () => {
  const wide = grid(2, 1600, 700);
  assert.equal(wide[0].y, wide[1].y);
  const tall = grid(2, 360, 600);
  assert.equal(tall[0].x, tall[1].x);
});

test("nothing is laid out without people or without a stage", () => {
  assert.deepEqual(grid(0, 100, 100), []);
  assert.deepEqual(grid(3, 0, 100), []);
});

test("a page holds at most 25, and on a phone only as many as are recognised", () => {
  assert.equal(gridCapacity(50, 3824, 1980), 25);
  const onPhone = gridCapacity(50, 344, 560);
  assert.ok(onPhone >= 4 && onPhone <= 12, String(onPhone));
  assert.equal(gridCapacity(0, 344, 560), 0);
  assert.equal(gridCapacity(3, 1424, 760), 3);
});

test("where there are more pages, rows are full", () => {
  const shown = gridCapacity(41, 768, 870);
  const rows = new Map();
  for (const { y } of grid(shown, 768, 870, { aspect: 4 / 3 }))
    rows.set(y, (rows.get(y) ?? 0) + 1);
  assert.equal(new Set(rows.values()).size, 1, JSON.stringify([...rows]));
});

test("on a wall the people beside a screen grow with it", () => {
  const [beside] = spotlight(4, 3824, 1980).strip;
  assert.equal(beside?.width, 478);
  assert.equal(spotlight(4, 1904, 900).strip[0]?.width, 300);
});

test("a screen is large, and as many people as fit are beside it", () => {
  for (const [width, height] of STAGES) {
    for (let count = 1; count <= 30; count += 1) {
      const { main, strip } = spotlight(count, width, height);
      assert.ok(strip.length >= 1 && strip.length <= count);
      assertApart([main, ...strip], width, height);
      assert.ok(main.width * main.height > strip[0].width * strip[0].height);
    }
  }
});

test("a screen has the whole stage where nobody is beside it", () => {
  assert.deepEqual(spotlight(0, 800, 600).main, {
    x: 0,
    y: 0,
    width: 800,
    height: 600,
  });
});

test("people are beside the screen on a wide stage, below on a tall one", () => {
  const wide = spotlight(1, 1400, 800);
  assert.equal(wide.strip[0].x, wide.main.width + GAP);
  const tall = spotlight(1, 360, 600);
  assert.equal(tall.strip[0].y, tall.main.height + GAP);
});

test("tall stages get squarer tiles", () => {
  assert.ok(aspectFor(360, 600) < aspectFor(1400, 800));
});
