// Why a device is not to be had and what to do about it: pure.

import { fill, gettext } from "./text.js";

/** @typedef {"microphone" | "camera" | "screen"} Device */

/** @type {Record<Device, () => string>} */
const NAMES = {
  microphone: () => gettext("microphone"),
  camera: () => gettext("camera"),
  screen: () => gettext("screen"),
};

/** @type {Record<string, (device: string, agent: string) => string>} */
const SENTENCES = {
  denied: (device, agent) =>
    `${fill(gettext("This browser does not let the site use your %(device)s."), { device })} ${wayOut(agent)}`,
  none: (device) =>
    fill(gettext("No %(device)s was found. Plug one in, or join without."), { device }),
  busy: (device) =>
    fill(
      gettext(
        "Your %(device)s is in use by another program. Close that program, then try again.",
      ),
      { device },
    ),
  insecure: () =>
    gettext("Devices work only over a secure address (https). You can join without."),
  failed: (device) =>
    fill(
      gettext("Your %(device)s could not be started. Try again, or choose another."),
      { device },
    ),
};

/**
 * @param {Device} device
 * @param {string} code of a DeviceError
 * @param {string} agent the browser's User-Agent
 * @returns {string} empty for what needs no words: the person cancelled
 */
export function explain(device, code, agent) {
  if (code === "cancelled") return "";
  const say = SENTENCES[code] ?? SENTENCES.failed;
  return say?.(NAMES[device](), agent) ?? "";
}

/** @param {string} agent */
function wayOut(agent) {
  if (/Firefox\//.test(agent)) {
    return gettext(
      "Click the crossed-out symbol left of the address, remove the block, and reload the page.",
    );
  }
  if (/iPhone|iPad/.test(agent)) {
    return gettext(
      "Tap the page settings beside the address, then Website Settings, allow it, and reload the page.",
    );
  }
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) {
    return gettext(
      "Choose Safari > Settings for This Website, allow it there, and reload the page.",
    );
  }
  return gettext(
    "Click the symbol left of the address, allow it there, and reload the page.",
  );
}

/**
 * @param {string[]} missing codes of checkSupport
 */
export function explainSupport(missing) {
  if (missing.includes("insecure")) {
    return gettext(
      "Meetings need a secure address (https). Ask whoever runs this site for it.",
    );
  }
  return gettext(
    "This browser cannot take part in meetings. Use a current Chrome, Edge, Firefox or Safari; your link works there too.",
  );
}
