import assert from "node:assert/strict";
import { test } from "node:test";
import { Views } from "../../static/js/state/views.js";

const FAST = 10; // ms in a decoder
const SLOW = 400;

function open() {
  const sent = [];
  return { sent, views: new Views((view) => sent.push(view)) };
}

function run(views, startMs, seconds, decodeMs) {
  for (let ms = 0; ms < seconds * 1000; ms += 100) views.note(decodeMs, startMs + ms);
  return startMs + seconds * 1000;
}

test("the server is told what is new, and all of it after a reconnect", () => {
  const { sent, views } = open();
  const view = { number: 2, kind: "camera", height: 700 };
  views.set(view);
  views.set({ ...view });
  assert.deepEqual(sent, [view]);
  views.set({ ...view, height: 0 });
  views.set({ number: 3, kind: "screen", height: 900 });
  views.forget(2);
  sent.length = 0;
  views.tellAll();
  assert.deepEqual(sent, [{ number: 3, kind: "screen", height: 900 }]);
});

test("a machine that decodes too slowly asks for smaller pictures, and larger ones later", () => {
  const { sent, views } = open();
  views.set({ number: 2, kind: "camera", height: 700 });
  views.set({ number: 3, kind: "camera", height: 0 });
  let ms = run(views, 1000, 10, FAST);
  assert.equal(views.isReduced, false);
  sent.length = 0;
  ms = run(views, ms, 5, SLOW);
  assert.equal(views.isReduced, true);
  assert.deepEqual(sent, [
    { number: 2, kind: "camera", height: 360 },
    { number: 3, kind: "camera", height: 0 },
  ]);
  ms = run(views, ms, 20, SLOW);
  assert.equal(sent.at(-2).height, 180);
  views.set({ number: 2, kind: "camera", height: 650 });
  assert.equal(sent.at(-1).height, 180);
  run(views, ms, 300, FAST);
  assert.equal(views.isReduced, false);
  assert.equal(sent.at(-2).height, 650);
});

test("a moment of slowness changes nothing", () => {
  const { views } = open();
  let ms = run(views, 1000, 10, FAST);
  ms = run(views, ms, 0.5, SLOW);
  run(views, ms, 10, FAST);
  assert.equal(views.isReduced, false);
});
