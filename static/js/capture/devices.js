// Cameras, microphones, speakers and the screen, and what keeps one from using them.

export class DeviceError extends Error {
  /**
   * @param {"denied" | "none" | "busy" | "insecure" | "cancelled" | "failed"} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(`Device: ${code}`, { cause });
    this.code = code;
  }
}

/** @type {Record<string, "denied" | "none" | "busy" | "insecure">} */
const CODES = {
  NotAllowedError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
  SecurityError: "insecure",
};

/** @typedef {{id: string, label: string}} Device */

/**
 * Labels are empty until the person has allowed a device of the kind.
 * @returns {Promise<{cameras: Device[], microphones: Device[], speakers: Device[]}>}
 */
export async function listDevices() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  /** @param {MediaDeviceKind} kind */
  const ofKind = (kind) =>
    devices
      .filter((device) => device.kind === kind && device.deviceId)
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return {
    cameras: ofKind("videoinput"),
    microphones: ofKind("audioinput"),
    speakers: ofKind("audiooutput"),
  };
}

/** @param {{id?: string}} [choice] */
export function openCamera({ id } = {}) {
  return openTrack({
    video: {
      ...chosen(id),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30, max: 30 },
    },
  });
}

/** @param {{id?: string}} [choice] */
export function openMicrophone({ id } = {}) {
  return openTrack({
    audio: {
      ...chosen(id),
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  });
}

/**
 * Where the person denied, the browser does not say whether it was the question or the
 * whole site: both are "cancelled".
 * @returns {Promise<{video: MediaStreamTrack, audio: MediaStreamTrack | null}>}
 */
export async function openScreen() {
  const stream = await ask((media) =>
    media.getDisplayMedia({
      video: {
        width: { max: 1920 },
        height: { max: 1080 },
        frameRate: { max: 15 },
      },
      audio: true,
    }),
  ).catch((error) => {
    throw error.code === "denied" ? new DeviceError("cancelled", error) : error;
  });
  const video = firstTrack(stream.getVideoTracks());
  video.contentHint = "detail";
  return { video, audio: stream.getAudioTracks()[0] ?? null };
}

/** @param {string} [id] */
function chosen(id) {
  return id ? { deviceId: { exact: id } } : {};
}

/** @param {MediaStreamConstraints} constraints */
async function openTrack(constraints) {
  const stream = await ask((media) => media.getUserMedia(constraints));
  return firstTrack(stream.getTracks());
}

/** @param {MediaStreamTrack[]} tracks */
function firstTrack([track]) {
  if (!track) throw new DeviceError("none");
  return track;
}

/** @param {(media: MediaDevices) => Promise<MediaStream>} question */
async function ask(question) {
  if (!navigator.mediaDevices) throw new DeviceError("insecure");
  try {
    return await question(navigator.mediaDevices);
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new DeviceError(CODES[name] ?? "failed", error);
  }
}
