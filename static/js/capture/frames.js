// Where a video track's frames come from: a track processor in the page (Chrome,
// Edge), one in the worker (Safari), or a hidden video element (Firefox).

const HIDDEN_MS = 1000; // a hidden page paints no video: keep a picture a second

/**
 * A source for the encoder's worker. `message` and `transfer` are posted to it once;
 * a hidden element then posts its frames through `onFrame`.
 * @typedef {{message: object, transfer: Transferable[], close: () => void}} FrameSource
 */

/**
 * @param {MediaStreamTrack} track stays the caller's
 * @param {boolean} workerHasProcessor
 * @param {(image: VideoFrame | ImageBitmap, timestampUs: number) => void} onFrame
 * @returns {FrameSource}
 */
export function openFrames(track, workerHasProcessor, onFrame) {
  if ("MediaStreamTrackProcessor" in globalThis) {
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 2 });
    return { message: { stream: readable }, transfer: [readable], close() {} };
  }
  if (workerHasProcessor && isTransferable(track.clone())) {
    const clone = track.clone();
    return { message: { track: clone }, transfer: [asTransfer(clone)], close() {} };
  }
  return watchElement(track, onFrame);
}

/** @param {MediaStreamTrack} track is gone afterwards */
function isTransferable(track) {
  try {
    new MessageChannel().port1.postMessage(track, [asTransfer(track)]);
    return true;
  } catch {
    return false;
  } finally {
    track.stop();
  }
}

/** @param {MediaStreamTrack} track */
function asTransfer(track) {
  return /** @type {Transferable} */ (/** @type {unknown} */ (track));
}

/**
 * @param {MediaStreamTrack} track
 * @param {(image: VideoFrame | ImageBitmap, timestampUs: number) => void} onFrame
 * @returns {FrameSource}
 */
function watchElement(track, onFrame) {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play();
  let isOpen = true;

  async function grab() {
    if (!isOpen || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const timestamp = Math.round(performance.now() * 1000);
    const image =
      "VideoFrame" in globalThis
        ? new VideoFrame(video, { timestamp })
        : await createImageBitmap(video);
    if (isOpen) onFrame(image, timestamp);
    else image.close();
  }
  const next = () => {
    if (!isOpen) return;
    void grab();
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
  const timer = setInterval(() => document.hidden && void grab(), HIDDEN_MS);
  return {
    message: {},
    transfer: [],
    close() {
      isOpen = false;
      clearInterval(timer);
      video.srcObject = null;
    },
  };
}
