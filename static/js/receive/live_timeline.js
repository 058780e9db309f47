// When a live participant's media is due. Pure: times are milliseconds of this
// machine's clock, media times microseconds of the server's.
//
// Of sound and of pictures each, what arrives with the least delay sets the base; how
// much later than that the rest arrives sets the buffer. The two then wait for each
// other, as far as one would see and hear that they are apart.

const WINDOW_MS = 4000;
const WINDOWS = 5;
const RECENT_MS = 400; // in which all came later than the base: the way is longer now
const OUTAGE_MS = 1000; // later than this is no jitter: it is not waited for
const MOST_MS = 180; // of buffer: enough for a stall of 300 ms, stretched
const LEAST_SOUND_MS = 20;
const SHRINK = 0.02; // of the time that passes
// At this ratio a quarter of the pictures comes later than the buffer allows for.
const RISE = 3; // of the steps by which it falls
const STEP_MS = 0.2;
const STEP = 0.01; // of the buffer
// Sound that is early by 45 ms or late by 125 ms is noticed (ITU-R BT.1359).
const EARLY_SOUND_MS = 40;
const LATE_SOUND_MS = 100;
const PATIENCE_MS = 100; // of sound: whom one sees late one hears all the same
const GONE_MS = 2000; // without a record of the other kind
const START_MS = 1000; // in which it may jump: a late joiner gets seconds at once

/** How long records were on their way of late. */
class Transits {
  /** @type {{startMs: number, least: number, most: number}[]} newest first */
  #windows = [];
  #recent = { startMs: -Infinity, least: Infinity, before: Infinity };

  /**
   * @param {number} transitMs
   * @param {number} nowMs
   */
  add(transitMs, nowMs) {
    let [newest] = this.#windows;
    if (!newest || nowMs - newest.startMs > WINDOW_MS) {
      newest = { startMs: nowMs, least: transitMs, most: -Infinity };
      this.#windows = [newest, ...this.#windows.slice(0, WINDOWS - 1)];
    }
    newest.least = Math.min(newest.least, transitMs);
    this.#addRecent(transitMs, nowMs);
    if (transitMs - this.least > OUTAGE_MS) return;
    newest.most = Math.max(newest.most, transitMs);
  }

  /** The least of the last moment. */
  get recent() {
    return Math.min(this.#recent.least, this.#recent.before);
  }

  /**
   * @param {number} transitMs
   * @param {number} nowMs
   */
  #addRecent(transitMs, nowMs) {
    const { startMs, least } = this.#recent;
    if (nowMs - startMs > RECENT_MS) {
      this.#recent = { startMs: nowMs, least: transitMs, before: least };
    } else {
      this.#recent.least = Math.min(least, transitMs);
    }
  }

  get least() {
    return Math.min(...this.#windows.map(({ least }) => least));
  }

  /** The most that came up in two of the windows: it may come up again. */
  get recurring() {
    const most = this.#windows.map((one) => one.most).sort((a, b) => b - a);
    return most[1] ?? -Infinity;
  }
}

/** Late sound is a gap: none is to come late that can be foreseen. */
class SoundBuffer {
  ms = LEAST_SOUND_MS;

  /**
   * @param {number} excessMs
   * @param {number} recurringMs
   * @param {number} passedMs
   */
  add(excessMs, recurringMs, passedMs) {
    const shrunk = this.ms - passedMs * SHRINK;
    const wanted = excessMs > OUTAGE_MS ? 0 : Math.max(excessMs, recurringMs);
    this.ms = Math.max(LEAST_SOUND_MS, Math.min(MOST_MS, Math.max(wanted, shrunk)));
  }
}

/** A late picture is shown late, and nobody minds: only most are to be in time. */
class PictureBuffer {
  ms = 0;

  /** @param {number} excessMs */
  add(excessMs) {
    const step = STEP_MS + this.ms * STEP;
    const change = excessMs > this.ms ? RISE * step : -step;
    this.ms = Math.max(0, Math.min(MOST_MS, this.ms + change));
  }
}

/** When one kind of a person's media is due. */
class Line {
  /**
   * @param {SoundBuffer | PictureBuffer} buffer
   * @param {number} aheadMs how much earlier than the other kind it may be
   * @param {number} patienceMs how long it waits for the other kind at most
   */
  constructor(buffer, aheadMs, patienceMs) {
    this.#buffer = buffer;
    this.#aheadMs = aheadMs;
    this.#patienceMs = patienceMs;
  }

  /** @type {Line | null} */
  other = null;
  #buffer;
  #aheadMs;
  #patienceMs;
  #transits = new Transits();
  #offsetMs = NaN; // due time minus media time, but for the other kind
  #startMs = Infinity;
  #seenMs = -Infinity;

  get bufferMs() {
    return this.#buffer.ms;
  }

  /**
   * Tell of a record; returns how late it was for its due time, 0 if it was not.
   * @param {number} atUs media time
   * @param {number} readyMs when it can be heard or shown at the earliest
   */
  observe(atUs, readyMs) {
    const transitMs = readyMs - atUs / 1000;
    this.#transits.add(transitMs, readyMs);
    const base = this.#transits.least;
    const passedMs = Math.max(0, Math.min(1000, readyMs - this.#seenMs));
    this.#seenMs = Math.max(this.#seenMs, readyMs);
    this.#buffer.add(transitMs - base, this.#transits.recurring - base, passedMs);
    // Beyond the most that is buffered, what all the rest needs as well.
    const attainable = this.#transits.recent;
    this.#follow(Math.max(base + this.#buffer.ms, attainable), passedMs);
    return Math.max(0, readyMs - this.dueMs(atUs));
  }

  /** @param {number} atUs */
  dueMs(atUs) {
    return atUs / 1000 + this.#togetherMs;
  }

  get #togetherMs() {
    const own = this.#offsetMs;
    const other = this.other;
    if (!other || !(this.#seenMs - other.#seenMs < GONE_MS)) return own;
    const wanted = other.#offsetMs - this.#aheadMs;
    return Math.max(own, Math.min(wanted, own + this.#patienceMs));
  }

  /**
   * Later at once, earlier slowly: nobody is to notice.
   * @param {number} wantedMs offset
   * @param {number} passedMs
   */
  #follow(wantedMs, passedMs) {
    const excess = this.#offsetMs - wantedMs;
    this.#startMs = Math.min(this.#startMs, this.#seenMs);
    const isStart = this.#seenMs - this.#startMs < START_MS;
    const slower = this.#offsetMs - passedMs * SHRINK;
    const mayJump = isStart || excess > MOST_MS;
    this.#offsetMs = mayJump ? wantedMs : Math.max(wantedMs, slower);
  }
}

/** A person's voice and face, or a screen and its sound. */
export class LiveTimeline {
  sound = new Line(new SoundBuffer(), EARLY_SOUND_MS, PATIENCE_MS);
  picture = new Line(new PictureBuffer(), LATE_SOUND_MS, Infinity);

  constructor() {
    this.sound.other = this.picture;
    this.picture.other = this.sound;
  }
}
