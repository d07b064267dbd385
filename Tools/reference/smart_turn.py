"""Writes smart-turn's probabilities for a few recordings, cut at several places.

    python smart_turn.py SMART_TURN.onnx RECORDINGS/commands > Tests/RiposteListeningTests/Fixtures/smart-turn.json

The network is that of pipecat-ai 1.14.0. Its input: the last 8 s of sound, zeros in front if there is less; scaled to
zero mean and unit variance, zeros included; then Whisper's log-mel features of these 128 000 samples, the ends
mirrored, in double precision.

The shipped network rounds what flows through it to 8 bits; features moved by a millionth then move the probability by
up to 0.4. Here, as in the project, these roundings are taken out and only the weights are 8-bit numbers (`load`). How far
the probability still moves is in `spread`, so that a comparison can tell an error from it.
"""

import json
import pathlib
import sys
import wave

import numpy
import onnxruntime

LENGTH = 128_000
# Where the recordings are cut, as parts of their length.
CUTS = (1, 0.45, 0.6)


def mel_filters(count=80, size=400, rate=16_000):
    """Slaney's: linear to 1 kHz, then logarithmic, unit area."""
    def hertz(mel):
        return numpy.where(mel < 15, mel * 200 / 3, 1000 * numpy.exp(numpy.log(6.4) / 27 * (mel - 15)))
    top = 15 + numpy.log(rate / 2 / 1000) * 27 / numpy.log(6.4)
    edges = hertz(numpy.linspace(0, top, count + 2))
    bins = numpy.arange(size // 2 + 1) * rate / size
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return numpy.maximum(0, numpy.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))) \
        * 2 / (high - low)


FILTERS = mel_filters()
HANN = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(400) / 400)


def features(samples):
    samples = numpy.asarray(samples, dtype="float32")[-LENGTH:]
    samples = numpy.concatenate([numpy.zeros(LENGTH - len(samples), dtype="float32"), samples])
    samples = (samples - samples.mean()) / numpy.sqrt(samples.var() + 1e-7)
    padded = numpy.pad(samples.astype("float64"), 200, mode="reflect")
    frames = numpy.lib.stride_tricks.sliding_window_view(padded, 400)[::160][:800]
    power = numpy.abs(numpy.fft.rfft(frames * HANN)) ** 2
    values = numpy.log10(numpy.maximum(1e-10, FILTERS @ power.T))
    return ((numpy.maximum(values, values.max() - 8) + 4) / 4).astype("float32")


def load(path, rounded=False):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if not rounded:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        options.add_session_config_entry("session.enable_quant_qdq_cleanup", "1")
    return onnxruntime.InferenceSession(str(path), options)


def probability(session, samples):
    return float(session.run(None, {"input_features": features(samples)[None]})[0][0, 0])


def spread(session, values, expected, draws=8):
    noise = numpy.random.default_rng(0)
    moved = ((values + noise.normal(size=values.shape) * 1e-6).astype("float32") for _ in range(draws))
    return max(abs(float(session.run(None, {"input_features": m[None]})[0][0, 0]) - expected) for m in moved)


def read(path):
    with wave.open(str(path)) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype("float32") / 32768


def main():
    session = load(sys.argv[1])
    rows = []
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*.wav"))[:10]:
        samples = read(path)
        for cut in CUTS:
            count = int(len(samples) * cut)
            values = features(samples[:count])
            expected = probability(session, samples[:count])
            rows.append({
                "file": path.name, "count": count, "probability": round(expected, 6),
                "spread": round(spread(session, values, expected), 6),
                "mean": round(float(values.mean(dtype="float64")), 6),
                # Every 97th frame's first, middle and last bands: enough to tell where features go wrong.
                "features": [[round(float(values[band, t]), 5) for band in (0, 1, 40, 79)] for t in range(0, 800, 97)],
            })
    json.dump(rows, sys.stdout)
    print()


if __name__ == "__main__":
    main()
