// The codec string of an H.264 stream, which a decoder wants to know. Pure.

const SEQUENCE_PARAMETER_SET = 7;

/**
 * From the parameter set of a key frame in Annex B form; null if it has none.
 * @param {Uint8Array} frame
 */
export function codecOf(frame) {
  for (let at = 0; at + 6 < frame.length; at += 1) {
    const isStart = frame[at] === 0 && frame[at + 1] === 0 && frame[at + 2] === 1;
    if (isStart && (Number(frame[at + 3]) & 0x1f) === SEQUENCE_PARAMETER_SET) {
      return `avc1.${hex(frame.subarray(at + 4, at + 7))}`;
    }
  }
  return null;
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
