// What TypeScript's DOM library does not declare yet, and the globals of workers and
// worklets (the "webworker" library cannot be loaded beside "dom").

interface MediaStreamTrackProcessor<T> {
  readonly readable: ReadableStream<T>;
}
declare var MediaStreamTrackProcessor: {
  new (init: {
    track: MediaStreamTrack;
    maxBufferSize?: number;
  }): MediaStreamTrackProcessor<VideoFrame>;
};

declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(init: { kind: "video" | "audio" });
  readonly writable: WritableStream<VideoFrame>;
}

interface AudioContext {
  setSinkId?(id: string): Promise<void>;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(
  name: string,
  processor: new () => AudioWorkletProcessor,
): void;
declare const currentFrame: number;
declare const currentTime: number;
declare const sampleRate: number;

interface EncodedVideoChunkMetadata {
  svc?: { temporalLayerId: number };
}
