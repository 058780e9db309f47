import assert from "node:assert/strict";
import test from "node:test";
import { mainSpeaker, pages } from "../../static/js/ui/order.js";

const people = (count) =>
  Array.from({ length: count }, (_, index) => ({ number: index + 1 }));
const numbers = (page) => page.map(({ number }) => number);

test("people come in the order of their arrival while nobody speaks", () => {
  assert.deepEqual(pages(people(5), new Map(), 2).map(numbers), [[1, 2], [3, 4], [5]]);
});

test("who spoke last comes onto the first page, which keeps its order", () => {
  const spoke = new Map([
    [5, 30],
    [1, 20],
  ]);
  assert.deepEqual(pages(people(5), spoke, 2).map(numbers), [[1, 5], [2, 3], [4]]);
});

test("speech does not move tiles while all fit onto one page", () => {
  assert.deepEqual(pages(people(3), new Map([[3, 9]]), 9).map(numbers), [[1, 2, 3]]);
});

test("the argument is left alone", () => {
  const given = people(3);
  pages(given, new Map([[3, 9]]), 1);
  assert.deepEqual(numbers(given), [1, 2, 3]);
});

test("the last speaker is large, oneself only when alone", () => {
  const spoke = new Map([
    [1, 50],
    [3, 40],
  ]);
  assert.equal(mainSpeaker(people(3), spoke, 1)?.number, 3);
  assert.equal(mainSpeaker(people(3), new Map(), 1)?.number, 2);
  assert.equal(mainSpeaker(people(1), new Map(), 1)?.number, 1);
  assert.equal(mainSpeaker([], new Map(), 1), undefined);
});
