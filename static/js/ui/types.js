// The shapes that elements are given; those of docs/protocol.md come from state/.

/** @typedef {import("../state/room.js").Participant} Participant */
/** @typedef {import("../state/room.js").Attendee} Attendee */
/** @typedef {import("../state/room.js").Message} Message */
/** @typedef {import("../state/room.js").Snapshot} Snapshot */
/** @typedef {import("../state/room.js").EventMessage} EventMessage */
/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {import("../capture/devices.js").Device} Device */
/** @typedef {import("../render/places.js").PlaceElement} PlaceElement */
/** @typedef {{cameras: Device[], microphones: Device[], speakers: Device[]}} Devices */
/** @typedef {{camera?: string, microphone?: string, speaker?: string}} Chosen ids */
/** @typedef {Record<"camera" | "microphone" | "screen", string | null>} Problems codes of DeviceError */
/**
 * Where tiles get pictures and loudness from: a call or a replay.
 * @typedef {object} MediaSource
 * @property {(number: number, kind: Kind, element: PlaceElement) => void} attachVideo
 * @property {(element: PlaceElement) => void} detachVideo
 * @property {(number: number) => number} level
 * @property {number | null} speaker who speaks, or spoke last
 * @property {(number: number, kind: Kind, height: number) => void} [setView]
 * @property {(number: number) => string} [quality]
 */
/** @typedef {{x: number, y: number, width: number, height: number}} Rect */
/**
 * Everything the elements of a call draw from.
 * @typedef {object} CallView
 * @property {"idle" | "joining" | "open" | "reconnecting" | "closed"} connection
 * @property {Snapshot} snapshot
 * @property {number} own number
 * @property {string[]} can
 * @property {boolean} isWebinar
 * @property {boolean} attends only watches a webinar
 * @property {Attendee[] | null} attendees those that a host has asked for
 * @property {boolean} hasMoreAttendees
 * @property {string[]} publish kinds that one may send
 * @property {Record<Kind, MediaStreamTrack | null>} tracks own
 * @property {Problems} problems
 * @property {ReadonlySet<string>} opening own devices that are being opened
 * @property {Devices} devices
 * @property {Chosen} chosen
 * @property {"grid" | "speaker"} layout
 * @property {"chat" | "people" | null} panel
 * @property {ReadonlyMap<number, string>} reactions shown now, by number
 * @property {Message[]} messages
 * @property {boolean} hasOlder
 * @property {number} unread
 * @property {boolean} isStorageWaiting
 * @property {boolean} isMachineBusy
 * @property {boolean} isAudioBlocked
 * @property {boolean} isRecordingBusy
 * @property {number} clockOffsetUs
 */

export {};
