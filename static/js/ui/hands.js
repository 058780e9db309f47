// Whose hand is up: pure.

/** @typedef {import("./types.js").Snapshot} Snapshot */

/**
 * @param {Snapshot} snapshot
 * @param {number} number of a participant, or of an attendee of a webinar
 */
export function isHandUp({ participants, attendees }, number) {
  return [...participants, ...attendees.hands].some(
    (one) => one.number === number && one.hand_raised_us !== null,
  );
}
