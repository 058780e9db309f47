// When a replay's media is due: a playhead that plays, pauses, jumps over gaps and
// waits for what is late. Pure: times are milliseconds of this machine's clock, media
// times microseconds of the server's.

/**
 * What the page, which moves the playhead, tells the worker, which shows what is due.
 * @typedef {{anchorUs: number, anchorMs: number, speed: number, isPlaying: boolean, gaps: Gap[]}} Playhead
 * @typedef {{atUs: number, untilUs: number}} Gap
 */

export class ReplayTimeline {
  /** @param {Playhead} [playhead] */
  constructor(playhead) {
    this.#playhead = playhead ?? {
      anchorUs: 0,
      anchorMs: 0,
      speed: 1,
      isPlaying: false,
      gaps: [],
    };
  }

  #playhead;

  get playhead() {
    return this.#playhead;
  }

  set playhead(playhead) {
    this.#playhead = playhead;
  }

  get speed() {
    return this.#playhead.speed;
  }

  /** Infinity for what is not due while the playhead stands. @param {number} atUs */
  dueMs(atUs) {
    const { anchorUs, anchorMs, speed, isPlaying, gaps } = this.#playhead;
    const aheadUs = atUs - anchorUs;
    if (aheadUs <= 0) return anchorMs + aheadUs / 1000 / speed;
    if (!isPlaying) return Infinity;
    const skippedUs = gaps.reduce(
      (sum, gap) => sum + Math.max(0, Math.min(atUs, gap.untilUs) - gap.atUs),
      0,
    );
    return anchorMs + (aheadUs - skippedUs) / 1000 / speed;
  }

  /** Where the playhead is. @param {number} nowMs */
  atUs(nowMs) {
    const { anchorUs, anchorMs, speed, isPlaying, gaps } = this.#playhead;
    if (!isPlaying) return anchorUs;
    let atUs = anchorUs + Math.max(0, nowMs - anchorMs) * 1000 * speed;
    for (const gap of gaps) {
      if (atUs >= gap.atUs) atUs += gap.untilUs - gap.atUs;
    }
    return atUs;
  }

  /**
   * Go to a media time, and stand there.
   * @param {number} atUs
   * @param {number} nowMs
   */
  seek(atUs, nowMs) {
    this.#playhead = {
      ...this.#playhead,
      anchorUs: atUs,
      anchorMs: nowMs,
      isPlaying: false,
      gaps: [],
    };
  }

  /**
   * @param {{isPlaying?: boolean, speed?: number}} change
   * @param {number} nowMs
   */
  change(change, nowMs) {
    const anchorUs = this.atUs(nowMs);
    const gaps = this.#playhead.gaps.filter((gap) => gap.atUs >= anchorUs);
    const anchorMs = Math.max(nowMs, this.#playhead.anchorMs);
    this.#playhead = { ...this.#playhead, ...change, anchorUs, anchorMs, gaps };
  }

  /** Gaps come in order, each ahead of the playhead. @param {Gap} gap */
  skip(gap) {
    const isAhead = gap.untilUs > gap.atUs && gap.atUs >= this.#playhead.anchorUs;
    if (isAhead) this.#playhead = { ...this.#playhead, gaps: [...this.#playhead.gaps, gap] };
  }

  /** Wait for what is late. @param {number} ms */
  delay(ms) {
    this.#playhead = { ...this.#playhead, anchorMs: this.#playhead.anchorMs + ms };
  }
}
