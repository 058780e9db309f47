import assert from "node:assert/strict";
import test from "node:test";
import { within } from "../../static/js/ui/lanes.js";
import { REACTIONS, Reactions } from "../../static/js/ui/reactions.js";
import { parseStoryboard, shotAt } from "../../static/js/ui/storyboard.js";
import { parseDuration, preciseDuration } from "../../static/js/ui/times.js";

const timeline = {
  start_us: 0,
  end_us: 100,
  people: [
    {
      number: 1,
      name: "Ann",
      present: [
        [0, 30],
        [50, 100],
      ],
      hands: [[5, 8]],
      speaking: [
        [10, 25],
        [55, 60],
      ],
      tracks: [
        { kind: "screen", start_us: 0, end_us: 10 },
        { kind: "camera", start_us: 0, end_us: 100 },
      ],
    },
    { number: 2, name: "Ben", present: [[90, 100]], hands: [], speaking: [], tracks: [] },
  ],
  chat: [{ sent_us: 10 }, { sent_us: 40 }],
  recordings: [
    { id: "a", start_us: 20, end_us: 60, chapters: [], storyboard: null },
    { id: "b", start_us: 80, end_us: null, chapters: [], storyboard: null },
  ],
};

test("a recording's timeline is what is in it", () => {
  const part = within(timeline, "a");
  assert.equal(part.start_us, 20);
  assert.equal(part.end_us, 60);
  assert.deepEqual(
    part.people.map(({ name, present, speaking, hands, tracks }) => ({
      name,
      present,
      speaking,
      hands,
      tracks: tracks.map(({ kind }) => kind),
    })),
    [
      {
        name: "Ann",
        present: [
          [20, 30],
          [50, 60],
        ],
        speaking: [
          [20, 25],
          [55, 60],
        ],
        hands: [],
        tracks: ["camera"],
      },
    ],
  );
  assert.deepEqual(part.chat, [{ sent_us: 40 }]);
  assert.deepEqual(
    part.recordings.map(({ id }) => id),
    ["a"],
  );
});

test("one that still runs goes up to the timeline's end; another leaves all as it is", () => {
  assert.equal(within(timeline, "b").end_us, 100);
  assert.equal(within(timeline, "b").people.length, 2);
  assert.equal(within(timeline, "c"), timeline);
});

test("a storyboard's cues are times and parts of a picture", () => {
  const shots = parseStoryboard(
    "WEBVTT\n\n00:00:00.000 --> 00:00:24.000\n/a.jpg#xywh=0,0,160,90\n\n" +
      "NOTE no picture\n\n01:00:24.000 --> 01:00:48.500\n/a.jpg#xywh=160,90,160,90\n",
    1_000_000,
  );
  assert.equal(shots.length, 2);
  assert.deepEqual(shots[1], {
    startUs: 3_625_000_000,
    endUs: 3_649_500_000,
    address: "/a.jpg",
    x: 160,
    y: 90,
    width: 160,
    height: 90,
  });
  assert.equal(shotAt(shots, 1_000_000), shots[0]);
  assert.equal(shotAt(shots, 25_000_000), null);
  assert.equal(shotAt(shots, 999_999), null);
  assert.deepEqual(parseStoryboard("<html>", 0), []);
});

test("times are written to a tenth where they need it, and read again", () => {
  assert.equal(preciseDuration(65), "1:05");
  assert.equal(preciseDuration(65.46), "1:05.5");
  assert.equal(preciseDuration(59.96), "1:00");
  assert.equal(preciseDuration(-3), "0:00");
  for (const seconds of [0, 0.1, 59.9, 3723.4])
    assert.ok(
      Math.abs((parseDuration(preciseDuration(seconds)) ?? -1) - seconds) < 1e-6,
    );
  assert.equal(parseDuration("1:05,5"), null);
});

test("the newest reaction of each person is shown, for a while", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let changes = 0;
  const reactions = new Reactions(() => (changes += 1));
  const react = (number, emoji) =>
    reactions.take({ event: "reaction.sent", data: { number, emoji } });
  react(1, REACTIONS[0]);
  context.mock.timers.tick(3000);
  react(1, REACTIONS[1]);
  react(2, REACTIONS[2]);
  reactions.take({ event: "chat.message", data: {} });
  context.mock.timers.tick(3000);
  assert.deepEqual([...reactions.shown], [
    [1, REACTIONS[1]],
    [2, REACTIONS[2]],
  ]);
  context.mock.timers.tick(1000);
  assert.equal(reactions.shown.size, 0);
  assert.equal(changes, 5);
});
