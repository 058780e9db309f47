// The room's page: before joining, the call, and after it, in one document, so that
// the picture goes on and nobody waits for a load.

import { Call } from "../call.js";
import { listDevices } from "../capture/devices.js";
import { Meter } from "../capture/meter.js";
import { checkSupport } from "../capture/support.js";
import { gettext } from "../ui/text.js";
import { explainSupport } from "../ui/blocked.js";
import { icon, node } from "../ui/nodes.js";
import { BeforeJoining } from "../ui/before-joining.js";
import { CallEnded } from "../ui/call-ended.js";
import { LiveDialog } from "../ui/live-dialog.js";
import { MeetingRoom } from "../ui/meeting-room.js";
import { ToastStack } from "../ui/toasts.js";
import { LocalMedia } from "./room/local.js";
import { Meeting } from "./room/meeting.js";
import { RoomLive } from "./room/live.js";
import { wantOfKey } from "./room/keys.js";
import { recall, remember } from "./room/remembered.js";

const METER_MS = 80;

const page = document.body.dataset;
const room = {
  slug: page.slug ?? "",
  csrfToken: page.csrf ?? "",
  token: page.token ?? "",
  attends: page.attends === "true",
  workers: JSON.parse(page.workers ?? "{}"),
  seesRecordings: page.seesRecordings === "true",
};
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const toasts = new ToastStack();
/** @type {import("../ui/types.js").Devices} */
let devices = { cameras: [], microphones: [], speakers: [] };

async function start() {
  document.body.append(toasts);
  const support = await checkSupport();
  if (!support.ok) return showUnsupported(support.missing);
  prepare(support.send && !room.attends);
}

/** @param {string[]} missing */
function showUnsupported(missing) {
  main.replaceChildren(
    node(
      "div",
      { class: "narrow stack unsupported" },
      node("h1", {}, gettext("You cannot join from here")),
      node(
        "p",
        { class: "notice warn" },
        icon("warning"),
        node("span", {}, explainSupport(missing)),
      ),
      node("p", {}, node("a", { class: "button", href: "/" }, gettext("Start page"))),
    ),
  );
}

/**
 * The page before joining.
 * @param {boolean} hasDevices whether the browser can send at all
 */
function prepare(hasDevices) {
  const local = new LocalMedia();
  const meeting = new Meeting(new Call(room), local, room);
  const before = new BeforeJoining();
  before.dataset.room = page.room;
  before.dataset.keepsDays = page.keepsDays;
  before.dataset.neverRecorded = page.neverRecorded;
  before.toggleAttribute("data-attends", room.attends);
  before.dataset.name = page.yourName || recall("name");
  let joining = false;
  let error = "";
  const update = () => before.update({ ...local, devices, joining, error });
  const stopMeter = showLevel(local, before);
  const changed = async (/** @type {Event} */ event) => {
    update();
    if (/** @type {CustomEvent} */ (event).detail) await refreshDevices(update);
  };
  local.addEventListener("change", changed);

  const join = async (/** @type {string} */ name) => {
    joining = true;
    error = "";
    update();
    try {
      await meeting.join(name);
    } catch (problem) {
      console.error(problem);
      joining = false;
      error =
        /** @type {{detail?: string}} */ (problem).detail ||
        gettext("Joining did not work. Try again.");
      return update();
    }
    remember("name", name);
    stopMeter();
    local.removeEventListener("change", changed);
    enter(meeting);
  };
  before.addEventListener("want", (event) => {
    const { name, detail } = /** @type {CustomEvent} */ (event).detail;
    if (name === "join") void join(detail);
    if (name === "choose") void local.choose(detail.kind, detail.id);
    if (name === "microphone" || name === "camera") {
      void (local.tracks[/** @type {"camera"} */ (name)]
        ? local.turnOff(name)
        : local.turnOn(name));
    }
  });
  main.replaceChildren(before);
  update();
  if (!hasDevices) return;
  void local.turnOn("camera");
  void local.turnOn("microphone");
  void refreshDevices(update);
}

/**
 * The microphone's meter, for as long as there is one.
 * @param {LocalMedia} local
 * @param {BeforeJoining} before
 * @returns {() => void} stops it
 */
function showLevel(local, before) {
  /** @type {Meter | null} */
  let meter = null;
  /** @type {MediaStreamTrack | null} */
  let measured = null;
  const timer = setInterval(() => {
    if (measured !== local.tracks.microphone) {
      meter?.close();
      measured = local.tracks.microphone;
      meter = measured && new Meter(measured);
    }
    before.level = meter?.level ?? 0;
  }, METER_MS);
  return () => {
    clearInterval(timer);
    meter?.close();
  };
}

/** @param {() => void} update */
async function refreshDevices(update) {
  devices = await listDevices();
  update();
}

/** @param {Meeting} meeting */
function enter(meeting) {
  const view = new MeetingRoom();
  const live = new LiveDialog();
  new RoomLive(live, room);
  view.source = meeting.call;
  const update = () => {
    if (meeting.view) view.update({ ...meeting.view, devices });
  };
  const devicesChanged = () => void refreshDevices(update);
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const isAbove = document.querySelector(":popover-open, dialog[open]") !== null;
    if (event.key === "Escape" && meeting.view?.panel && !isAbove)
      void meeting.fulfil("close-panel", null);
    const name = meeting.view?.usesKeys ? wantOfKey(event) : null;
    if (!name) return;
    event.preventDefault();
    void meeting.fulfil(name, null);
  };
  navigator.mediaDevices?.addEventListener("devicechange", devicesChanged);
  document.addEventListener("keydown", pressed);
  document.body.classList.add("in-call");

  view.addEventListener("want", (event) => {
    const { name, detail } = /** @type {CustomEvent} */ (event).detail;
    void meeting.fulfil(name, detail);
  });
  meeting.addEventListener("change", update);
  on(meeting, "notice", ({ text, tone }) => toasts.show(text, tone));
  const dialogs = /** @type {Record<string, () => void>} */ ({
    devices: () => view.menus.openDevices(),
    keys: () => view.menus.openKeys(),
    invited: () => view.menus.openInvited(),
    live: () => live.open(),
  });
  on(meeting, "open", (name) => dialogs[name]?.());
  on(meeting, "unsent", (text) => view.chat.giveBack(text));
  on(meeting, "ended", (reason) => {
    navigator.mediaDevices?.removeEventListener("devicechange", devicesChanged);
    document.removeEventListener("keydown", pressed);
    document.body.classList.remove("in-call");
    end(reason);
  });
  main.replaceChildren(view, live);
  update();
  main.focus();
  void refreshDevices(update);
}

/** @param {import("../ui/call-ended.js").Reason} reason */
function end(reason) {
  const ended = new CallEnded();
  ended.addEventListener("want", () => void start());
  main.replaceChildren(ended);
  ended.show(reason, { seesRecordings: room.seesRecordings });
}

/**
 * @param {EventTarget} target
 * @param {string} name
 * @param {(detail: any) => void} listener
 */
function on(target, name, listener) {
  target.addEventListener(name, (event) =>
    listener(/** @type {CustomEvent} */ (event).detail),
  );
}

void start();
