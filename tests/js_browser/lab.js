// Runs in a page of the tests: a call without the product's pages, with cameras and
// microphones made from formulas.

const nodes = []; // analysers on all that the page plays
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const analyser = new AnalyserNode(this.context, { fftSize: 8192 });
    connect.call(this, analyser);
    nodes.push(analyser);
  }
  return connect.call(this, target, ...rest);
};

class Lab {
  changes = [];

  async join({ slug, workers, call: address, name }) {
    const { Call } = await import(address);
    this.call = new Call({ slug, workers, csrfToken: "" });
    for (const type of ["change", "trackended", "audioblocked"]) {
      this.call.addEventListener(type, ({ detail }) => this.changes.push({ type, detail }));
    }
    await this.call.join({ name, consent: true });
    return this.call.state.you;
  }

  async replay({ sessionId, workers, replay: address }) {
    const { ReplayPlayer } = await import(address);
    this.call = new ReplayPlayer({ sessionId, workers });
    await this.call.open();
  }

  /** A camera of one colour, with a mark that changes with every frame. */
  camera(colour, { width = 640, height = 360, still = false } = {}) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    let count = 0;
    const draw = () => {
      context.fillStyle = colour;
      context.fillRect(0, 0, width, height);
      context.fillStyle = count++ % 2 ? "white" : "black";
      context.fillRect(0, 0, 16, 16);
    };
    draw();
    if (!still) setInterval(draw, 33);
    this.source = canvas;
    return canvas.captureStream(30).getVideoTracks()[0];
  }

  tone(hz) {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency: hz });
    const output = new MediaStreamAudioDestinationNode(context);
    connect.call(oscillator, connect.call(new GainNode(context, { gain: 0.3 }), output) && output);
    oscillator.start();
    return output.stream.getAudioTracks()[0];
  }

  /** Show somebody's track in a canvas of the page. */
  show(number, kind = "camera") {
    const canvas = document.createElement("canvas");
    canvas.id = `shown-${number}-${kind}`;
    canvas.style.cssText = "width: 320px; height: 180px; object-fit: contain";
    document.body.append(canvas);
    this.call.attachVideo(number, kind, canvas);
    return `#${canvas.id}`;
  }

  /** The lines of the picture in a canvas. */
  async size(selector) {
    const bitmap = await createImageBitmap(document.querySelector(selector));
    return bitmap.height;
  }

  /** The loudest frequency that the page plays, 0 where there is none. */
  heardHz() {
    let best = { level: -80, hz: 0 };
    for (const analyser of nodes) {
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      levels.forEach((level, bin) => {
        const hz = (bin * analyser.context.sampleRate) / analyser.fftSize;
        if (level > best.level) best = { level, hz };
      });
    }
    return best.hz;
  }
}

globalThis.lab = new Lab();
