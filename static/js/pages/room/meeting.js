// One person's meeting from joining to leaving: carries out what the elements want, and
// keeps the one view that they draw from.

import { fill, gettext } from "../../ui/text.js";
import { explain } from "../../ui/blocked.js";
import { sentence } from "../../ui/notices.js";
import { isHandUp } from "../../ui/hands.js";
import { Reactions } from "../../ui/reactions.js";
import { ApiError, post } from "./api.js";
import { RoomAttendees } from "./attendees.js";
import { RoomChat } from "./chat.js";
import { recall, remember } from "./remembered.js";

/** @typedef {import("../../call.js").Call} Call */
/** @typedef {import("./local.js").LocalMedia} LocalMedia */
/** @typedef {import("../../ui/types.js").Kind} Kind */
/** @typedef {import("../../ui/types.js").EventMessage} EventMessage */
/** @typedef {import("../../ui/types.js").Snapshot} Snapshot */
/** @typedef {import("../../ui/call-ended.js").Reason} Reason */

const KINDS = /** @type {const} */ (["microphone", "camera", "screen", "screen_audio"]);
const REPLACED = 4409;
const OVER = 4410;

/**
 * "change": the view changed. "notice": detail {text, tone} for people. "ended": detail
 * is the Reason. "open": detail names the dialog. "unsent": detail is the text.
 */
