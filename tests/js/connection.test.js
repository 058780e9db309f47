import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../static/js/send/backoff.js";
import { ServerClock } from "../../static/js/send/clock.js";
import { Requests } from "../../static/js/send/requests.js";

test("waits double from half a second to eight, and begin anew after success", () => {
  const backoff = new Backoff(() => 0);
  const waits = Array.from({ length: 7 }, () => backoff.next());
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test("chance takes up to half of a wait", () => {
  assert.equal(new Backoff(() => 0.999).next() > 249, true);
  assert.equal(new Backoff(() => 0.5).next(), 375);
});

test("the answer with the shortest round trip sets the clock", () => {
  const clock = new ServerClock();
  assert.equal(clock.offsetUs, 0);
  clock.addHint(5_000, 1_000);
  assert.equal(clock.offsetUs, 4_000);
  clock.add(10_000, 1_015_000, 50_000); // 40 ms there and back, unevenly
  clock.add(60_000, 1_061_000, 62_000);
  clock.add(70_000, 1_090_000, 90_000);
  assert.equal(clock.offsetUs, 1_000_000);
});

test("an old best answer is forgotten: clocks drift", () => {
  const clock = new ServerClock();
  clock.add(0, 1_000, 2);
  for (let count = 0; count < 8; count += 1) clock.add(0, 9_000, 100);
  assert.equal(clock.offsetUs, 9_000 + 50 - 100);
});

test("answers settle their requests in any order", async () => {
  const sent = [];
  const requests = new Requests((text) => sent.push(JSON.parse(text)));
  requests.connect();
  const first = requests.send("hand.raise", {});
  const second = requests.send("chat.send", { text: "hi", type: "ping", id: 99 });
  assert.deepEqual(sent[1], { text: "hi", type: "chat.send", id: sent[1].id });
  requests.resolve({ id: sent[1].id, message: 1 });
  requests.reject({ id: sent[0].id, code: "invalid", detail: "No." });
  assert.equal((await second).message, 1);
  await assert.rejects(first, { code: "invalid", detail: "No." });
});

test("a lost connection settles what was asked, and refuses what is asked then", async () => {
  const requests = new Requests(() => {});
  requests.connect();
  const asked = requests.send("leave", {});
  requests.disconnect();
  await assert.rejects(asked, { code: "disconnected" });
  await assert.rejects(requests.send("leave", {}), { code: "disconnected" });
});
