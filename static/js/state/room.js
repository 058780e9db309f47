// The state of a room, and what an event does to it (docs/protocol.md). Pure: an
// argument is never changed, what did not change is shared.

const CHAT_LIMIT = 100; // as in a fresh snapshot

/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {{kind: Kind, codec: Codec, width: number, height: number, started_us: number}} Track */
/** @typedef {{id: string, number: number, name: string, role: string, signed_in: boolean, connected: boolean, joined_us: number, hand_raised_us: number | null, tracks: Partial<Record<Kind, Track>>}} Participant */
/** @typedef {{id: string, position: number, session: string, participant: number | null, name: string, text: string, sent_us: number}} Message */
/** @typedef {{id: string, started_us: number, by: string}} Recording */
/** @typedef {{id: string, started_us: number, ended_us: number | null, locked: boolean}} Session */
/** @typedef {{slug: string, name: string, entry: string, kind: "meeting" | "webinar", attendees_chat: boolean}} Room */
/** @typedef {{id: string, number: number, name: string, signed_in: boolean, hand_raised_us: number | null}} Attendee */
/** @typedef {{count: number, hands: Attendee[]}} Attendees of a webinar: who only watch, and whose hand is up */
/** @typedef {{id: string, started_us: number, by: string, is_public: boolean}} Output a live one */
/** @typedef {{room: Room, session: Session | null, participants: Participant[], attendees: Attendees, recording: Recording | null, outputs: Output[], chat: Message[]}} Snapshot */
/** @typedef {{type: "event", position: number, event: string, at_us: number, data: any}} EventMessage */

/** @type {Attendees} */
const NO_ATTENDEES = { count: 0, hands: [] };

/** @type {Record<string, (snapshot: Snapshot, data: any) => Snapshot>} */
const CHANGES = {
  "session.started": (snapshot, { session }) => ({
    ...snapshot,
    session,
    participants: [],
    attendees: NO_ATTENDEES,
    recording: null,
    outputs: [],
  }),
  "session.ended": (snapshot, { session }) => ({
    ...snapshot,
    session,
    participants: [],
    attendees: NO_ATTENDEES,
    recording: null,
    outputs: [],
  }),
  "session.updated": (snapshot, { session }) => ({ ...snapshot, session }),
  "participant.joined": (snapshot, { participant }) => ({
    ...snapshot,
    participants: [
      ...snapshot.participants.filter((one) => one.number !== participant.number),
      participant,
    ].sort((one, other) => one.number - other.number),
    attendees: withoutHand(snapshot, participant.number),
  }),
  "participant.updated": (snapshot, { number, ...changes }) =>
    changeParticipant(snapshot, number, (one) => ({ ...one, ...changes })),
  "participant.left": (snapshot, { number }) => ({
    ...snapshot,
    participants: snapshot.participants.filter((one) => one.number !== number),
    attendees: withoutHand(snapshot, number),
  }),
  "attendees.counted": (snapshot, { count }) => ({
    ...snapshot,
    attendees: { ...snapshot.attendees, count },
  }),
  "attendee.updated": (snapshot, { attendee }) => {
    const attendees = withoutHand(snapshot, attendee.number);
    if (attendee.hand_raised_us === null) return { ...snapshot, attendees };
    const hands = [...attendees.hands, attendee].sort(
      (one, other) =>
        one.hand_raised_us - other.hand_raised_us || one.number - other.number,
    );
    return { ...snapshot, attendees: { ...attendees, hands } };
  },
  "track.started": (snapshot, { number, track }) =>
    changeParticipant(snapshot, number, (one) => ({
      ...one,
      tracks: { ...one.tracks, [track.kind]: track },
    })),
  "track.stopped": (snapshot, { number, kind }) =>
    changeParticipant(snapshot, number, (one) => {
      const tracks = { ...one.tracks };
      delete tracks[/** @type {Kind} */ (kind)];
      return { ...one, tracks };
    }),
  "chat.message": (snapshot, { message }) => ({
    ...snapshot,
    chat: [...snapshot.chat, message].slice(-CHAT_LIMIT),
  }),
  "recording.started": (snapshot, { recording }) => ({ ...snapshot, recording }),
  "recording.stopped": (snapshot) => ({ ...snapshot, recording: null }),
  "output.started": (snapshot, { output }) => ({
    ...snapshot,
    outputs: [...snapshot.outputs, output],
  }),
  "output.ended": (snapshot, { output }) => ({
    ...snapshot,
    outputs: snapshot.outputs.filter(({ id }) => id !== output.id),
  }),
  "room.updated": (snapshot, { room }) => ({ ...snapshot, room }),
};

/**
 * The snapshot after an event. An event of a later version changes nothing.
 * @param {Snapshot} snapshot
 * @param {EventMessage} message
 * @returns {Snapshot}
 */
export function applyEvent(snapshot, message) {
  const change = Object.hasOwn(CHANGES, message.event) && CHANGES[message.event];
  return change ? change(snapshot, message.data) : snapshot;
}

/**
 * @param {Snapshot} snapshot
 * @param {number} number
 * @returns {Attendees}
 */
function withoutHand({ attendees }, number) {
  const hands = attendees.hands.filter((one) => one.number !== number);
  return hands.length === attendees.hands.length ? attendees : { ...attendees, hands };
}

/**
 * @param {Snapshot} snapshot
 * @param {number} number
 * @param {(participant: Participant) => Participant} change
 */
function changeParticipant(snapshot, number, change) {
  return {
    ...snapshot,
    participants: snapshot.participants.map((one) =>
      one.number === number ? change(one) : one,
    ),
  };
}
