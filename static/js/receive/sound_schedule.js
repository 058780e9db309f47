// Where in the output's frames a track's packets go. Pure.

const QUIET = 50; // -dBov: nobody hears a cut
const QUIET_TOLERANCE = 240; // frames; 5 ms
const LOUD_TOLERANCE = 1920; // 40 ms, at which lips and voice still belong together

/** @typedef {{frame: number, skip: number, isFresh: boolean}} Place */

/**
 * A packet follows the one before without a seam while it is nearly due then. Where the
 * two clocks or the buffer have moved on, it is put right, in a pause if there is one.
 */
export class SoundSchedule {
  #end = -Infinity; // the frame after the last packet

  /**
   * Where to play, and how many samples of it to leave out because the packet before
   * is still playing; `isFresh` asks for a fade in.
   * @param {number} dueFrame
   * @param {number} length samples
   * @param {number} loudness -dBov
   * @returns {Place}
   */
  place(dueFrame, length, loudness) {
    const due = Math.round(dueFrame);
    const tolerance = loudness >= QUIET ? QUIET_TOLERANCE : LOUD_TOLERANCE;
    if (Math.abs(due - this.#end) <= tolerance) {
      const frame = this.#end;
      this.#end += length;
      return { frame, skip: 0, isFresh: false };
    }
    // An end far ahead belongs to a timeline that is no more.
    const isStale = this.#end - due > length + LOUD_TOLERANCE;
    const frame = isStale ? due : Math.max(due, this.#end);
    const skip = Math.min(length, frame - due);
    this.#end = frame + length - skip;
    return { frame, skip, isFresh: true };
  }
}
