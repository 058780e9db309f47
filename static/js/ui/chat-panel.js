// Chat: what was written, from the room's first day, and a field to write more.

import { gettext } from "./text.js";
import { icon, iconButton, node, want } from "./nodes.js";
import { splitLinks } from "./links.js";
import { clock, dayKey, dayName } from "./times.js";

/** @typedef {import("./types.js").Message} Message */

const TEXT_LIMIT = 4000; // characters, as the server takes
const AT_END = 48; // pixels from the end that still count as reading the newest
const NEAR_TOP = 80;

export class ChatPanel extends HTMLElement {
  /** @type {Message[]} */
  #shown = [];
  #hasOlder = false;
  #list = node("ol");
  #log = node(
    "div",
    {
      class: "messages",
      role: "log",
      "aria-label": gettext("Conversation"),
      tabindex: "0",
    },
    this.#list,
  );
  #empty = node(
    "p",
    { class: "nothing quiet" },
    gettext("No messages yet. What is written here stays with the room."),
  );
  #field = node("textarea", {
    id: "chat-text",
    class: "input",
    rows: "1",
    maxlength: String(TEXT_LIMIT),
    placeholder: gettext("Write to everyone"),
  });
  #form = node(
    "form",
    { class: "write" },
    node("label", { for: "chat-text", class: "visually-hidden" }, gettext("Message")),
    this.#field,
    node(
      "button",
      {
        class: "button primary only-icon",
        "aria-label": gettext("Send"),
        title: gettext("Send"),
      },
      icon("send"),
    ),
  );

  #closed = node(
    "p",
    { class: "nothing quiet", hidden: true },
    gettext("Only hosts and panellists write in this webinar."),
  );

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = iconButton("close", gettext("Close"));
    close.addEventListener("click", () => want(this, "close-panel"));
    this.append(
      node("header", {}, node("h2", {}, gettext("Chat")), close),
      this.#log,
      this.#empty,
    );
    if (!this.hasAttribute("read-only")) this.append(this.#form, this.#closed);
    this.#form.addEventListener("submit", (event) => this.#send(event));
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing)
        this.#send(event);
    });
    this.#log.addEventListener("scroll", () => {
      if (this.#hasOlder && this.#log.scrollTop < NEAR_TOP)
        want(this, "older-messages");
    });
  }

  /** @param {{messages: Message[], hasOlder: boolean, mayWrite?: boolean}} view */
  update({ messages, hasOlder, mayWrite = true }) {
    this.#form.hidden = !mayWrite;
    this.#closed.hidden = mayWrite;
    this.#hasOlder = hasOlder;
    this.#empty.hidden = messages.length > 0;
    if (messages === this.#shown) return;
    const isAtEnd =
      this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END;
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    if (continues(this.#shown, messages)) {
      this.#append(messages.slice(this.#shown.length), this.#shown.at(-1));
    } else {
      this.#list.replaceChildren();
      this.#append(messages, undefined);
    }
    this.#shown = messages;
    this.#log.scrollTop = isAtEnd
      ? this.#log.scrollHeight
      : this.#log.scrollHeight - fromEnd;
  }

  /** The panel was opened: show the newest, and be ready to write. */
  open() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#field.focus();
  }

  /** Give a text back that could not be sent. @param {string} text */
  giveBack(text) {
    if (this.#field.value === "") this.#field.value = text;
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text) return;
    this.#field.value = "";
    want(this, "send", text);
  }

  /**
   * @param {Message[]} messages
   * @param {Message | undefined} previous
   */
  #append(messages, previous) {
    for (const message of messages) {
      if (!previous || dayKey(previous.sent_us) !== dayKey(message.sent_us)) {
        this.#list.append(node("li", { class: "day" }, dayName(message.sent_us)));
        previous = undefined;
      }
      this.#list.append(entry(message, previous));
      previous = message;
    }
  }
}

/**
 * Whether `next` is `shown` and perhaps more at the end.
 * @param {Message[]} shown
 * @param {Message[]} next
 */
function continues(shown, next) {
  const last = shown.length - 1;
  return (
    last >= 0 &&
    shown[0]?.position === next[0]?.position &&
    shown[last]?.position === next[last]?.position
  );
}

const SAME_BREATH_US = 3 * 60 * 1_000_000;

/**
 * @param {Message} message
 * @param {Message | undefined} previous of the same day
 */
function entry(message, previous) {
  const goesOn =
    previous &&
    previous.name === message.name &&
    previous.participant === message.participant &&
    message.sent_us - previous.sent_us < SAME_BREATH_US;
  const text = node("p", { class: "text" }, ...splitLinks(message.text).map(link));
  if (goesOn) return node("li", { class: "goes-on" }, text);
  const time = node(
    "time",
    { datetime: new Date(message.sent_us / 1000).toISOString() },
    clock(message.sent_us),
  );
  return node(
    "li",
    {},
    node("p", { class: "by" }, node("strong", {}, message.name), time),
    text,
  );
}

/** @param {import("./links.js").Part} part */
function link({ text, href }) {
  if (href === null) return text;
  return node(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer nofollow" },
    text,
  );
}

customElements.define("chat-panel", ChatPanel);
