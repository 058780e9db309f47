// The media pipeline of a call: its two workers, the sound output, the page's places
// for pictures and the own tracks, wired together.

import { Places } from "./render/places.js";
import { SoundOutput } from "./render/sound_output.js";
import { OwnTracks } from "./send/own_tracks.js";
import { openWorker } from "./threads.js";

/** @typedef {import("./send/record.js").Kind} Kind */
/** @typedef {{encode: string, decode: string, playback: string, capture: string}} WorkerUrls */
/** @typedef {Record<string, (message: any) => void>} Handlers by the message's type */

/**
 * @typedef {object} Pipeline
 * @property {(message: object) => void} publish tell the publishing worker
 * @property {(number: number) => void} forget somebody has left
 * @property {OwnTracks} tracks
 * @property {Places} places
 * @property {SoundOutput} output
 * @property {() => void} close
 */

/**
 * @param {object} options
 * @param {WorkerUrls} options.urls
 * @param {Handlers} options.fromEncode
 * @param {Handlers} options.fromDecode
 * @param {(type: string, fields: object) => Promise<any>} options.request
 * @param {() => void} options.onBlocked the browser wants a click before sound
 * @param {(kind: Kind) => void} options.onEnded an own track ended by itself
 * @returns {Promise<Pipeline>}
 */
export async function openPipeline({ urls, fromEncode, fromDecode, ...options }) {
  const [{ worker: encode, hello }, { worker: decode }] = await Promise.all([
    openWorker(urls.encode),
    openWorker(urls.decode),
  ]);
  encode.onmessage = ({ data }) => fromEncode[data.type]?.(data);
  decode.onmessage = ({ data }) => fromDecode[data.type]?.(data);
  const { port1, port2 } = new MessageChannel();
  encode.postMessage({ type: "receiver", port: port1 }, [port1]);
  decode.postMessage({ type: "uplink", port: port2 }, [port2]);
  const output = new SoundOutput({
    workletUrl: urls.playback,
    worker: decode,
    onBlocked: options.onBlocked,
  });
  const tracks = new OwnTracks({
    worker: encode,
    workerHasProcessor: hello.hasTrackProcessor,
    captureUrl: urls.capture,
    request: options.request,
    onEnded: options.onEnded,
  });
  return {
    publish: (message) => encode.postMessage(message),
    forget: (number) => decode.postMessage({ type: "forget", number }),
    tracks,
    places: new Places(decode),
    output,
    close() {
      tracks.close();
      output.close();
      encode.terminate();
      decode.terminate();
    },
  };
}
