import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf, loudnessOf, Speaker } from "../../static/js/state/level.js";
import { EventOrder } from "../../static/js/state/order.js";
import { applyEvent } from "../../static/js/state/room.js";

const ALICE = {
  id: "a",
  number: 1,
  name: "Alice",
  role: "host",
  signed_in: true,
  connected: true,
  joined_us: 1,
  hand_raised_us: null,
  tracks: {},
};
const BOB = { ...ALICE, id: "b", number: 2, name: "Bob", role: "guest" };
const CAMERA = { kind: "camera", codec: "h264", width: 640, height: 360, started_us: 5 };
const GRACE = { id: "g", number: 9, name: "Grace", signed_in: false, hand_raised_us: 8 };
const HEIDI = { ...GRACE, id: "h", number: 8, name: "Heidi", hand_raised_us: 7 };
const NOBODY = { count: 0, hands: [] };
const RECORDING = { id: "r", started_us: 9, by: "Alice" };
const OUTPUT = { id: "o", started_us: 9, by: "Alice", is_public: false };
const SNAPSHOT = freeze({
  room: { slug: "abc", name: "Talk", entry: "anyone" },
  session: { id: "s", started_us: 1, ended_us: null },
  participants: [ALICE, { ...BOB, tracks: { camera: CAMERA } }],
  attendees: { count: 4, hands: [] },
  recording: null,
  outputs: [],
  chat: [],
});

function freeze(value) {
  if (value && typeof value === "object") Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

function after(event, data, snapshot = SNAPSHOT) {
  return applyEvent(snapshot, freeze({ type: "event", position: 1, event, at_us: 1, data }));
}

/** @type {[string, object, object][]} */
const CASES = [
  ["session.ended", { session: { id: "s", started_us: 1, ended_us: 8 } }, { session: { id: "s", started_us: 1, ended_us: 8 }, participants: [], attendees: NOBODY, recording: null, outputs: [] }],
  ["session.started", { session: { id: "t", started_us: 9, ended_us: null } }, { session: { id: "t", started_us: 9, ended_us: null }, participants: [], attendees: NOBODY, recording: null, outputs: [] }],
  ["session.updated", { session: { id: "s", started_us: 1, ended_us: null, locked: true } }, { session: { id: "s", started_us: 1, ended_us: null, locked: true } }],
  ["participant.joined", { participant: { ...BOB, id: "c", number: 3 } }, { participants: [...SNAPSHOT.participants, { ...BOB, id: "c", number: 3 }] }],
  ["participant.updated", { number: 1, connected: false, hand_raised_us: 7 }, { participants: [{ ...ALICE, connected: false, hand_raised_us: 7 }, SNAPSHOT.participants[1]] }],
  ["participant.left", { number: 1, reason: "left" }, { participants: [SNAPSHOT.participants[1]] }],
  ["attendees.counted", { count: 5 }, { attendees: { count: 5, hands: [] } }],
  ["attendee.updated", { attendee: GRACE }, { attendees: { count: 4, hands: [GRACE] } }],
  ["attendee.updated", { attendee: { ...GRACE, hand_raised_us: null } }, {}],
  ["track.started", { number: 1, track: CAMERA }, { participants: [{ ...ALICE, tracks: { camera: CAMERA } }, SNAPSHOT.participants[1]] }],
  ["track.stopped", { number: 2, kind: "camera" }, { participants: [ALICE, BOB] }],
  ["chat.message", { message: { id: "m", text: "<b>" } }, { chat: [{ id: "m", text: "<b>" }] }],
  ["recording.started", { recording: RECORDING }, { recording: RECORDING }],
  ["output.started", { output: OUTPUT }, { outputs: [OUTPUT] }],
  ["room.updated", { room: { slug: "abc", name: "New", entry: "members" } }, { room: { slug: "abc", name: "New", entry: "members" } }],
];

for (const [event, data, change] of CASES) {
  test(`${event} changes the snapshot, and nothing else`, () => {
    assert.deepEqual(after(event, data), { ...SNAPSHOT, ...change });
  });
}

test("hands of attendees are in order, and one who joins or leaves has none", () => {
  const both = [GRACE, HEIDI].reduce((before, attendee) => after("attendee.updated", { attendee }, before), SNAPSHOT);
  assert.deepEqual(both.attendees.hands, [HEIDI, GRACE]);
  assert.deepEqual(after("participant.left", { number: 8, reason: "left" }, both).attendees.hands, [GRACE]);
  assert.deepEqual(after("participant.joined", { participant: { ...BOB, number: 9 } }, both).attendees.hands, [HEIDI]);
});

test("recording.stopped takes the recording away", () => {
  const recorded = freeze({ ...SNAPSHOT, recording: RECORDING });
  assert.deepEqual(after("recording.stopped", { recording: RECORDING }, recorded), SNAPSHOT);
});

test("output.ended takes that one away", () => {
  const other = { ...OUTPUT, id: "p" };
  const live = freeze({ ...SNAPSHOT, outputs: [OUTPUT, other] });
  assert.deepEqual(after("output.ended", { output: { id: "o" } }, live).outputs, [other]);
});

test("chat keeps the latest hundred messages", () => {
  let snapshot = SNAPSHOT;
  for (let id = 1; id <= 101; id += 1) snapshot = after("chat.message", { message: { id } }, snapshot);
  assert.deepEqual([snapshot.chat.length, snapshot.chat[0].id, snapshot.chat.at(-1).id], [100, 2, 101]);
});

test("events of later versions, and names of every object, change nothing", () => {
  for (const name of ["poll.opened", "constructor", "__proto__"]) {
    assert.equal(after(name, {}), SNAPSHOT);
  }
});

test("events are given in order, once, and gaps are seen", () => {
  const order = new EventOrder(4);
  const positions = (position) => order.offer({ position }).map((event) => event.position);
  assert.deepEqual(positions(4), []);
  assert.deepEqual(positions(5), [5]);
  assert.deepEqual(positions(8), []);
  assert.deepEqual(positions(7), []);
  assert.equal(order.isMissing, true);
  assert.deepEqual(positions(6), [6, 7, 8]);
  assert.deepEqual(positions(6), []);
  assert.equal(order.isMissing, false);
});

test("waiting events are bounded, and the next one is always taken", () => {
  const order = new EventOrder(0);
  for (let position = 2; position <= 5000; position += 1) order.offer({ position });
  assert.equal(order.offer({ position: 1 }).length, 1001);
});

test("loudness is -dBov", () => {
  assert.equal(loudnessOf(new Float32Array(960)), 127);
  assert.equal(loudnessOf(new Float32Array(960).fill(1)), 0);
  assert.equal(loudnessOf(new Float32Array(960).fill(0.1)), 20);
  assert.equal(levelOf(new Float32Array(960)), 0);
});

test("who speaks is the loudest, until another has been for a second", () => {
  const speaker = new Speaker();
  speaker.hear([[1, 0.1]], 0);
  assert.equal(speaker.number, null);
  speaker.hear([[1, 0.4], [2, 0.6]], 100);
  assert.equal(speaker.number, 2);
  speaker.hear([[1, 0.8], [2, 0.6]], 600);
  assert.equal(speaker.number, 2);
  speaker.hear([], 1100);
  assert.equal(speaker.number, 2);
  speaker.hear([[1, 0.8]], 1200);
  assert.equal(speaker.number, 1);
});
