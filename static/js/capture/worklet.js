// Audio worklet: hands a track's sound to the encoder's worker in 20 ms packets.

import { Packer } from "./packer.js";

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    // The first message brings the port to the worker; an empty one ends the node.
    this.port.onmessage = ({ data }) => {
      this.#output = data.port ?? null;
      this.#isOpen = Boolean(data.port);
    };
  }

  /** @type {MessagePort | null} */
  #output = null;
  #isOpen = true;
  #packer = new Packer(sampleRate, (samples) => {
    const timeUs = Math.round(currentTime * 1e6);
    this.#output?.postMessage({ samples, timeUs }, [samples.buffer]);
  });

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    if (input?.length) this.#packer.push(input);
    return this.#isOpen;
  }
}

registerProcessor("capture", Capture);
