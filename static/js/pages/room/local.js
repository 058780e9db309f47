// Own devices: which are on, which were chosen, and why one is not to be had. The
// page before joining and the call share one of these, so the picture goes on.

import {
  DeviceError,
  openCamera,
  openMicrophone,
  openScreen,
} from "../../capture/devices.js";
import { recall, remember } from "./remembered.js";

/** @typedef {import("../../ui/types.js").Kind} Kind */
/** @typedef {"microphone" | "camera"} Device */

/** "change": detail is the kind whose track changed, or null (problems, choices). */
export class LocalMedia extends EventTarget {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  tracks = { microphone: null, camera: null, screen: null, screen_audio: null };
  /** @type {Record<Device | "screen", string | null>} code of the last DeviceError */
  problems = { microphone: null, camera: null, screen: null };
  /** @type {{microphone?: string, camera?: string, speaker?: string}} */
  chosen = chosenBefore();
  /** @type {Set<Device | "screen">} being opened */
  opening = new Set();
  // Raised by each wish; a device that opens after a newer wish is closed again.
  #wish = { microphone: 0, camera: 0, screen: 0 };

  /** @param {Device} kind */
  async turnOn(kind) {
    const open = kind === "camera" ? openCamera : openMicrophone;
    await this.#open(kind, async () => ({
      [kind]: await openChosen(open, this.chosen[kind]),
    }));
  }

  async shareScreen() {
    await this.#open("screen", async () => {
      const { video, audio } = await openScreen();
      return { screen: video, screen_audio: audio };
    });
  }

  /** @param {Device | "screen"} kind */
  turnOff(kind) {
    this.#wish[kind] += 1;
    this.opening.delete(kind);
    this.#set(kind, null);
    if (kind === "screen") this.#set("screen_audio", null);
  }

  /**
   * Use another device from now on.
   * @param {Device | "speaker"} kind
   * @param {string} id
   */
  async choose(kind, id) {
    this.chosen = { ...this.chosen, [kind]: id };
    remember("devices", JSON.stringify(this.chosen));
    if (kind !== "speaker" && this.tracks[kind]) await this.turnOn(kind);
    else this.#changed(null);
  }

  stopAll() {
    this.turnOff("microphone");
    this.turnOff("camera");
    this.turnOff("screen");
  }

  /**
   * @param {Device | "screen"} kind
   * @param {() => Promise<Partial<Record<Kind, MediaStreamTrack | null>>>} open
   */
  async #open(kind, open) {
    const wish = (this.#wish[kind] += 1);
    this.opening.add(kind);
    this.problems[kind] = null;
    this.#changed(null);
    try {
      const opened = await open();
      if (wish !== this.#wish[kind]) return stop(Object.values(opened));
      this.opening.delete(kind);
      for (const [name, track] of Object.entries(opened)) {
        this.#set(/** @type {Kind} */ (name), track ?? null);
      }
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (wish !== this.#wish[kind]) return;
      this.opening.delete(kind);
      this.problems[kind] = error.code;
      this.#changed(null);
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  #set(kind, track) {
    const before = this.tracks[kind];
    if (before === track) return;
    before?.stop();
    this.tracks[kind] = track;
    this.#changed(kind);
  }

  /** @param {Kind | null} kind */
  #changed(kind) {
    this.dispatchEvent(new CustomEvent("change", { detail: kind }));
  }
}

/**
 * The chosen device, or any other where that one is gone.
 * @param {(options: {id?: string}) => Promise<MediaStreamTrack>} open
 * @param {string | undefined} id
 */
async function openChosen(open, id) {
  if (!id) return open({});
  try {
    return await open({ id });
  } catch (error) {
    if (error instanceof DeviceError && error.code === "none") return open({});
    throw error;
  }
}

/** @param {(MediaStreamTrack | null | undefined)[]} tracks */
function stop(tracks) {
  for (const track of tracks) track?.stop();
}

/** @returns {{microphone?: string, camera?: string, speaker?: string}} */
function chosenBefore() {
  return JSON.parse(recall("devices") || "{}");
}
