// The attendees of a webinar, as a host looks through them: a list as it was when it was
// asked for, a page at a time.

/** @typedef {import("../../ui/types.js").Attendee} Attendee */
/** @typedef {(after: number) => Promise<{attendees: Attendee[], more: boolean}>} Ask */

export class RoomAttendees {
  /** Null until it is asked for. @type {Attendee[] | null} */
  list = null;
  hasMore = false;

  /** From the beginning. @param {Ask} ask */
  async load(ask) {
    const { attendees, more } = await ask(0);
    this.list = attendees;
    this.hasMore = more;
  }

  /** @param {Ask} ask */
  async loadMore(ask) {
    const last = this.list?.at(-1);
    if (!this.list || !last) return;
    const { attendees, more } = await ask(last.number);
    this.list = [...this.list, ...attendees];
    this.hasMore = more;
  }

  /** Somebody is no attendee any more. @param {number} number */
  forget(number) {
    this.list = this.list?.filter((one) => one.number !== number) ?? null;
  }
}
