import assert from "node:assert/strict";
import test from "node:test";
import { actsOn } from "../../static/js/ui/person-row.js";
import { sentence } from "../../static/js/ui/notices.js";

const person = (changes) => ({ number: 2, name: "Bob", role: "guest", tracks: {}, ...changes });
const wants = (one) => actsOn(one).map(({ want }) => want);

test("a host may promote and remove, and mute who is heard", () => {
  assert.deepEqual(wants(person({})), ["role", "remove"]);
  const heard = person({ tracks: { microphone: {} } });
  assert.deepEqual(wants(heard), ["mute", "role", "remove"]);
});

test("a host is made a guest again", () => {
  const [act] = actsOn(person({ role: "host" }));
  assert.deepEqual(act.detail, { number: 2, role: "guest" });
});

test("the owner can only be muted", () => {
  assert.deepEqual(wants(person({ role: "owner" })), []);
  assert.deepEqual(wants(person({ role: "owner", tracks: { microphone: {} } })), ["mute"]);
});

const BEFORE = { participants: [person({})], session: { id: "s", locked: false } };
const say = (event, data, own = 2) => sentence({ event, data }, BEFORE, own);

test("who is muted or promoted is told, nobody else", () => {
  const muted = { number: 2, by: "Alice" };
  assert.equal(say("participant.muted", muted), "Alice has muted you");
  assert.equal(say("participant.muted", muted, 1), null);
  assert.equal(say("participant.updated", { number: 2, role: "host" }), "You are a host now");
  assert.equal(say("participant.updated", { number: 2, role: "host" }, 1), null);
});

test("everybody is told of a lock", () => {
  const locked = { session: { id: "s", locked: true } };
  assert.match(say("session.updated", locked), /locked/);
  assert.equal(say("session.updated", { session: BEFORE.session }), null);
});

test("in a webinar a host becomes a panellist, and everybody may be let only watch", () => {
  const details = (one) => actsOn(one, true).filter((act) => act.want === "role").map((act) => act.detail.role);
  assert.deepEqual(details(person({ role: "host" })), ["member", "guest"]);
  assert.deepEqual(details(person({ role: "member" })), ["host", "guest"]);
  assert.deepEqual(actsOn(person({ role: "owner" }), true), []);
});
