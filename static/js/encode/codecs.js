// Which codecs this browser can encode, best first, and their settings.

import { SAMPLE_RATE } from "../capture/packer.js";

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {{width: number, height: number, framerate: number, bitrate: number}} Quality */

/** @type {AudioEncoderConfig} */
export const OPUS = {
  codec: "opus",
  sampleRate: SAMPLE_RATE,
  numberOfChannels: 1,
  bitrate: 32_000,
};

/** @type {Quality} */
const PROBE = { width: 1280, height: 720, framerate: 30, bitrate: 1_400_000 };

/**
 * H.264 first: it is what a file for everybody holds. JPEG is what any browser can do.
 * @returns {Promise<Codec[]>}
 */
export async function chooseVideoCodecs() {
  /** @type {Codec[]} */
  const codecs = [];
  for (const codec of /** @type {const} */ (["h264", "vp8"])) {
    if (await canEncodeVideo(videoConfig(codec, PROBE))) codecs.push(codec);
  }
  return [...codecs, "jpeg"];
}

/** @returns {Promise<Codec[]>} */
export async function chooseAudioCodecs() {
  return (await canEncodeOpus()) ? ["opus", "pcm"] : ["pcm"];
}

/**
 * @param {"h264" | "vp8"} codec
 * @param {Quality} quality
 * @returns {VideoEncoderConfig}
 */
export function videoConfig(codec, { width, height, framerate, bitrate }) {
  /** @type {VideoEncoderConfig} */
  const config = { codec, width, height, framerate, bitrate, latencyMode: "realtime" };
  if (codec === "vp8") return config;
  // Constrained baseline: level 3.1 holds 1280x720 at 30, level 4.0 1920x1080 at 30.
  const level = width * height > 1280 * 720 ? "28" : "1f";
  return { ...config, codec: `avc1.42e0${level}`, avc: { format: "annexb" } };
}

/** @param {VideoEncoderConfig} config */
async function canEncodeVideo(config) {
  if (!("VideoEncoder" in globalThis)) return false;
  try {
    return (await VideoEncoder.isConfigSupported(config)).supported === true;
  } catch (error) {
    if (error instanceof TypeError) return false; // a setting it does not know
    throw error;
  }
}

async function canEncodeOpus() {
  if (!("AudioEncoder" in globalThis)) return false;
  return (await AudioEncoder.isConfigSupported(OPUS)).supported === true;
}
