import assert from "node:assert/strict";
import { test } from "node:test";
import { following, parseIndex, parseMedia } from "../../static/js/receive/playlist.js";

const MEDIA = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:3
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.000+00:00
#EXTINF:2.000,
00000041-1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-2.mp4"
#EXTINF:2.500,
00000042-2.m4s
`;

test("an index names its playlist and its codecs", () => {
  const text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.64001f,mp4a.40.2"\nlive.m3u8\n';
  assert.deepEqual(parseIndex(text), { uri: "live.m3u8", codecs: "avc1.64001f,mp4a.40.2" });
  assert.equal(parseIndex("#EXTM3U\n"), null);
});

test("a playlist gives numbered pieces, each with what comes before its run", () => {
  assert.deepEqual(parseMedia(MEDIA), {
    pieces: [
      { number: 41, uri: "00000041-1.m4s", seconds: 2, map: "init-1.mp4" },
      { number: 42, uri: "00000042-2.m4s", seconds: 2.5, map: "init-2.mp4" },
    ],
    seconds: 3,
    isOver: false,
  });
  assert.equal(parseMedia(`${MEDIA}#EXT-X-ENDLIST\n`).isOver, true);
});

test("one begins near the end, goes on without gaps, and jumps where it fell behind", () => {
  const pieces = [7, 8, 9, 10].map((number) => ({ number, uri: "", seconds: 2, map: "" }));
  const numbers = (/** @type {number | null} */ last) =>
    following(pieces, last, 2).map(({ number }) => number);
  assert.deepEqual(numbers(null), [9, 10]);
  assert.deepEqual(numbers(8), [9, 10]);
  assert.deepEqual(numbers(6), [7, 8, 9, 10]);
  assert.deepEqual(numbers(3), [9, 10]);
  assert.deepEqual(numbers(10), []);
});
