// Takes the sound of tracks apart into packets, in an audio graph of its own. The
// graph runs at the device's rate: not every browser lets a track into another one.

/** @typedef {{port: MessagePort, close: () => void}} SoundSource the port gives packets */

export class SoundCapture {
  /** @param {string} workletUrl */
  constructor(workletUrl) {
    this.#workletUrl = workletUrl;
  }

  #workletUrl;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {Promise<void> | undefined} */
  #loaded;

  /**
   * @param {MediaStreamTrack} track stays the caller's
   * @returns {Promise<SoundSource>}
   */
  async open(track) {
    const context = (this.#context ??= new AudioContext());
    this.#loaded ??= context.audioWorklet.addModule(this.#workletUrl);
    await this.#loaded;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const node = new AudioWorkletNode(context, "capture");
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ port: port1 }, [port1]);
    // It gives silence; but what leads nowhere is not run everywhere.
    source.connect(node).connect(context.destination);
    const close = () => {
      node.port.postMessage({});
      source.disconnect();
      node.disconnect();
    };
    return { port: port2, close };
  }

  async resume() {
    await this.#context?.resume();
  }

  close() {
    void this.#context?.close();
    this.#context = null;
  }
}
