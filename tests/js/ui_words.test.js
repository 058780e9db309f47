import assert from "node:assert/strict";
import test from "node:test";
import { explain, explainSupport } from "../../static/js/ui/blocked.js";
import { meetingCode } from "../../static/js/ui/codes.js";
import { splitLinks } from "../../static/js/ui/links.js";
import { initials, tint } from "../../static/js/ui/names.js";
import { sentence } from "../../static/js/ui/notices.js";
import { duration, parseDuration } from "../../static/js/ui/times.js";
import { fill, ngettext } from "../../static/js/ui/text.js";

const hrefs = (text) =>
  splitLinks(text)
    .filter(({ href }) => href)
    .map(({ text: shown }) => shown);

test("links are found, and the text around them is kept", () => {
  const text = "See https://a.example/x?y=1#z, then (http://b.example/c(d)).";
  assert.deepEqual(hrefs(text), ["https://a.example/x?y=1#z", "http://b.example/c(d)"]);
  assert.equal(
    splitLinks(text)
      .map((part) => part.text)
      .join(""),
    text,
  );
});

test("only web addresses become links", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "https://",
    "xhttps://a.example",
    "<b>bold</b>",
  ]) {
    assert.deepEqual(hrefs(text), []);
    assert.equal(
      splitLinks(text)
        .map((part) => part.text)
        .join(""),
      text,
    );
  }
  assert.deepEqual(splitLinks(""), []);
});

test("a link ends where markup begins", () => {
  assert.deepEqual(hrefs('https://a.example/"onmouseover="x'), ["https://a.example/"]);
});

test("initials of any script", () => {
  assert.equal(initials("Alice Example"), "AE");
  assert.equal(initials("  bob "), "B");
  assert.equal(initials("Ana Maria da Silva"), "AS");
  assert.equal(initials("李雷"), "李");
  assert.equal(initials("😀 smile"), "😀S");
  assert.equal(initials(""), "");
});

test("a name has one tint of eight", () => {
  assert.equal(tint("Alice"), tint("Alice"));
  for (const name of ["", "Alice", "Фёдор", "😀"]) {
    assert.ok(Number.isInteger(tint(name)) && tint(name) >= 0 && tint(name) < 8);
  }
});

test("lengths are written as people write them, and read back", () => {
  assert.equal(duration(0), "0:00");
  assert.equal(duration(65.9), "1:05");
  assert.equal(duration(3723), "1:02:03");
  assert.equal(duration(-5), "0:00");
  for (const seconds of [0, 59, 65, 3723]) {
    assert.equal(parseDuration(duration(seconds)), seconds);
  }
  assert.equal(parseDuration("90"), 90);
  for (const bad of [null, "", "x", "-1", "1:", "1:2:3:4", "1.", ".5", "1e9"]) {
    assert.equal(parseDuration(bad), null);
  }
});

test("a code is found in whatever was pasted", () => {
  for (const text of [
    "abc-defg-hjk",
    " ABC-DEFG-HJK ",
    "abcdefghjk",
    "https://meet.example/rooms/abc-defg-hjk/?t=1",
    "abc defg hjk",
  ]) {
    assert.equal(meetingCode(text), "abc-defg-hjk");
  }
  for (const bad of [
    "",
    "hello",
    "abc-defg",
    "https://meet.example/",
    "abc-defg-hj1",
  ]) {
    assert.equal(meetingCode(bad), null);
  }
});

const before = {
  participants: [{ number: 2, name: "<b>Bob</b>", tracks: {} }],
  attendees: { count: 0, hands: [] },
};
const event = (name, data) => ({
  type: "event",
  position: 1,
  event: name,
  at_us: 0,
  data,
});

test("events are told in words", () => {
  const told = (name, data) => sentence(event(name, data), before, 1);
  assert.equal(
    told("participant.joined", { participant: { number: 3, name: "Eve" } }),
    "Eve joined",
  );
  assert.equal(
    told("participant.left", { number: 2, reason: "left" }),
    "<b>Bob</b> left",
  );
  assert.equal(told("participant.left", { number: 2, reason: "ended" }), null);
  assert.equal(
    told("participant.left", { number: 2, reason: "attends" }),
    "<b>Bob</b> only watches now",
  );
  assert.equal(
    told("participant.left", { number: 1, reason: "attends" }),
    "You only watch now",
  );
  const grace = { number: 9, name: "Grace", hand_raised_us: 5 };
  assert.equal(told("attendee.updated", { attendee: grace }), "Grace raised a hand");
  const down = { ...grace, hand_raised_us: null };
  assert.equal(told("attendee.updated", { attendee: down }), null);
  assert.equal(
    told("participant.updated", { number: 2, hand_raised_us: 5 }),
    "<b>Bob</b> raised a hand",
  );
  assert.equal(told("participant.updated", { number: 2, hand_raised_us: null }), null);
  assert.equal(told("track.started", { number: 2, track: { kind: "camera" } }), null);
  assert.equal(
    told("track.started", { number: 2, track: { kind: "screen" } }),
    "<b>Bob</b> is sharing the screen",
  );
  assert.equal(
    told("recording.started", { recording: { by: "Eve" } }),
    "Eve started recording",
  );
  assert.equal(
    told("output.started", { output: { by: "Eve" } }),
    "Eve sends this meeting out live",
  );
  assert.equal(told("from.the.future", {}), null);
  assert.equal(told("toString", {}), null);
});

test("one's own doings are not told to oneself, recording is", () => {
  const joined = event("participant.joined", {
    participant: { number: 1, name: "Me" },
  });
  assert.equal(sentence(joined, before, 1), null);
  const started = event("recording.started", { recording: { by: "Me" } });
  assert.equal(sentence(started, before, 1), "Me started recording");
});

test("a blocked device is explained for the browser at hand", () => {
  const chrome = "Mozilla/5.0 AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36";
  const safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/18.0 Safari/605";
  const firefox = "Mozilla/5.0 Gecko/20100101 Firefox/130.0";
  const words = [chrome, safari, firefox].map((agent) =>
    explain("camera", "denied", agent),
  );
  assert.equal(new Set(words).size, 3);
  assert.match(words[1], /Safari/);
  for (const code of ["none", "busy", "insecure", "failed", "from the future"]) {
    assert.notEqual(explain("microphone", code, chrome), "");
  }
  assert.equal(explain("screen", "cancelled", chrome), "");
});

test("a browser that cannot take part is told what to do", () => {
  assert.match(explainSupport(["insecure"]), /https/);
  assert.match(explainSupport(["video_decoder"]), /Chrome/);
});

test("texts are filled, and English without a catalogue stays English", () => {
  assert.equal(fill("%(a)s and %(b)s", { a: "$&", b: 2 }), "$& and 2");
  assert.equal(fill("%(missing)s", {}), "%(missing)s");
  assert.equal(ngettext("one", "many", 1), "one");
  assert.equal(ngettext("one", "many", 2), "many");
});
