// Which layers of a video are encoded, how large and how good (docs/protocol.md,
// "Layers"), given who wants what and what the machine and the network carry. Pure.

/** @typedef {import("./codecs.js").Quality} Quality */
/** @typedef {{spatial: number, height: number, framerate: number, bitrate: number}} Layer */
/** @typedef {import("./ladder.js").Rung} Rung */
/** @typedef {"camera" | "screen" | "jpeg"} Source */
/** @typedef {Quality & {spatial: number}} LayerPlan */

/** Smallest first. @type {Record<Source, Layer[]>} */
export const LAYERS = {
  camera: [
    { spatial: 0, height: 180, framerate: 30, bitrate: 150_000 },
    { spatial: 1, height: 360, framerate: 30, bitrate: 500_000 },
    { spatial: 2, height: 720, framerate: 30, bitrate: 1_400_000 },
    { spatial: 3, height: 1080, framerate: 30, bitrate: 2_800_000 },
  ],
  screen: [
    { spatial: 1, height: 360, framerate: 5, bitrate: 200_000 },
    { spatial: 3, height: 1080, framerate: 15, bitrate: 2_000_000 },
  ],
  // Every picture stands alone and is large: few and small ones.
  jpeg: [{ spatial: 0, height: 360, framerate: 10, bitrate: 0 }],
};

/**
 * The layers that a picture of this size can have: no larger than it is itself.
 * @param {Source} source
 * @param {number} width
 * @param {number} height
 */
export function layersOf(source, width, height) {
  const layers = LAYERS[source];
  const whole = layers.findIndex((layer) => scaleOf(width, height, layer.height) === 1);
  return whole === -1 ? layers : layers.slice(0, whole + 1);
}

/**
 * What is to be encoded, smallest first. A wanted layer that is not there, or too
 * much at present, is stood for by the next smaller one, or else by the smallest.
 * @param {Layer[]} layers that the picture can have
 * @param {{width: number, height: number}} size
 * @param {readonly number[]} wanted
 * @param {Rung} rung
 * @returns {LayerPlan[]}
 */
export function planLayers(layers, { width, height }, wanted, rung) {
  const tops = wanted.map((one) => Math.min(one, rung.top));
  const chosen = new Set(
    tops.map((top) => layers.findLast((layer) => layer.spatial <= top) ?? layers[0]),
  );
  return layers
    .filter((layer) => chosen.has(layer))
    .map((layer) => ({
      spatial: layer.spatial,
      ...fit(width, height, layer.height),
      framerate: Math.min(layer.framerate, rung.framerate),
      bitrate: layer.bitrate * rung.share,
    }));
}

/**
 * The picture's size in a 16:9 box of so many lines: never enlarged, in its own shape,
 * in even numbers (4:2:0).
 * @param {number} width
 * @param {number} height
 * @param {number} lines
 */
export function fit(width, height, lines) {
  const scale = scaleOf(width, height, lines);
  return { width: even(width * scale), height: even(height * scale) };
}

/**
 * Portraits and wide screens fit in with their longer side.
 * @param {number} width
 * @param {number} height
 * @param {number} lines
 */
function scaleOf(width, height, lines) {
  return Math.min(1, lines / height, (lines * 16) / 9 / width);
}

/** @param {number} value */
function even(value) {
  return Math.max(2, Math.round(value / 2) * 2);
}
