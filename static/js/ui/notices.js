// What an event says to people: pure.

import { isHandUp } from "./hands.js";
import { fill, gettext } from "./text.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").EventMessage} EventMessage */

/** @type {Record<string, (data: any, before: Snapshot, own: number) => string | null>} */
const SENTENCES = {
  "participant.joined": ({ participant }) =>
    fill(gettext("%(name)s joined"), { name: participant.name }),
  "participant.left": ({ number, reason }, before, own) => {
    const name = nameOf(before, number);
    if (number === own)
      return reason === "attends" ? gettext("You only watch now") : null;
    if (!name || reason === "ended") return null;
    if (reason === "attends")
      return fill(gettext("%(name)s only watches now"), { name });
    if (reason === "lost")
      return fill(gettext("%(name)s lost the connection"), { name });
    if (reason === "removed") return fill(gettext("%(name)s was removed"), { name });
    return fill(gettext("%(name)s left"), { name });
  },
  "participant.updated": ({ number, hand_raised_us, role }, before, own) => {
    if (role === "host" && number === own) return gettext("You are a host now");
    if (!hand_raised_us || number === own) return null;
    return fill(gettext("%(name)s raised a hand"), { name: nameOf(before, number) });
  },
  "attendee.updated": ({ attendee }, before, own) => {
    const wasUp = isHandUp(before, attendee.number);
    if (!attendee.hand_raised_us || wasUp || attendee.number === own) return null;
    return fill(gettext("%(name)s raised a hand"), { name: attendee.name });
  },
  "track.started": ({ number, track }, before) => {
    const person = before.participants.find((one) => one.number === number);
    if (track.kind !== "screen" || !person || person.tracks.screen) return null;
    return fill(gettext("%(name)s is sharing the screen"), { name: person.name });
  },
  "participant.muted": ({ number, by }, _before, own) =>
    number === own ? fill(gettext("%(name)s has muted you"), { name: by }) : null,
  "session.updated": ({ session }, before) => {
    if (session.locked === before.session?.locked) return null;
    return session.locked
      ? gettext("The meeting is locked: nobody new can join")
      : gettext("The meeting is open again");
  },
  "recording.started": ({ recording }) =>
    recording.by
      ? fill(gettext("%(name)s started recording"), { name: recording.by })
      : gettext("Recording has started"),
  "output.started": ({ output }) =>
    output.by
      ? fill(gettext("%(name)s sends this meeting out live"), { name: output.by })
      : gettext("This meeting goes out live"),
  "output.ended": (_data, { outputs }) =>
    outputs.length > 1 ? null : gettext("This meeting does not go out live any more"),
  "recording.stopped": () => gettext("Recording has stopped"),
};

const TOLD_TO_ONESELF = new Set([
  "participant.muted",
  "participant.updated",
  "participant.left",
]);

/**
 * @param {EventMessage} message
 * @param {Snapshot} before the state before the event
 * @param {number} own one's own doings are not told to oneself
 * @returns {string | null}
 */
export function sentence({ event, data }, before, own) {
  const isOwn = (data.number ?? data.participant?.number) === own;
  if (isOwn && !TOLD_TO_ONESELF.has(event)) return null;
  return (
    (Object.hasOwn(SENTENCES, event) && SENTENCES[event]?.(data, before, own)) || null
  );
}

/**
 * @param {Snapshot} snapshot
 * @param {number} number
 */
function nameOf(snapshot, number) {
  return snapshot.participants.find((one) => one.number === number)?.name ?? "";
}
