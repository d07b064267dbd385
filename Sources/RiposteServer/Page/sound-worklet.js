// The two ends of the sound, on the audio thread: what the microphone gives, in frames of 20 ms at the rate that is sent,
// and what the loudspeaker is to play, whatever rate it came at.

// Changes the rate of a stream of samples, by a windowed sinc that is read from a table.
class Resampler {
  static zeroCrossings = 12;
  static steps = 64;

  constructor(from, to) {
    this.from = from;
    this.step = from / to;
    // Below the lower of both limits, with room for the slope.
    this.cutoff = Math.min(1, to / from) * 0.95;
    this.half = Math.ceil(Resampler.zeroCrossings / this.cutoff);
    this.table = new Float32Array(this.half * Resampler.steps + 2);
    for (let index = 0; index < this.table.length; index++) {
      const x = index / Resampler.steps;
      const window = x < this.half ? 0.5 + 0.5 * Math.cos((Math.PI * x) / this.half) : 0;
      const angle = Math.PI * this.cutoff * x;
      this.table[index] = this.cutoff * (index === 0 ? 1 : Math.sin(angle) / angle) * window;
    }
    this.input = new Float32Array(this.half * 2 + 8192);
    this.reset();
  }

  reset() {
    // As if there had been silence before.
    this.input.fill(0);
    this.count = this.half;
    this.position = this.half;
  }

  kernel(x) {
    const place = Math.abs(x) * Resampler.steps;
    const index = Math.floor(place);
    if (index + 1 >= this.table.length) return 0;
    return this.table[index] + (this.table[index + 1] - this.table[index]) * (place - index);
  }

  process(samples) {
    if (this.step === 1) return samples;
    if (this.count + samples.length > this.input.length) {
      const larger = new Float32Array((this.count + samples.length) * 2);
      larger.set(this.input.subarray(0, this.count));
      this.input = larger;
    }
    this.input.set(samples, this.count);
    this.count += samples.length;
    const output = new Float32Array(Math.ceil(samples.length / this.step) + 2);
    let made = 0;
    while (this.position + this.half < this.count && made < output.length) {
      const center = Math.floor(this.position);
      let sum = 0;
      for (let index = center - this.half + 1; index <= center + this.half; index++) {
        sum += this.input[index] * this.kernel(index - this.position);
      }
      output[made++] = sum;
      this.position += this.step;
    }
    const done = Math.floor(this.position) - this.half;
    if (done > 0) {
      this.input.copyWithin(0, done, this.count);
      this.count -= done;
      this.position -= done;
    }
    return output.subarray(0, made);
  }
}

// Gives {samples, level}: 20 ms of the microphone, and how loud it is (root mean square).
class Capture extends AudioWorkletProcessor {
  constructor(options) {
    super();
    const rate = options.processorOptions.rate;
    this.resampler = new Resampler(sampleRate, rate);
    this.frame = new Float32Array(rate / 50);
    this.filled = 0;
    this.isOpen = true;
    this.port.onmessage = () => { this.isOpen = false; };
  }

  process(inputs) {
    const channels = inputs[0];
    if (!channels || !channels.length) return this.isOpen;
    let samples = channels[0];
    if (channels.length > 1) samples = samples.map((value, index) => (value + channels[1][index]) / 2);
    for (const value of this.resampler.process(samples)) {
      this.frame[this.filled++] = value;
      if (this.filled < this.frame.length) continue;
      this.filled = 0;
      const frame = this.frame.slice();
      let sum = 0;
      for (const sample of frame) sum += sample * sample;
      this.port.postMessage({ samples: frame, level: Math.sqrt(sum / frame.length) }, [frame.buffer]);
    }
    return this.isOpen;
  }
}

// Plays what it is given, a little later than it comes, so that a network's hiccups are not heard.
class Playback extends AudioWorkletProcessor {
  // Sound that has to be there before it begins, and begins again after it ran out, in seconds.
  static reserve = 0.06;
  // How long it takes to fall silent, in seconds: shorter, it would click.
  static fade = 0.005;

  constructor() {
    super();
    this.queue = [];
    this.queued = 0;
    this.offset = 0;
    this.isSounding = false;
    this.isWhole = false;
    this.fading = 0;
    this.played = 0;
    this.blocks = 0;
    this.isOpen = true;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(message) {
    switch (message.kind) {
      case "begin":
        this.isWhole = false;
        this.played = 0;
        this.resampler?.reset();
        break;
      case "sound": {
        if (this.resampler?.from !== message.rate) this.resampler = new Resampler(message.rate, sampleRate);
        const samples = Float32Array.from(this.resampler.process(message.samples));
        if (samples.length) {
          this.queue.push(samples);
          this.queued += samples.length;
        }
        break;
      }
      case "whole":
        this.isWhole = true;
        break;
      case "stop":
        this.fading = this.isSounding ? Math.round(Playback.fade * sampleRate) : 0;
        if (!this.fading) this.drop();
        break;
      case "close":
        this.isOpen = false;
        break;
    }
  }

  drop() {
    this.queue = [];
    this.queued = 0;
    this.offset = 0;
    this.fading = 0;
    if (this.isSounding) this.tell("silent");
    this.isSounding = false;
  }

  tell(kind, level = 0) {
    this.port.postMessage({ kind, level, played: this.played / sampleRate });
  }

  next() {
    const first = this.queue[0];
    const value = first[this.offset++];
    this.queued -= 1;
    this.played += 1;
    if (this.offset === first.length) {
      this.queue.shift();
      this.offset = 0;
    }
    return value;
  }

  process(_inputs, outputs) {
    const channels = outputs[0];
    const output = channels[0];
    if (!this.isSounding && this.queued > 0 && (this.isWhole || this.queued >= Playback.reserve * sampleRate)) {
      this.isSounding = true;
      this.tell("sounding");
    }
    let sum = 0;
    for (let index = 0; index < output.length; index++) {
      if (!this.isSounding || this.queued === 0) break;
      let value = this.next();
      if (this.fading) {
        value *= this.fading / (Playback.fade * sampleRate);
        this.fading -= 1;
        if (this.fading === 0) this.drop();
      }
      output[index] = value;
      sum += value * value;
    }
    for (const channel of channels.slice(1)) channel.set(output);
    if (this.isSounding && this.queued === 0) this.drop();
    if (this.isSounding && ++this.blocks % 8 === 0) this.tell("playing", Math.sqrt(sum / output.length));
    return this.isOpen;
  }
}

registerProcessor("capture", Capture);
registerProcessor("playback", Playback);
