// The chat that a page holds: the latest of the snapshot, and what was scrolled up to.
// Pure.

/** @typedef {import("../../ui/types.js").Message} Message */

// A call of many hours stays small; what is dropped can be scrolled up to again.
const HELD_LIMIT = 1000;
const SNAPSHOT_SIZE = 100;

/** @typedef {{messages: Message[], hasOlder: boolean}} Chat */

/**
 * What the page holds when a new snapshot has come.
 * @param {Chat | null} chat
 * @param {Message[]} latest
 * @returns {Chat}
 */
export function withLatest(chat, latest) {
  const newest = chat?.messages.at(-1)?.position ?? 0;
  const first = latest[0];
  // Without overlap there may be a gap between the two: begin again from the latest.
  if (
    !chat ||
    chat.messages.length === 0 ||
    !first ||
    (first.position > newest && latest.length >= SNAPSHOT_SIZE)
  ) {
    return { messages: latest, hasOlder: latest.length >= SNAPSHOT_SIZE };
  }
  const news = latest.filter(({ position }) => position > newest);
  if (news.length === 0) return chat;
  const messages = [...chat.messages, ...news];
  if (messages.length <= HELD_LIMIT) return { messages, hasOlder: chat.hasOlder };
  return { messages: messages.slice(-HELD_LIMIT), hasOlder: true };
}

/**
 * @param {Chat} chat
 * @param {Message[]} older oldest first
 * @param {boolean} more whether there are still older ones
 * @returns {Chat}
 */
export function withOlder(chat, older, more) {
  const oldest = chat.messages[0]?.position ?? Infinity;
  return {
    messages: [...older.filter(({ position }) => position < oldest), ...chat.messages],
    hasOlder: more,
  };
}
