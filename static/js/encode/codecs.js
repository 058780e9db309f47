// Which codecs this browser can encode, best first, and their settings.

import { SAMPLE_RATE } from "../capture/packer.js";

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {{width: number, height: number, framerate: number, bitrate: number}} Quality */
/** `mode`: its temporal layers. @typedef {{codec: Codec, mode?: string}} Encoding */

/** @type {AudioEncoderConfig} */
export const OPUS = {
  codec: "opus",
  sampleRate: SAMPLE_RATE,
  numberOfChannels: 1,
  bitrate: 32_000,
};

/** @type {Quality} */
const PROBE = { width: 1280, height: 720, framerate: 30, bitrate: 1_400_000 };

/** Temporal layers, most first; none where an encoder has no such mode. */
const MODES = ["L1T3", "L1T2", undefined];

/**
 * H.264 first: it is what a file for everybody holds. JPEG is what any browser can do.
 * @returns {Promise<Encoding[]>}
 */
export async function chooseVideoEncodings() {
  /** @type {Encoding[]} */
  const encodings = [];
  for (const codec of /** @type {const} */ (["h264", "vp8"])) {
    for (const mode of MODES) {
      if (!(await canEncodeVideo(videoConfig({ codec, mode }, PROBE)))) continue;
      encodings.push({ codec, mode });
      break;
    }
  }
  return [...encodings, { codec: "jpeg" }];
}

/** @returns {Promise<Codec[]>} */
export async function chooseVideoCodecs() {
  return (await chooseVideoEncodings()).map(({ codec }) => codec);
}

/** @returns {Promise<Codec[]>} */
export async function chooseAudioCodecs() {
  return (await canEncodeOpus()) ? ["opus", "pcm"] : ["pcm"];
}

/**
 * @param {Encoding} encoding H.264 or VP8
 * @param {Quality} quality
 * @returns {VideoEncoderConfig}
 */
export function videoConfig({ codec, mode }, { width, height, framerate, bitrate }) {
  /** @type {VideoEncoderConfig} */
  const config = { codec, width, height, framerate, bitrate, latencyMode: "realtime" };
  if (mode) config.scalabilityMode = mode;
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
