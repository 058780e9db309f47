// Numbers a publisher's records and keeps those that are not acknowledged, so that
// nothing is lost with a connection (docs/protocol.md, "Resends"). Does no I/O.

import { packRecord, RECORD_LIMIT } from "./record.js";

const KEEP_MS = 60_000;
const KEEP_BYTES = 64 << 20;

/** @typedef {import("./record.js").Header} Header */
/** @typedef {{number: number, pushedMs: number, bytes: Uint8Array<ArrayBuffer>}} Kept */

/**
 * Records leave in the order in which they came. What is older than 60 s, or beyond
 * 64 MiB, is dropped, oldest first: a gap in the numbers tells the server.
 */
export class Sender {
  /** @param {{keepMs?: number, keepBytes?: number}} [limits] */
  constructor({ keepMs = KEEP_MS, keepBytes = KEEP_BYTES } = {}) {
    this.epoch = 0;
    this.acknowledged = 0; // all up to here are durable
    this.#keepMs = keepMs;
    this.#keepBytes = keepBytes;
  }

  #keepMs;
  #keepBytes;
  #lastNumber = 0;
  #bytes = 0;
  /** @type {Kept[]} */
  #kept = [];
  #unsent = 0; // index of the first kept record that this connection has not sent

  /**
   * Start a run of the publisher; the same epoch again changes nothing.
   * @param {number} epoch
   */
  begin(epoch) {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.acknowledged = 0;
    this.#lastNumber = 0;
    this.discard();
  }

  /**
   * Number and keep a record. False, and no number is used, if it is too large.
   * @param {Omit<Header, "epoch" | "number">} header
   * @param {Uint8Array} payload
   * @param {number} nowMs
   */
  push(header, payload, nowMs) {
    const numbered = { ...header, epoch: this.epoch, number: this.#lastNumber + 1 };
    const bytes = packRecord(numbered, payload);
    if (bytes.byteLength > RECORD_LIMIT) return false;
    this.#lastNumber = numbered.number;
    this.#kept.push({ number: numbered.number, pushedMs: nowMs, bytes });
    this.#bytes += bytes.byteLength;
    this.#dropOld(nowMs);
    return true;
  }

  /**
   * The next records to send: at least one if there is any, then up to `limitBytes`.
   * @param {number} limitBytes
   * @returns {Uint8Array<ArrayBuffer>[]}
   */
  take(limitBytes) {
    const taken = [];
    let bytes = 0;
    for (const record of this.#kept.slice(this.#unsent)) {
      if (taken.length > 0 && bytes + record.bytes.byteLength > limitBytes) break;
      taken.push(record.bytes);
      bytes += record.bytes.byteLength;
    }
    this.#unsent += taken.length;
    return taken;
  }

  /** @param {number} number all records up to it are durable */
  acknowledge(number) {
    this.acknowledged = Math.max(this.acknowledged, number);
    const index = this.#kept.findIndex((record) => record.number > number);
    this.#drop(index === -1 ? this.#kept.length : index);
  }

  /**
   * A new connection: what is not durable is to be sent again.
   * @param {number} durable
   */
  resume(durable) {
    this.acknowledge(durable);
    this.#unsent = 0;
  }

  /** Forget what is not acknowledged, for example because the server refused it. */
  discard() {
    this.#drop(this.#kept.length);
  }

  get keptBytes() {
    return this.#bytes;
  }

  /**
   * How long the next record to send has waited.
   * @param {number} nowMs
   */
  backlogMs(nowMs) {
    const next = this.#kept[this.#unsent];
    return next ? nowMs - next.pushedMs : 0;
  }

  /** @param {number} nowMs */
  #dropOld(nowMs) {
    let bytes = this.#bytes;
    let count = 0;
    for (const record of this.#kept) {
      const isOld = nowMs - record.pushedMs > this.#keepMs;
      if (!isOld && bytes <= this.#keepBytes) break;
      bytes -= record.bytes.byteLength;
      count += 1;
    }
    if (count > 0) this.#drop(count);
  }

  /** @param {number} count */
  #drop(count) {
    for (const record of this.#kept.splice(0, count)) {
      this.#bytes -= record.bytes.byteLength;
    }
    this.#unsent = Math.max(0, this.#unsent - count);
  }
}
