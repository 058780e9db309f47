// The page's end of the sound output: the audio context, its worklet, and the clock by
// which the decoding worker places sound.

import { SAMPLE_RATE } from "../capture/packer.js";

const CLOCK_MS = 500;
const START_MS = 1000; // a context that may run does so by then

export class SoundOutput {
  /**
   * @param {object} options
   * @param {string} options.workletUrl
   * @param {Worker} options.worker that decodes
   * @param {() => void} options.onBlocked the browser wants a click first
   */
  constructor({ workletUrl, worker, onBlocked }) {
    this.#worker = worker;
    this.#context = new AudioContext({
      sampleRate: SAMPLE_RATE,
      latencyHint: "interactive",
    });
    void this.#open(workletUrl);
    this.#clockTimer = setInterval(() => this.#tellTime(), CLOCK_MS);
    this.#context.onstatechange = () => this.#tellTime();
    this.#blockedTimer = setTimeout(() => this.#isRunning || onBlocked(), START_MS);
  }

  #worker;
  #context;
  #clockTimer;
  #blockedTimer;
  #isClosed = false;

  get #isRunning() {
    return this.#context.state === "running";
  }

  async resume() {
    await this.#context.resume();
  }

  /** @param {string} deviceId */
  async setSpeaker(deviceId) {
    if (!this.#context.setSinkId) {
      throw new DOMException("No choice of speakers.", "NotSupportedError");
    }
    await this.#context.setSinkId(deviceId);
  }

  close() {
    clearInterval(this.#clockTimer);
    clearTimeout(this.#blockedTimer);
    this.#context.onstatechange = null;
    this.#isClosed = true;
    void this.#context.close();
  }

  /** @param {string} workletUrl */
  async #open(workletUrl) {
    const context = this.#context;
    try {
      await context.audioWorklet.addModule(workletUrl);
    } catch (error) {
      if (!this.#isClosed) throw error;
    }
    if (this.#isClosed) return; // while it was loaded
    const options = { numberOfInputs: 0, outputChannelCount: [2] };
    const node = new AudioWorkletNode(context, "playback", options);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ port: port1 }, [port1]);
    this.#worker.postMessage({ type: "output", port: port2 }, [port2]);
    node.connect(context.destination);
  }

  #tellTime() {
    const message = this.#isRunning ? this.#time() : { contextMs: null };
    if (message) this.#worker.postMessage({ type: "clock", ...message });
  }

  /** What is heard when; null while the output has not said so yet. */
  #time() {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    if (performanceTime === 0) return null;
    const heardMs = contextTime * 1000 + (performance.now() - performanceTime);
    return {
      contextMs: contextTime * 1000,
      atMs: performance.timeOrigin + performanceTime,
      latencyMs: Math.max(0, this.#context.currentTime * 1000 - heardMs),
    };
  }
}
