import assert from "node:assert/strict";
import test from "node:test";
import { withLatest, withOlder } from "../../static/js/pages/room/messages.js";
import { wantOfKey } from "../../static/js/pages/room/keys.js";

const run = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ position: from + index }));
const positions = ({ messages }) => messages.map(({ position }) => position);

test("the first snapshot is what there is", () => {
  assert.deepEqual(withLatest(null, run(1, 3)), {
    messages: run(1, 3),
    hasOlder: false,
  });
  assert.equal(withLatest(null, run(1, 100)).hasOlder, true);
});

test("new messages come after those held", () => {
  const chat = withLatest(withLatest(null, run(1, 3)), run(1, 5));
  assert.deepEqual(positions(chat), [1, 2, 3, 4, 5]);
});

test("nothing new changes nothing", () => {
  const chat = withLatest(null, run(1, 3));
  assert.equal(withLatest(chat, run(1, 3)), chat);
});

test("older messages stay when new ones push them out of the snapshot", () => {
  const chat = withLatest(withLatest(null, run(1, 100)), run(2, 101));
  assert.equal(chat.messages.length, 101);
});

test("after a long absence, which may have left a gap, it begins again", () => {
  const chat = withLatest(withLatest(null, run(1, 100)), run(301, 400));
  assert.deepEqual(positions(chat), positions({ messages: run(301, 400) }));
  assert.equal(chat.hasOlder, true);
});

test("older ones come before, once", () => {
  const chat = withOlder(withLatest(null, run(11, 13)), run(8, 11), true);
  assert.deepEqual(positions(chat), [8, 9, 10, 11, 12, 13]);
  assert.equal(chat.hasOlder, true);
});

test("what is held is bounded", () => {
  let chat = withLatest(null, run(1, 100));
  for (let last = 101; last <= 1500; last += 1)
    chat = withLatest(chat, run(last - 99, last));
  assert.equal(chat.messages.length, 1000);
  assert.equal(chat.hasOlder, true);
});

test("keys want things, except while somebody writes", () => {
  const key = (changes) => ({ key: "m", target: { closest: () => null }, ...changes });
  assert.equal(wantOfKey(key({})), "microphone");
  assert.equal(wantOfKey(key({ key: "M" })), "microphone");
  assert.equal(wantOfKey(key({ key: "?" })), "keys");
  assert.equal(wantOfKey(key({ key: "x" })), null);
  assert.equal(wantOfKey(key({ ctrlKey: true })), null);
  assert.equal(wantOfKey(key({ repeat: true })), null);
  assert.equal(wantOfKey(key({ target: { closest: () => ({}) } })), null);
});
