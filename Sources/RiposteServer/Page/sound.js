// The microphone and the loudspeaker of the page, and Opus, where the browser has it.

// What goes over the wire, in hertz.
export const rate = 24000;

// A failure in words for the person at the page.
export class SoundFailure extends Error {
  constructor(title, advice) {
    super(title);
    this.advice = advice;
  }
}

// The audio context with both worklets. To be opened by a click or a key, or the browser keeps it silent.
export class SoundSystem {
  static async open() {
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
      throw new SoundFailure(
        "The microphone needs a secure connection.",
        "Open this page by https, or on the machine itself as http://127.0.0.1."
      );
    }
    if (!window.AudioWorkletNode) {
      throw new SoundFailure("This browser is too old for sound.", "Any current browser will do.");
    }
    const system = new SoundSystem();
    system.context = new AudioContext({ latencyHint: "interactive" });
    await system.context.resume();
    await system.context.audioWorklet.addModule("/page/sound-worklet.js");
    return system;
  }

  async microphone(onFrame, onEnd) {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
    } catch (error) {
      throw microphoneFailure(error);
    }
    const source = this.context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.context, "capture", {
      numberOfOutputs: 0, processorOptions: { rate },
    });
    node.port.onmessage = ({ data }) => onFrame(data.samples, data.level);
    source.connect(node);
    const track = stream.getAudioTracks()[0];
    track.addEventListener("ended", onEnd);
    return {
      close() {
        track.removeEventListener("ended", onEnd);
        node.port.postMessage("close");
        source.disconnect();
        for (const each of stream.getTracks()) each.stop();
      },
    };
  }

  loudspeaker(onChange) {
    const node = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(this.context.destination);
    node.port.onmessage = ({ data }) => onChange(data);
    return {
      begin: () => node.port.postMessage({ kind: "begin" }),
      play: (samples, rate) => node.port.postMessage({ kind: "sound", samples, rate }, [samples.buffer]),
      whole: () => node.port.postMessage({ kind: "whole" }),
      stop: () => node.port.postMessage({ kind: "stop" }),
      close() {
        node.port.postMessage({ kind: "close" });
        node.disconnect();
      },
    };
  }

  async close() {
    if (this.context.state !== "closed") await this.context.close();
  }
}

function microphoneFailure(error) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return new SoundFailure(
        "The microphone is not allowed.",
        "Allow it for this page — in most browsers by the symbol beside the address — and try again."
      );
    case "NotFoundError":
    case "OverconstrainedError":
      return new SoundFailure("No microphone was found.", "Connect one, and try again.");
    case "NotReadableError":
    case "AbortError":
      return new SoundFailure(
        "The microphone cannot be used.", "Another program may be using it. Close that one, and try again."
      );
    default:
      return new SoundFailure("The microphone cannot be used.", error.message);
  }
}

const encoding = {
  codec: "opus", sampleRate: rate, numberOfChannels: 1, bitrate: 24000,
  opus: { frameDuration: 20000, application: "voip", signal: "voice" },
};
const decoding = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };

// Whether the browser packs and unpacks Opus by itself (WebCodecs).
export async function knowsOpus() {
  try {
    if (!window.AudioEncoder || !window.AudioDecoder) return false;
    const [packs, unpacks] = await Promise.all([
      AudioEncoder.isConfigSupported(encoding), AudioDecoder.isConfigSupported(decoding),
    ]);
    return packs.supported && unpacks.supported;
  } catch {
    return false;
  }
}

// Samples in frames of 20 ms to the bytes of messages, and back. Two forms, one use.
export class OpusCoding {
  name = "opus";

  constructor(onBytes, onSamples, onFault) {
    this.time = 0;
    this.unpackTime = 0;
    this.droppedBefore = 0;
    this.encoder = new AudioEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        onBytes(bytes);
      },
      error: onFault,
    });
    this.encoder.configure(encoding);
    this.decoder = new AudioDecoder({
      output: (sound) => {
        const samples = new Float32Array(sound.numberOfFrames);
        sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        if (sound.timestamp >= this.droppedBefore) onSamples(samples, sound.sampleRate);
        sound.close();
      },
      error: onFault,
    });
    this.decoder.configure(decoding);
  }

  pack(samples) {
    const sound = new AudioData({
      format: "f32-planar", sampleRate: rate, numberOfFrames: samples.length, numberOfChannels: 1,
      timestamp: this.time, data: samples,
    });
    this.time += 20000;
    this.encoder.encode(sound);
    sound.close();
  }

  unpack(bytes) {
    const packet = { type: "key", timestamp: this.unpackTime, duration: 20000, data: bytes };
    this.unpackTime += 20000;
    this.decoder.decode(new EncodedAudioChunk(packet));
  }

  // What is still being unpacked was cut off.
  drop() {
    this.droppedBefore = this.unpackTime;
  }

  // Wait until all is packed, or unpacked.
  async packed() {
    if (this.encoder.state === "configured") await this.encoder.flush();
  }

  async unpacked() {
    if (this.decoder.state === "configured") await this.decoder.flush();
  }

  close() {
    for (const codec of [this.encoder, this.decoder]) if (codec.state !== "closed") codec.close();
  }
}

export class PlainCoding {
  name = "pcm";

  constructor(onBytes, onSamples) {
    this.onBytes = onBytes;
    this.onSamples = onSamples;
  }

  pack(samples) {
    const bytes = new Uint8Array(samples.length * 2);
    const view = new DataView(bytes.buffer);
    samples.forEach((value, index) => {
      view.setInt16(index * 2, Math.max(-1, Math.min(1, value)) * 32767, true);
    });
    this.onBytes(bytes);
  }

  unpack(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const samples = new Float32Array(bytes.byteLength >> 1);
    for (let index = 0; index < samples.length; index++) samples[index] = view.getInt16(index * 2, true) / 32768;
    this.onSamples(samples, rate);
  }

  drop() {}
  async packed() {}
  async unpacked() {}
  close() {}
}

export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
