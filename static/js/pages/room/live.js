// Carries out what the dialog for live outputs wants, by REST, and keeps it up to date
// while it is open.

import { gettext } from "../../ui/text.js";
import { ApiError, call } from "./api.js";

/** @typedef {import("../../ui/live-dialog.js").LiveDialog} LiveDialog */
/** @typedef {import("../../ui/live-words.js").Output} Output */

const LOOK_MS = 2000;
const LIVING = new Set(["waiting", "running"]);

export class RoomLive {
  /** @type {Output[] | null} */
  #outputs = null;
  /** @type {Set<string>} what is wanted and not done, as JSON */
  #wanted = new Set();
  #turn = Promise.resolve();
  #error = "";
  #timer = 0;

  /**
   * @param {LiveDialog} dialog
   * @param {{slug: string, csrfToken: string}} room
   */
  constructor(dialog, { slug, csrfToken }) {
    this.dialog = dialog;
    this.path = `/api/v1/rooms/${slug}/outputs/`;
    this.csrfToken = csrfToken;
    dialog.addEventListener("opened", () => void this.#look());
    dialog.addEventListener("closed", () => window.clearTimeout(this.#timer));
    dialog.addEventListener("want", (event) => {
      event.stopPropagation();
      const { name, detail } = /** @type {CustomEvent} */ (event).detail;
      this.#queue(name, detail);
    });
  }

  /** @type {Record<string, (detail: any) => Promise<unknown>>} */
  #wishes = {
    "live-start": (asked) => this.#send("POST", "", asked),
    "live-stop": ({ output }) => this.#send("DELETE", `${output}/`),
    "live-change": ({ output, value }) => this.#send("PATCH", `${output}/`, value),
    "live-add-target": ({ output, value }) =>
      this.#send("POST", `${output}/targets/`, value),
    "live-remove-target": ({ output, value }) =>
      this.#send("DELETE", `${output}/targets/${value}/`),
    "live-copy": ({ value }) => navigator.clipboard.writeText(value),
  };

  /**
   * One after the other: leaving a field is a wish, and so is the click that did it.
   * @param {string} name
   * @param {unknown} detail
   */
  #queue(name, detail) {
    const wish = this.#wishes[name];
    const key = JSON.stringify([name, detail]);
    if (!wish || this.#wanted.has(key)) return; // the second click of two
    this.#wanted.add(key);
    this.#show("");
    this.#turn = this.#turn.then(() => this.#fulfil(key, () => wish(detail)));
  }

  /**
   * @param {string} key
   * @param {() => Promise<unknown>} wish
   */
  async #fulfil(key, wish) {
    try {
      await wish();
      this.dialog.emptyAddresses();
      await this.#load();
      this.#error = "";
    } catch (error) {
      console.error(error);
      this.#error = words(error);
    } finally {
      this.#wanted.delete(key);
      this.#show(this.#error);
    }
  }

  /** Now, and again every few seconds. */
  async #look() {
    window.clearTimeout(this.#timer);
    try {
      await this.#load();
      this.#show(this.#error);
    } catch (error) {
      console.error(error);
      this.#show(words(error));
    }
    this.#timer = window.setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #load() {
    const { results } = await this.#send("GET", "");
    this.#outputs = results.filter(({ state }) => LIVING.has(state));
  }

  /** @param {string} error */
  #show(error) {
    this.#error = error;
    this.dialog.update({ outputs: this.#outputs, isBusy: this.#wanted.size > 0, error });
  }

  /**
   * @param {string} method
   * @param {string} path below the room's outputs
   * @param {unknown} [body]
   * @returns {Promise<{results: Output[]}>}
   */
  #send(method, path, body) {
    return call(method, this.path + path, this.csrfToken, body);
  }
}

/** @param {unknown} error */
function words(error) {
  return error instanceof ApiError && error.message
    ? error.message
    : gettext("That did not work. Try again.");
}
