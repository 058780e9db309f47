// Makes sound a little longer or shorter and keeps its pitch: a period is put in, or
// taken out, with a cross-fade (as in PICOLA, and in WebRTC's NetEq). Pure.

const LEAST_PERIOD = 120; // samples at 48 kHz: 2.5 ms
const MOST_PERIOD = 720; // 15 ms
export const SPAN = 2 * MOST_PERIOD; // what a period is looked for in
const STEP = 4; // of the first search and of every comparison

/**
 * After how many samples the beginning of this sound repeats itself best; at most half
 * of what there is, and 0 where that is too little.
 * @param {Float32Array} samples
 */
export function periodOf(samples) {
  const most = Math.min(MOST_PERIOD, samples.length >> 1);
  if (most < LEAST_PERIOD) return 0;
  const coarse = bestLag(samples, most, LEAST_PERIOD, most, STEP);
  const from = Math.max(LEAST_PERIOD, coarse - STEP + 1);
  return bestLag(samples, most, from, Math.min(most, coarse + STEP - 1), 1);
}

/**
 * Three periods out of two.
 * @param {Float32Array} samples two periods
 */
export function lengthen(samples) {
  const period = samples.length >> 1;
  const longer = new Float32Array(period * 3);
  const [first, second] = [samples.subarray(0, period), samples.subarray(period)];
  longer.set(first);
  longer.set(crossFade(second, first), period);
  longer.set(second, period * 2);
  return longer;
}

/**
 * One period out of two.
 * @param {Float32Array} samples two periods
 */
export function shorten(samples) {
  const period = samples.length >> 1;
  return crossFade(samples.subarray(0, period), samples.subarray(period));
}

/**
 * @param {Float32Array} from
 * @param {Float32Array} to as long
 */
function crossFade(from, to) {
  return from.map((sample, index) => {
    const share = (index + 0.5) / from.length;
    return sample * (1 - share) + Number(to[index]) * share;
  });
}

/**
 * @param {Float32Array} samples
 * @param {number} length of what is compared
 * @param {number} least
 * @param {number} most
 * @param {number} step
 */
function bestLag(samples, length, least, most, step) {
  let best = least;
  let bestLikeness = -Infinity;
  for (let lag = least; lag <= most; lag += step) {
    const likeness = likenessAt(samples, length, lag);
    if (likeness <= bestLikeness) continue;
    best = lag;
    bestLikeness = likeness;
  }
  return best;
}

/**
 * -1 to 1, however loud the one is and the other.
 * @param {Float32Array} samples
 * @param {number} length
 * @param {number} lag
 */
function likenessAt(samples, length, lag) {
  let product = 0;
  let energy = 1e-9;
  for (let index = 0; index < length; index += STEP) {
    const before = Number(samples[index]);
    const after = Number(samples[index + lag]);
    product += before * after;
    energy += before * before + after * after;
  }
  return (2 * product) / energy;
}
