"""Writes the fixtures for the hibari vocoder and voice from the Python package hibari-tts 0.2.1.

    python Tools/reference/hibari_voice.py

Two files in Tests/RiposteSpeakingTests/Fixtures:
- hibari-vocoder.json: the sound of made-up features (the formulas below are repeated in the test), so that the
  vocoder can be checked without the model.
- hibari-speech.json: the sound of two sentences, given as phonemes, through the network.

Noise is left out in both: it is random. "voiced" is the pulse-driven part alone, "free" adds the free-phase part.
"""
import json
import os

import numpy as np
from hibari import Hibari, dsp

FIXTURES = os.path.join(os.path.dirname(__file__), "..", "..", "Tests", "RiposteSpeakingTests", "Fixtures")
SENTENCES = ["ðə tˈIməɹ ɪz sˈɛt fɔɹ tˈɛn mˈɪnəts.", "wˌʌt wˈʊd ju lˈIk tə hˈɪɹ?"]
BANDS = [0, 300, 700, 1500, 3000, 5000, 8000, 12000]  # hertz


def sound(lh, th, lr, phi, f0, free):
    spec = dsp.stft(dsp.pulses(f0), lh.shape[1]) * (dsp.ex(lh) * np.exp(1j * np.pi * np.tanh(th)))
    if free:
        spec = spec + dsp.ex(lr) * np.exp(1j * phi)
    return dsp.ola(spec.astype(np.complex64))


def made_up(frames):
    b, f = np.meshgrid(np.arange(601), np.arange(frames), indexing="ij")

    def plane(p, q, modulus, low, high):
        return (low + (high - low) * ((b * p + f * q) % modulus) / modulus).astype(np.float32)

    lh = plane(7, 13, 101, -5, 1)
    th = plane(11, 5, 89, -2, 2)
    lr = plane(3, 17, 97, -6, -1)
    phi = plane(19, 23, 113, -9, 9)
    f0 = np.array([0 if i % 10 < 3 else 41 if i % 10 == 3 else 90 + 12 * (i % 17) for i in range(frames)], np.float32)
    return lh, th, lr, phi, f0


def rounded(x):
    return [float(f"{v:.6g}") for v in x]


def bands(x):
    """Mean power of each band in each tenth of a second, in decibels."""
    frames = x[: len(x) // 2400 * 2400].reshape(-1, 2400)
    power = np.abs(np.fft.rfft(frames * np.hanning(2401)[:-1], axis=1)) ** 2
    edges = [h // 10 for h in BANDS]
    return [[float(f"{10 * np.log10(p[a:b].mean() + 1e-9):.2f}") for a, b in zip(edges, edges[1:])] for p in power]


def main():
    features = made_up(21)
    out = {"frames": 21, "step": 7}
    for name, free in (("voiced", False), ("free", True)):
        out[name] = rounded(sound(*features, free)[::7])
    with open(os.path.join(FIXTURES, "hibari-vocoder.json"), "w") as f:
        json.dump(out, f)
        f.write("\n")

    voice = Hibari()
    rows = []
    for phonemes in SENTENCES:
        ids = voice.ids(phonemes)
        outputs = voice.sess.run(None, {"ids": np.array([ids], np.int64), "speed": np.ones(1, np.float32)})
        lh, th, _, lr, phi, f0 = (o[0] for o in outputs)
        voiced = sound(lh, th, lr, phi, f0, False)
        free = sound(lh, th, lr, phi, f0, True)
        rows.append({
            "phonemes": phonemes, "ids": ids, "sampleCount": len(voiced), "step": 41,
            "voiced": rounded(voiced[::41]), "free": rounded(free[::41]),
            "bandsOfVoiced": bands(voiced),
            "bandsWithNoise": bands(dsp.synth(*(o[0] for o in outputs), np.random.default_rng(1))),
        })
    with open(os.path.join(FIXTURES, "hibari-speech.json"), "w") as f:
        json.dump({"bandEdges": BANDS, "sentences": rows}, f, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    main()
