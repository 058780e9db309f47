// What this browser can do, asked before anybody joins. Codecs are preferred in the
// order in which they are listed.

import { chooseAudioCodecs, chooseVideoCodecs } from "../encode/codecs.js";

/** @typedef {import("../send/record.js").Codec} Codec */

/**
 * `missing` holds codes for sentences: "insecure", "worker", "canvas", "sound_output",
 * "video_decoder", "audio_decoder" keep one from taking part at all (`ok` is false);
 * "devices" keeps one from being seen and heard.
 * @typedef {object} Support
 * @property {boolean} ok
 * @property {string[]} missing
 * @property {Codec[]} video what can be sent
 * @property {Codec[]} audio
 * @property {boolean} send
 * @property {boolean} receive
 */

/** @returns {Promise<Support>} */
export async function checkSupport() {
  const missing = missingParts();
  const receive = missing.length === 0;
  const send = receive && Boolean(navigator.mediaDevices?.getUserMedia);
  if (receive && !send) missing.push("devices");
  return {
    ok: receive,
    missing,
    video: send ? await chooseVideoCodecs() : [],
    audio: send ? await chooseAudioCodecs() : [],
    send,
    receive,
  };
}

function missingParts() {
  // Most of the rest is hidden in an insecure context, so it says nothing there.
  if (!globalThis.isSecureContext) return ["insecure"];
  /** @type {[string, boolean][]} */
  const parts = [
    ["worker", "Worker" in globalThis && "WebSocket" in globalThis],
    ["canvas", "transferControlToOffscreen" in HTMLCanvasElement.prototype],
    ["sound_output", "AudioWorkletNode" in globalThis],
    ["video_decoder", "VideoDecoder" in globalThis],
    ["audio_decoder", "AudioDecoder" in globalThis],
  ];
  return parts.filter(([, isThere]) => !isThere).map(([code]) => code);
}
