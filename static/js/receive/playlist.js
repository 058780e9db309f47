// Playlists of live HLS (RFC 8216), as far as our server writes them. Pure.

/**
 * @typedef {object} Piece
 * @property {number} number
 * @property {string} uri
 * @property {number} seconds
 * @property {string} map what comes before the pieces of its run
 */

/**
 * @param {string} text
 * @returns {{uri: string, codecs: string} | null} of the first stream in an index
 */
export function parseIndex(text) {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith("#EXT-X-STREAM-INF:"));
  const codecs = /CODECS="([^"]*)"/.exec(lines[at] ?? "")?.[1];
  const uri = lines[at + 1]?.trim();
  return at >= 0 && codecs && uri ? { uri, codecs } : null;
}

/**
 * @param {string} text
 * @returns {{pieces: Piece[], seconds: number, isOver: boolean}} seconds: how long
 *   pieces are at most
 */
export function parseMedia(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let number = 0;
  let target = 2;
  let seconds = 0;
  let map = "";
  let isOver = false;
  for (const line of text.split("\n")) {
    const [tag = "", value = ""] = split(line);
    if (tag === "#EXT-X-MEDIA-SEQUENCE") number = Number(value);
    else if (tag === "#EXT-X-TARGETDURATION") target = Number(value);
    else if (tag === "#EXT-X-MAP") map = /URI="([^"]*)"/.exec(value)?.[1] ?? "";
    else if (tag === "#EXTINF") seconds = parseFloat(value);
    else if (tag === "#EXT-X-ENDLIST") isOver = true;
    else if (line.trim() && !line.startsWith("#")) {
      pieces.push({ number, uri: line.trim(), seconds, map });
      number += 1;
    }
  }
  return { pieces, seconds: target, isOver };
}

/** @param {string} line */
function split(line) {
  const colon = line.indexOf(":");
  return colon < 0 ? [line.trim()] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/**
 * Which pieces to take next: from near the end on where one begins, or has fallen out.
 * @param {Piece[]} pieces
 * @param {number | null} last number of the last one that was taken
 * @param {number} behind how many from the end to begin with
 */
export function following(pieces, last, behind) {
  const first = pieces[0]?.number ?? 0;
  if (last === null || last < first - 1) return pieces.slice(-behind);
  return pieces.filter(({ number }) => number > last);
}
