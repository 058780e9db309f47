// How loud a track is now, for the meter before joining.

import { levelOf } from "../state/level.js";

export class Meter {
  /** @param {MediaStreamTrack} track an audio track; stays the caller's */
  constructor(track) {
    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context
      .createMediaStreamSource(new MediaStream([track]))
      .connect(this.#analyser);
  }

  #context;
  #analyser;
  #samples;

  /** 0 to 1, on the scale of `Call.level`. */
  get level() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  close() {
    void this.#context.close();
  }
}
