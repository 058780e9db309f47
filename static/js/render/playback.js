// Audio worklet: plays what the decoding worker sends, mixed.

import { Mixer } from "./mixer.js";

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#listen(data.port);
  }

  #mixer = new Mixer();

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [output]) {
    const [first, ...others] = output ?? [];
    if (first) this.#mixer.mix(first, currentFrame);
    for (const channel of others) if (first) channel.set(first);
    return true;
  }

  /** @param {MessagePort} port */
  #listen(port) {
    port.onmessage = ({ data }) => {
      if (data.name) this.#mixer.push(data.name, data);
      else this.#mixer.clear();
    };
  }
}

registerProcessor("playback", Playback);
