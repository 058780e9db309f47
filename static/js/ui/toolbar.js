// The buttons at the foot of a call.

import { gettext, ngettext, fill } from "./text.js";
import { isHandUp } from "./hands.js";
import { icon, node, setAttribute, setIcon, want } from "./nodes.js";

/** @typedef {import("./types.js").CallView} CallView */
/**
 * @typedef {object} Look
 * @property {string} label accessible name, and tooltip
 * @property {string} icon
 * @property {string} [state] "on", "off" or "alert"
 * @property {boolean} [hidden]
 * @property {boolean} [busy]
 * @property {boolean} [expanded] of what opens a panel
 * @property {string} [count] shown on it
 * @property {string} [description]
 */
/** @typedef {{name: string, key: string, look: (view: CallView) => Look}} Tool */

const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

const MOST_COUNTED = 99;

/**
 * @param {"chat" | "people"} name
 * @param {CallView["panel"]} panel the open one
 */
function panelLook(name, panel) {
  const expanded = panel === name;
  return { icon: name, expanded, ...(expanded && { state: "on" }) };
}

/** @param {number} count */
function newMessages(count) {
  return fill(ngettext("%(count)s new message", "%(count)s new messages", count), {
    count,
  });
}

/** @type {Tool[]} */
const TOOLS = [
  {
    name: "microphone",
    key: "M",
    look: ({ tracks, opening }) =>
      tracks.microphone
        ? { label: gettext("Turn off microphone"), icon: "mic" }
        : {
            label: gettext("Turn on microphone"),
            icon: "mic-off",
            state: "off",
            busy: opening.has("microphone"),
          },
  },
  {
    name: "camera",
    key: "V",
    look: ({ tracks, opening }) =>
      tracks.camera
        ? { label: gettext("Turn off camera"), icon: "camera" }
        : {
            label: gettext("Turn on camera"),
            icon: "camera-off",
            state: "off",
            busy: opening.has("camera"),
          },
  },
  {
    name: "screen",
    key: "",
    look: ({ tracks, opening }) =>
      tracks.screen
        ? { label: gettext("Stop sharing"), icon: "screen-off", state: "on" }
        : {
            label: gettext("Share screen"),
            icon: "screen",
            hidden: !canShare(),
            busy: opening.has("screen"),
          },
  },
  {
    name: "hand",
    key: "H",
    look: ({ snapshot, own }) =>
      isHandUp(snapshot, own)
        ? { label: gettext("Lower hand"), icon: "hand", state: "on" }
        : { label: gettext("Raise hand"), icon: "hand" },
  },
  {
    name: "reactions",
    key: "",
    look: ({ attends }) => ({
      label: gettext("React"),
      icon: "smile",
      hidden: attends,
    }),
  },
  {
    name: "record",
    key: "",
    look: ({ snapshot, can, isRecordingBusy }) => ({
      ...(snapshot.recording
        ? { label: gettext("Stop recording"), icon: "stop", state: "alert" }
        : { label: gettext("Start recording"), icon: "record" }),
      hidden: !can.includes("record"),
      busy: isRecordingBusy,
    }),
  },
  {
    name: "chat",
    key: "C",
    look: ({ panel, unread }) => ({
      ...panelLook("chat", panel),
      label: gettext("Chat"),
      count: unread > MOST_COUNTED ? `${MOST_COUNTED}+` : String(unread || ""),
      description: unread > 0 ? newMessages(unread) : "",
    }),
  },
  {
    name: "people",
    key: "P",
    look: ({ panel, snapshot }) => ({
      ...panelLook("people", panel),
      label: gettext("People"),
      count: String(snapshot.participants.length + snapshot.attendees.count || ""),
    }),
  },
];

/** What opens a menu: its id. @type {Record<string, string>} */
const MENUS = { reactions: "react-menu" };
const PUBLISHING = new Set(["microphone", "camera", "screen"]);

export class CallToolbar extends HTMLElement {
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  connectedCallback() {
    if (this.childElementCount > 0) return;
    setAttribute(this, "role", "toolbar");
    setAttribute(this, "aria-label", gettext("Call"));
    for (const { name } of TOOLS) this.append(this.#make(name));
    this.append(this.#moreButton(), this.#leaveButtons());
  }

  /** @param {CallView} view */
  update(view) {
    for (const { name, key, look } of TOOLS) {
      const button = this.#buttons.get(name);
      if (!button) continue;
      dress(button, key, look(view));
      if (PUBLISHING.has(name) && !view.publish.includes(name)) button.hidden = true;
    }
    const options = this.querySelector(".leave-options");
    if (options) setAttribute(options, "hidden", !view.can.includes("moderate"));
  }

  /** @param {string} name */
  focusTool(name) {
    this.#buttons.get(name)?.focus();
  }

  /** @param {string} name */
  #make(name) {
    const button = node("button", { type: "button", class: "tool" }, icon("more"));
    const menu = MENUS[name];
    if (menu) setAttribute(button, "popovertarget", menu);
    else button.addEventListener("click", () => want(this, name));
    this.#buttons.set(name, button);
    return button;
  }

  #moreButton() {
    const label = gettext("More");
    return node(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": label,
        title: label,
        popovertarget: "more-menu",
      },
      icon("more"),
    );
  }

  #leaveButtons() {
    const label = gettext("Leave");
    const leave = node(
      "button",
      { type: "button", class: "tool leave", "aria-label": label, title: label },
      icon("leave"),
    );
    leave.addEventListener("click", () => want(this, "leave"));
    const optionsLabel = gettext("Options for ending");
    const options = node(
      "button",
      {
        type: "button",
        class: "tool leave-options",
        "aria-label": optionsLabel,
        title: optionsLabel,
        popovertarget: "leave-menu",
        hidden: true,
      },
      icon("down"),
    );
    return node("span", { class: "leaving" }, leave, options);
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} key
 * @param {Look} look
 */
function dress(button, key, look) {
  const svg = /** @type {SVGElement} */ (button.firstElementChild);
  setIcon(svg, look.icon);
  setAttribute(button, "aria-label", look.label);
  setAttribute(button, "title", key ? `${look.label} (${key})` : look.label);
  setAttribute(button, "data-state", look.state ?? null);
  setAttribute(button, "aria-busy", look.busy ? "true" : null);
  setAttribute(button, "aria-description", look.description || null);
  setAttribute(button, "data-count", look.count || null);
  if (look.expanded !== undefined) {
    setAttribute(button, "aria-expanded", String(look.expanded));
  }
  button.hidden = look.hidden ?? false;
}

customElements.define("call-toolbar", CallToolbar);
