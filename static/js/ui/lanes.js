// What a timeline draws, out of what the server tells of a session: pure.

/** @typedef {[number, number]} Span microseconds, start and end */
/**
 * @typedef {object} LanePerson
 * @property {number} number
 * @property {string} name
 * @property {Span[]} present
 * @property {Span[]} hands
 * @property {Span[]} speaking
 * @property {{kind: string, start_us: number, end_us: number}[]} tracks
 */
/** @typedef {{start_us: number, end_us: number, names: string[], is_screen: boolean}} Chapter */
/**
 * @typedef {object} KeptRange a recording
 * @property {string} id
 * @property {number} start_us
 * @property {number | null} end_us
 * @property {Chapter[]} chapters
 * @property {string | null} storyboard address of a WebVTT file
 */
/**
 * @typedef {object} TimelineData
 * @property {number} start_us
 * @property {number} end_us
 * @property {LanePerson[]} people
 * @property {import("./types.js").Message[]} chat
 * @property {KeptRange[]} recordings
 */

export const LANE_WIDTH = 1000; // units of a lane's drawing, whatever its size
const LEAST_WIDTH = 1.5; // a word in a meeting of hours can still be seen

/**
 * Part of the whole, 0 to 1.
 * @param {number} us
 * @param {{start_us: number, end_us: number}} whole
 */
export function partOf(us, { start_us, end_us }) {
  if (end_us <= start_us) return 0;
  return Math.min(1, Math.max(0, (us - start_us) / (end_us - start_us)));
}

/**
 * SVG path of boxes, one a span.
 * @param {Span[]} spans
 * @param {{start_us: number, end_us: number}} whole
 * @param {number} top
 * @param {number} height
 */
export function boxes(spans, whole, top, height) {
  return spans
    .map(([start, end]) => {
      const left = partOf(start, whole) * LANE_WIDTH;
      const width = Math.max(LEAST_WIDTH, partOf(end, whole) * LANE_WIDTH - left);
      return `M${round(left)} ${top}h${round(width)}v${height}h-${round(width)}z`;
    })
    .join("");
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/**
 * @param {LanePerson} person
 * @returns {Span[]}
 */
export function sharing(person) {
  return person.tracks
    .filter(({ kind }) => kind === "screen")
    .map(({ start_us, end_us }) => [start_us, end_us]);
}

/**
 * What happened in one recording: the timeline from its start to its end.
 * @param {TimelineData} timeline
 * @param {string} recording its id
 * @returns {TimelineData}
 */
export function within(timeline, recording) {
  const range = timeline.recordings.find(({ id }) => id === recording);
  if (!range) return timeline;
  const { start_us } = range;
  const end_us = range.end_us ?? timeline.end_us;
  const cut = (/** @type {Span[]} */ spans) =>
    spans
      .filter(([start, end]) => end >= start_us && start <= end_us)
      .map(
        ([start, end]) =>
          /** @type {Span} */ ([Math.max(start, start_us), Math.min(end, end_us)]),
      );
  const people = timeline.people.map((person) => ({
    ...person,
    present: cut(person.present),
    hands: cut(person.hands),
    speaking: cut(person.speaking),
    tracks: person.tracks.filter(
      (track) => track.end_us >= start_us && track.start_us <= end_us,
    ),
  }));
  return {
    start_us,
    end_us,
    people: people.filter(({ present }) => present.length > 0),
    chat: timeline.chat.filter(
      ({ sent_us }) => sent_us >= start_us && sent_us <= end_us,
    ),
    recordings: [range],
  };
}

/**
 * The times that are kept, those that still run up to the timeline's end.
 * @param {TimelineData} timeline
 * @returns {Span[]}
 */
export function keptSpans({ recordings, end_us }) {
  return recordings.map((range) => [range.start_us, range.end_us ?? end_us]);
}

/**
 * A time that can be shown: itself if it is kept, else the start of what is kept next,
 * else of what is kept at all.
 * @param {number} us
 * @param {Span[]} kept in order
 */
export function nearestKept(us, kept) {
  if (kept.some(([start, end]) => us >= start && us < end)) return us;
  return (kept.find(([start]) => start > us) ?? kept.at(-1))?.[0] ?? us;
}