export class Meeting extends EventTarget {
  #chat = new RoomChat();
  #attendees = new RoomAttendees();
  #reactions = new Reactions(() => this.#tell("change"));
  /** What may be sent. @type {string[]} */
  #publish = [];
  /** @type {Snapshot | null} */
  #before = null;
  /** @type {Reason | null} */
  #reason = null;
  #ui = {
    panel: /** @type {"chat" | "people" | null} */ (null),
    layout: /** @type {"grid" | "speaker"} */ ("grid"),
    unread: 0,
    isAudioBlocked: false,
    isRecordingBusy: false,
    usesKeys: recall("keys-off") === "",
  };

  /**
   * @param {Call} call
   * @param {LocalMedia} local
   * @param {{slug: string, csrfToken: string, token: string}} options
   */
  constructor(call, local, { slug, csrfToken, token }) {
    super();
    this.call = call;
    this.local = local;
    this.slug = slug;
    this.csrfToken = csrfToken;
    this.token = token;
    call.addEventListener("change", (event) =>
      this.#callChanged(/** @type {CustomEvent} */ (event).detail),
    );
    call.addEventListener("audioblocked", () => this.#set({ isAudioBlocked: true }));
    call.addEventListener("trackended", (event) =>
      this.#trackEnded(/** @type {CustomEvent} */ (event).detail),
    );
    local.addEventListener("change", this.#localChanged);
  }

  /** @param {string} name */
  async join(name) {
    await this.call.join({ name, consent: true, token: this.token });
    this.#publish = this.call.state.you?.publish ?? [];
    for (const kind of KINDS) this.#send(kind);
    const { speaker } = this.local.chosen;
    if (speaker) void this.fulfil("choose", { kind: "speaker", id: speaker });
  }

  /** Everything the elements draw from; null until the first snapshot. */
  get view() {
    const { connection, you, snapshot, storage, machine, clockOffsetUs } =
      this.call.state;
    if (!snapshot || !you) return null;
    return {
      ...this.#ui,
      connection,
      snapshot,
      own: you.number,
      can: you.can,
      publish: you.publish,
      isWebinar: snapshot.room.kind === "webinar",
      attends: attends(this.call.state),
      attendees: this.#attendees.list,
      hasMoreAttendees: this.#attendees.hasMore,
      isStorageWaiting: storage === "waiting",
      isMachineBusy: machine === "busy",
      clockOffsetUs,
      reactions: this.#reactions.shown,
      messages: this.#chat.messages,
      hasOlder: this.#chat.hasOlder,
      tracks: this.local.tracks,
      problems: this.local.problems,
      opening: this.local.opening,
      chosen: this.local.chosen,
    };
  }

  /** @type {Record<string, (detail: any) => unknown>} */
  #wishes = {
    microphone: () => this.#toggle("microphone"),
    camera: () => this.#toggle("camera"),
    screen: () =>
      this.local.tracks.screen
        ? this.local.turnOff("screen")
        : this.local.shareScreen(),
    choose: ({ kind, id }) => this.#choose(kind, id),
    hand: () => this.call.request(this.#isHandUp() ? "hand.lower" : "hand.raise", {}),
    react: (emoji) => this.call.request("react", { emoji }),
    "lower-hand": (number) => this.call.request("hand.lower", { number }),
    mute: (number) => this.call.request("participant.mute", { number }),
    "mute-all": () => this.call.request("participants.mute"),
    remove: (number) => this.call.request("participant.remove", { number }),
    role: ({ number, role }) => this.call.request("participant.role", { number, role }),
    attendees: () => this.#loadAttendees("load"),
    "more-attendees": () => this.#loadAttendees("loadMore"),
    speak: (kinds) => kinds.forEach((/** @type {"camera"} */ kind) => this.#toggle(kind)),
    lock: (locked) => this.call.request(locked ? "session.lock" : "session.unlock"),
    record: () => this.#record(),
    chat: () => this.#togglePanel("chat"),
    people: () => this.#togglePanel("people"),
    "close-panel": () => this.#set({ panel: null }),
    send: (text) => this.#sendChat(text),
    "older-messages": () => this.#loadOlder(),
    layout: () =>
      this.#set({ layout: this.#ui.layout === "grid" ? "speaker" : "grid" }),
    devices: () => this.#tell("open", "devices"),
    live: () => this.#tell("open", "live"),
    keys: () => this.#tell("open", "keys"),
    "use-keys": (use) => this.#useKeys(use),
    "copy-link": () => this.#copyLink(),
    hear: () => this.#hear(),
    end: () => this.call.request("session.end", {}),
    leave: () => this.#leave(),
  };

  /**
   * Carry out what a person wants; what fails is told in words.
   * @param {string} name
   * @param {unknown} detail
   */
  async fulfil(name, detail) {
    try {
      await this.#wishes[name]?.(detail);
    } catch (error) {
      console.error(error);
      this.#notice(refusal(error), "bad");
    }
  }

  /** @param {EventMessage | null} event */
  #callChanged(event) {
    const { connection, snapshot, you } = this.call.state;
    if (!snapshot || !you) return; // still joining, or not let in
    if (event && this.#before) this.#hearOf(event, this.#before, you.number);
    this.#heedPublish(you.publish);
    this.#chat.take(snapshot.chat);
    this.#before = snapshot;
    if (connection === "closed") return this.#ended();
    this.#tell("change");
  }

  /**
   * @param {EventMessage} event
   * @param {Snapshot} before
   * @param {number} own
   */
  #hearOf(event, before, own) {
    const { event: type, data } = event;
    if (type === "participant.left" && data.number === own && data.reason === "removed")
      this.#reason = "removed";
    if (type === "session.ended") this.#reason ??= "over";
    if (type === "participant.joined") this.#attendees.forget(data.participant.number);
    if (type === "participant.left") this.#attendees.forget(data.number);
    if (type === "chat.message" && data.message.participant !== own)
      this.#hearMessage(data.message);
    if (type === "participant.muted" && data.number === own)
      this.local.turnOff("microphone");
    this.#reactions.take(event);
    const words = sentence(event, before, own);
    if (words) this.#notice(words);
  }

  /**
   * A host lets one take part, or only watch, from now on.
   * @param {string[]} publish
   */
  #heedPublish(publish) {
    const before = this.#publish;
    if (publish.join() === before.join()) return;
    this.#publish = publish;
    for (const kind of KINDS) if (!publish.includes(kind)) this.#send(kind);
    if (before.length === 0) this.#tell("open", "invited");
  }

  /** @param {"load" | "loadMore"} how */
  async #loadAttendees(how) {
    await this.#attendees[how]((after) => this.call.request("attendees", { after }));
    this.#tell("change");
  }

  /** @param {import("../../ui/types.js").Message} message */
  #hearMessage({ name, text }) {
    if (this.#ui.panel === "chat") return; // the panel's log says it
    this.#ui.unread += 1;
    const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    this.#notice(fill(gettext("%(name)s: %(text)s"), { name, text: start }));
  }

  #ended() {
    const { closeCode } = this.call.state;
    this.local.stopAll();
    this.local.removeEventListener("change", this.#localChanged);
    if (!this.#reason)
      this.#reason =
        closeCode === REPLACED ? "replaced" : closeCode === OVER ? "over" : "refused";
    this.#tell("ended", this.#reason);
  }

  async #leave() {
    this.#reason = "left";
    await this.call.leave();
    if (this.call.state.connection !== "closed") this.#ended();
  }

  /** @param {"microphone" | "camera"} kind */
  #toggle(kind) {
    return this.local.tracks[kind] ? this.local.turnOff(kind) : this.local.turnOn(kind);
  }

  #localChanged = (/** @type {Event} */ event) => {
    const kind = /** @type {CustomEvent<Kind | null>} */ (event).detail;
    if (kind) this.#send(kind);
    else this.#explainProblems();
    this.#tell("change");
  };

  /** @type {Record<string, string | null>} what was explained already */
  #explained = {};

  #explainProblems() {
    for (const kind of /** @type {const} */ (["microphone", "camera", "screen"])) {
      const code = this.local.problems[kind];
      if (code && code !== this.#explained[kind]) {
        const words = explain(kind, code, navigator.userAgent);
        if (words) this.#notice(words, "bad");
      }
      this.#explained[kind] = code;
    }
  }

  /** @param {Kind} kind */
  #send(kind) {
    const { you } = this.call.state;
    if (!you) return; // joining sends what is on by then
    if (!you.publish.includes(kind)) {
      if (kind !== "screen_audio" && this.local.tracks[kind]) this.local.turnOff(kind);
      void this.call.setTrack(kind, null);
      return;
    }
    this.call.setTrack(kind, this.local.tracks[kind]).catch((error) => {
      console.error(error);
      this.#notice(refusal(error), "bad");
    });
  }

  /** @param {Kind} kind */
  #trackEnded(kind) {
    if (kind === "screen_audio") return;
    this.local.turnOff(kind);
    if (kind === "camera")
      this.#notice(gettext("Your camera was unplugged or stopped"), "bad");
    if (kind === "microphone")
      this.#notice(gettext("Your microphone was unplugged or stopped"), "bad");
  }

  /**
   * @param {"camera" | "microphone" | "speaker"} kind
   * @param {string} id
   */
  async #choose(kind, id) {
    await this.local.choose(kind, id);
    if (kind === "speaker") await this.call.setSpeaker(id);
  }

  #isHandUp() {
    const { snapshot, you } = this.call.state;
    return Boolean(snapshot && you && isHandUp(snapshot, you.number));
  }

  async #record() {
    const running = this.call.state.snapshot?.recording;
    const path = running
      ? `/api/v1/recordings/${running.id}/stop/`
      : `/api/v1/rooms/${this.slug}/recordings/`;
    this.#set({ isRecordingBusy: true });
    try {
      await post(path, this.csrfToken);
    } finally {
      this.#set({ isRecordingBusy: false });
    }
  }

  /** @param {"chat" | "people"} name */
  #togglePanel(name) {
    const panel = this.#ui.panel === name ? null : name;
    this.#set({ panel, ...(panel === "chat" && { unread: 0 }) });
  }

  /** @param {string} text */
  async #sendChat(text) {
    try {
      await this.call.request("chat.send", { text });
    } catch (error) {
      this.#tell("unsent", text);
      throw error;
    }
  }

  async #loadOlder() {
    await this.#chat.loadOlder((before) =>
      this.call.request("chat.history", { before }),
    );
    this.#tell("change");
  }

  /** @param {boolean} use */
  #useKeys(use) {
    remember("keys-off", use ? "" : "yes");
    this.#set({ usesKeys: use });
  }

  async #copyLink() {
    await navigator.clipboard.writeText(
      window.location.origin + window.location.pathname,
    );
    this.#notice(gettext("The link is copied. Send it to whom you want to meet."));
  }

  async #hear() {
    await this.call.resumeAudio();
    this.#set({ isAudioBlocked: false });
  }

  /** @param {Record<string, unknown>} changes */
  #set(changes) {
    Object.assign(this.#ui, changes);
    this.#tell("change");
  }

  /**
   * @param {string} text
   * @param {"quiet" | "bad"} [tone]
   */
  #notice(text, tone = "quiet") {
    this.#tell("notice", { text, tone });
  }

  /**
   * @param {string} name
   * @param {unknown} [detail]
   */
  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Whether one only watches a webinar. @param {import("../../call.js").CallState} state */
function attends({ snapshot, you }) {
  return snapshot?.room.kind === "webinar" && you?.role === "guest";
}

/** @param {unknown} error @returns {string} the server's own sentence where there is one */
function refusal(error) {
  if (error instanceof ApiError && error.message) return error.message;
  const detail = /** @type {{detail?: unknown}} */ (error)?.detail;
  return typeof detail === "string" && detail
    ? detail
    : gettext("That did not work. Try again.");
}
