// Runs in the pages of benchmarks before the product's own code: the camera is a canvas
// that paints numbers, the microphone two tones in turn, and what a page shows and plays
// is read back.

(() => {
  const COLUMNS = 16; // of cells, each a bit
  const ROWS = 9;
  const NUMBER_ROWS = [0, 3, 5, 8]; // hold the number; the others are scenery
  const NUMBERS = 1 << COLUMNS;
  const FRAME_MS = 1000 / 30;
  const TONES_HZ = [400, 800];
  const TONE_SECONDS = 0.5; // until the other one
  const WINDOW = 240; // samples, 5 ms

  const now = () => performance.timeOrigin + performance.now();

  /** A canvas that paints its frame's number, and when that was. */
  class Camera {
    painted = new Float64Array(NUMBERS);
    number = 0;

    constructor(width, height) {
      this.canvas = Object.assign(document.createElement("canvas"), { width, height });
      this.context = this.canvas.getContext("2d", { alpha: false });
      this.paint();
      setInterval(() => this.paint(), FRAME_MS);
    }

    paint() {
      const { context, canvas } = this;
      this.number = (this.number + 1) % NUMBERS;
      const number = this.number;
      const [width, height] = [canvas.width / COLUMNS, canvas.height / ROWS];
      context.fillStyle = `hsl(${number % 360} 60% 40%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
      for (let index = 0; index < 60; index += 1) {
        context.fillStyle = `hsl(${(number * 7 + index * 40) % 360} 70% 50%)`;
        const left = ((number * 3 + index * 37) / 640) % 1;
        const top = ((index * 29 + number) / 360) % 1;
        context.fillRect(left * canvas.width, top * canvas.height, width, height);
      }
      for (const row of NUMBER_ROWS) {
        for (let column = 0; column < COLUMNS; column += 1) {
          context.fillStyle = (number >> column) & 1 ? "white" : "black";
          context.fillRect(column * width, row * height, width, height);
        }
      }
      this.painted[number] = now();
    }

    track() {
      return this.canvas.captureStream(30).getVideoTracks()[0];
    }
  }

  /** Two tones in turn, and when each began. */
  class Microphone {
    began = [];

    constructor() {
      const context = new AudioContext({ sampleRate: 48_000 });
      this.output = new MediaStreamAudioDestinationNode(context);
      const gain = new GainNode(context, { gain: 0.3 });
      const oscillator = new OscillatorNode(context, { frequency: TONES_HZ[0] });
      oscillator.connect(gain).connect(this.output);
      oscillator.start();
      let turn = Math.ceil(context.currentTime / TONE_SECONDS) + 1;
      setInterval(() => {
        // What is rendered now is heard, by whoever captures it, now.
        const clock = now() - context.currentTime * 1000;
        while (turn * TONE_SECONDS < context.currentTime + 2 * TONE_SECONDS) {
          const at = turn * TONE_SECONDS;
          oscillator.frequency.setValueAtTime(TONES_HZ[turn % 2], at);
          this.began.push([clock + at * 1000, turn % 2]);
          turn += 1;
        }
      }, 100);
    }

    track() {
      return this.output.stream.getAudioTracks()[0].clone();
    }
  }

  /** The number that a canvas or a video shows; null where its copies differ. */
  function readerOf(element) {
    const small = new OffscreenCanvas(COLUMNS * 4, ROWS * 4);
    const context = small.getContext("2d", { alpha: false, willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    return () => {
      context.drawImage(element, 0, 0, small.width, small.height);
      const { data } = context.getImageData(0, 0, small.width, small.height);
      const numbers = NUMBER_ROWS.map((row) => {
        let number = 0;
        for (let column = 0; column < COLUMNS; column += 1) {
          const at = ((row * 4 + 2) * small.width + column * 4 + 2) * 4;
          if (data[at + 1] > 127) number |= 1 << column;
        }
        return number;
      });
      return numbers.every((one) => one === numbers[0]) ? numbers[0] : null;
    };
  }

  /** Which number is on the screen when: looks as often as the page is drawn. */
  class Watch {
    shown = [];
    broken = 0;

    constructor(find) {
      let element = null;
      let read = () => null;
      let last = 0;
      const look = () => {
        this.timer = requestAnimationFrame(look);
        const found = find();
        if (!found || !(found.videoWidth ?? found.width)) return;
        if (found !== element) [element, read] = [found, readerOf(found)];
        const number = read();
        if (number === null) this.broken += 1;
        else if (number !== last && number) this.shown.push([number, now()]);
        last = number ?? last;
      };
      look();
    }

    close() {
      cancelAnimationFrame(this.timer);
    }
  }

  /** The camera to itself, by WebRTC, in the same page. */
  class Loopback {
    constructor(track, bitrate) {
      this.video = document.createElement("video");
      this.video.muted = true;
      this.video.autoplay = true;
      this.video.style.cssText =
        "position: fixed; z-index: 9; top: 0; left: 0; width: 640px; height: 360px";
      document.body.append(this.video);
      this.track = track;
      this.ready = this.#connect(bitrate);
    }

    async #connect(bitrate) {
      const [from, to] = (this.ends = [new RTCPeerConnection(), new RTCPeerConnection()]);
      from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
      to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
      to.ontrack = ({ track }) => (this.video.srcObject = new MediaStream([track]));
      const sender = from.addTrack(this.track);
      await from.setLocalDescription(await from.createOffer());
      await to.setRemoteDescription(from.localDescription);
      await to.setLocalDescription(await to.createAnswer());
      await from.setRemoteDescription(to.localDescription);
      const parameters = sender.getParameters();
      parameters.encodings[0].maxBitrate = bitrate;
      parameters.degradationPreference = "maintain-resolution";
      await sender.setParameters(parameters);
    }

    async facts() {
      const reports = [...(await this.ends[1].getStats()).values()];
      const inbound = reports.find(({ type }) => type === "inbound-rtp");
      const codec = reports.find(({ id }) => id === inbound?.codecId);
      return { codec: codec?.mimeType, lines: inbound?.frameHeight };
    }

    close() {
      for (const end of this.ends) end.close();
      this.track.stop();
      this.video.remove();
    }
  }

  /** What the page plays, in windows: how loud, and which of the tones. */
  class Ear {
    #windows = [];
    #samples = 0; // so far
    #clock = Infinity; // when the first of them was played, by the least late

    begin() {
      this.#windows = [];
    }

    take() {
      return this.#windows.map(([end, ...rest]) => [this.#clock + end / 48, ...rest]);
    }

    /** The page's output, taken before the loudspeaker. */
    listen(track) {
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 });
      void this.#read(readable.getReader());
    }

    async #read(reader) {
      let rest = new Float32Array(0);
      for (;;) {
        const { value: data } = await reader.read();
        if (!data) return;
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        data.close();
        this.#samples += samples.length;
        this.#clock = Math.min(this.#clock, now() - this.#samples / 48);
        const all = new Float32Array([...rest, ...samples]);
        let start = 0;
        for (; start + WINDOW <= all.length; start += WINDOW) {
          const heard = all.subarray(start, start + WINDOW);
          const end = this.#samples - all.length + start + WINDOW;
          this.#windows.push([end, level(heard), tone(heard)]);
        }
        rest = all.slice(start);
      }
    }
  }

  function level(samples) {
    return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
  }

  /** 0 or 1, by how often it rises through zero: 2 or 4 times in a window. */
  function tone(samples) {
    let rises = 0;
    for (let index = 1; index < samples.length; index += 1) {
      if (samples[index - 1] < 0 && samples[index] >= 0) rises += 1;
    }
    return rises >= 3 ? 1 : 0;
  }

  class Bench {
    watch = null;
    loopback = null;
    ear = new Ear();
    camera = null;
    microphone = null;

    /** Until `take`, watch what `selector` shows. */
    begin(selector) {
      this.watch?.close();
      const find = () => document.querySelector(selector);
      this.watch = new Watch(find);
      this.ear.begin();
    }

    take() {
      this.watch.close();
      const { shown, broken } = this.watch;
      return { shown, broken, heard: this.ear.take() };
    }

    linesOf(selector) {
      const { videoHeight, height } = document.querySelector(selector);
      return videoHeight ?? height;
    }

    painted() {
      return [...this.camera.painted.entries()].filter(([, at]) => at);
    }

    began() {
      return this.microphone.began;
    }

    now() {
      return now();
    }

    async openLoopback(bitrate) {
      this.loopback = new Loopback(this.camera.track(), bitrate);
      this.loopback.video.id = "loopback";
      await this.loopback.ready;
    }
  }

  const bench = (globalThis.bench = new Bench());
  const { camera, microphone } = globalThis.benchDevices;
  const absent = () => new DOMException("not there", "NotFoundError");
  navigator.mediaDevices.getUserMedia = async ({ video, audio }) => {
    if (video && camera) {
      bench.camera ??= new Camera(camera.width, camera.height);
      return new MediaStream([bench.camera.track()]);
    }
    if (audio && microphone) {
      bench.microphone ??= new Microphone();
      return new MediaStream([bench.microphone.track()]);
    }
    throw absent();
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    const isOutput = this instanceof AudioWorkletNode && this.numberOfInputs === 0;
    if (target instanceof AudioDestinationNode && isOutput) {
      const output = new MediaStreamAudioDestinationNode(this.context);
      connect.call(this, output);
      bench.ear.listen(output.stream.getAudioTracks()[0]);
    }
    return connect.call(this, target, ...rest);
  };
})();
