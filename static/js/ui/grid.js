// Where tiles go: pure geometry, in CSS pixels.

/** @typedef {import("./types.js").Rect} Rect */

export const GAP = 8;
const WIDE = 16 / 9;
const TALL = 4 / 3; // a stage higher than wide: squarer tiles waste less of it
const SMALLEST_WIDTH = 150;
const MOST_TILES = 25;
const STRIP_SHARE = 0.2; // of the longer side, beside a shared screen
const STRIP_LEAST = 96;
const STRIP_MOST = 300;
const STRIP_SHARE_WIDE = 0.125; // where that is more: on a wall

/**
 * The largest tiles of one aspect that fit, rows centred, the last row too.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {{aspect?: number, gap?: number}} [options]
 * @returns {Rect[]}
 */
export function grid(count, width, height, { aspect = WIDE, gap = GAP } = {}) {
  if (count < 1 || width <= 0 || height <= 0) return [];
  let best = { columns: 1, tile: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const tile = tileWidth(
      columns,
      Math.ceil(count / columns),
      width,
      height,
      aspect,
      gap,
    );
    if (tile > best.tile) best = { columns, tile };
  }
  return place(
    count,
    best.columns,
    Math.floor(best.tile),
    Math.floor(best.tile / aspect),
    width,
    height,
    gap,
  );
}

/**
 * @param {number} columns
 * @param {number} rows
 * @param {number} width
 * @param {number} height
 * @param {number} aspect
 * @param {number} gap
 */
function tileWidth(columns, rows, width, height, aspect, gap) {
  const byWidth = (width - gap * (columns - 1)) / columns;
  const byHeight = ((height - gap * (rows - 1)) / rows) * aspect;
  return Math.max(0, Math.min(byWidth, byHeight));
}

/**
 * @param {number} count
 * @param {number} columns
 * @param {number} tileW
 * @param {number} tileH
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {Rect[]}
 */
function place(count, columns, tileW, tileH, width, height, gap) {
  const rows = Math.ceil(count / columns);
  const top = Math.floor((height - rows * tileH - (rows - 1) * gap) / 2);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = Math.floor((width - inRow * tileW - (inRow - 1) * gap) / 2);
    return {
      x: left + (index - row * columns) * (tileW + gap),
      y: top + row * (tileH + gap),
      width: tileW,
      height: tileH,
    };
  });
}

/**
 * The aspect that people get on a stage of this shape.
 * @param {number} width
 * @param {number} height
 */
export function aspectFor(width, height) {
  return height > width ? TALL : WIDE;
}

/**
 * How many of `count` people one page of the grid holds without tiles so small
 * that nobody is recognised; where there are more pages, in full rows.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
export function gridCapacity(count, width, height) {
  const aspect = aspectFor(width, height);
  for (let shown = Math.min(count, MOST_TILES); shown > 1; shown -= 1) {
    const tiles = grid(shown, width, height, { aspect });
    const [first] = tiles;
    if (!first || first.width < SMALLEST_WIDTH) continue;
    const columns = tiles.filter(({ y }) => y === first.y).length;
    return shown === count ? shown : shown - (shown % columns);
  }
  return Math.min(count, 1);
}

/**
 * One large place and a strip beside it (below it on a tall stage).
 * @param {number} count people in the strip who would like a place
 * @param {number} width
 * @param {number} height
 * @returns {{main: Rect, strip: Rect[]}} the strip holds as many as fit, perhaps fewer
 */
export function spotlight(count, width, height) {
  if (count < 1) return { main: { x: 0, y: 0, width, height }, strip: [] };
  return height > width
    ? stripBelow(count, width, height)
    : stripBeside(count, width, height);
}

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
function stripBeside(count, width, height) {
  const most = Math.max(STRIP_MOST, width * STRIP_SHARE_WIDE);
  const tileW = Math.round(clamp(width * STRIP_SHARE, STRIP_LEAST, most));
  const tileH = Math.round(tileW / WIDE);
  const fit = Math.max(1, Math.floor((height + GAP) / (tileH + GAP)));
  const shown = Math.min(count, fit);
  const strip = place(shown, 1, tileW, tileH, tileW, height, GAP).map((rect) => ({
    ...rect,
    x: rect.x + width - tileW,
  }));
  return { main: { x: 0, y: 0, width: width - tileW - GAP, height }, strip };
}

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
function stripBelow(count, width, height) {
  const third = Math.floor((width - 2 * GAP) / 3); // at least three people beside a screen
  const tileW = Math.round(
    clamp(height * STRIP_SHARE, STRIP_LEAST, Math.min(third, STRIP_MOST)),
  );
  const tileH = Math.round(tileW / TALL);
  const fit = Math.max(1, Math.floor((width + GAP) / (tileW + GAP)));
  const shown = Math.min(count, fit);
  const strip = place(shown, shown, tileW, tileH, width, tileH, GAP).map((rect) => ({
    ...rect,
    y: rect.y + height - tileH,
  }));
  return { main: { x: 0, y: 0, width, height: height - tileH - GAP }, strip };
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
