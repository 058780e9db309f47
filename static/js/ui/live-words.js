// What is said of live outputs: pure.

import { fill, gettext } from "./text.js";

/** @typedef {{id: string, url: string, key_hint: string, state: string, error: string}} Target */
/** @typedef {{text: string, position: string}} Text */
/** @typedef {{layout: string, chat: boolean, title: string, banner: string, texts: Text[], background: string}} Look */
/**
 * @typedef {object} Output as REST has it
 * @property {string} id
 * @property {string} state
 * @property {boolean} hls
 * @property {boolean} is_public
 * @property {Look} options
 * @property {string[]} pictures that it has
 * @property {Target[]} targets
 * @property {string | null} public_playlist
 */

/** @type {() => [string, string][]} */
export const LAYOUTS = () => [
  ["grid", gettext("Everybody alike")],
  ["speaker", gettext("Who speaks large, others below")],
  ["single", gettext("Who speaks alone")],
  ["screen", gettext("Shared screen large")],
  ["pip", gettext("Picture in picture")],
  ["portrait", gettext("Upright, for phones")],
];

/** @type {() => [string, string][]} */
export const PLACES = () => [
  ["top", gettext("Above")],
  ["middle", gettext("In the middle")],
  ["bottom", gettext("Below")],
];

/** @type {Record<string, () => string>} */
const STATES = {
  waiting: () => gettext("Waiting"),
  connecting: () => gettext("Connecting…"),
  live: () => gettext("Live"),
  retrying: () => gettext("Trying again"),
  refused: () => gettext("Refused"),
};

/** @type {Record<string, () => string>} by the code in a target's error */
const ERRORS = {
  private: () => gettext("This address is in a private network, which is not allowed."),
  unknown: () => gettext("There is no such server."),
  closed_port: () => gettext("The server takes no connections."),
  timeout: () => gettext("The server does not answer."),
  certificate: () => gettext("The server's certificate is not valid."),
  tls: () => gettext("The server does not speak TLS here. Is it rtmp:// maybe?"),
  key_lost: () => gettext("The stream key cannot be read any more. Add it again."),
};

/** @param {Target} target */
export function targetWords({ state, error }) {
  const words = STATES[state]?.() ?? state;
  if (!error || state === "live") return words;
  const reason = error.startsWith("server: ")
    ? fill(gettext("The server says: %(words)s"), { words: error.slice(8) })
    : (ERRORS[error]?.() ?? gettext("The connection was lost."));
  return fill(gettext("%(state)s. %(reason)s"), { state: words, reason });
}

/** @param {Output} output */
export function outputWords({ state, targets, hls, options }) {
  if (state === "waiting")
    return gettext("Waiting for a worker. It begins by itself.");
  const live = targets.filter((target) => target.state === "live").length;
  if (live > 0 || hls)
    return options.title ? gettext("On air with the title card") : gettext("On air");
  return gettext("Ready. No target takes it yet.");
}
