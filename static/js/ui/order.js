// Who is on which page of the stage: pure.

/**
 * Pages of people. Who spoke last comes onto the first page; within a page people
 * keep the order in which they came, so tiles move as little as they can.
 * @template {{number: number}} Person
 * @param {Person[]} people
 * @param {ReadonlyMap<number, number>} spokeAt number -> time of the last word
 * @param {number} pageSize at least 1
 * @returns {Person[][]}
 */
export function pages(people, spokeAt, pageSize) {
  const bySpeech = [...people].sort(
    (a, b) =>
      (spokeAt.get(b.number) ?? 0) - (spokeAt.get(a.number) ?? 0) ||
      a.number - b.number,
  );
  const result = [];
  for (let start = 0; start < bySpeech.length; start += pageSize) {
    const page = bySpeech.slice(start, start + pageSize);
    result.push(page.sort((a, b) => a.number - b.number));
  }
  return result;
}

/**
 * Who gets the large place in the speaker layout: the last who spoke, not oneself
 * unless alone.
 * @template {{number: number}} Person
 * @param {Person[]} people
 * @param {ReadonlyMap<number, number>} spokeAt
 * @param {number} own
 * @returns {Person | undefined}
 */
export function mainSpeaker(people, spokeAt, own) {
  const others = people.filter((person) => person.number !== own);
  const candidates = others.length > 0 ? others : people;
  return candidates.reduce(
    (/** @type {Person | undefined} */ best, person) =>
      best && (spokeAt.get(best.number) ?? 0) >= (spokeAt.get(person.number) ?? 0)
        ? best
        : person,
    undefined,
  );
}
