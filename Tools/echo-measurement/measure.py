"""What an echo canceller made of the rooms of simulate.py.

    python measure.py SCENES RESULTS SILERO.onnx

RESULTS holds what came out for each scene, NAME.f32 (32-bit floats); its delay is found and taken out.
Leave RESULTS out (-) to measure the microphone itself. Prints a row for each kind of scene:

ERLE    echo over what is left, in dB, while the assistant speaks alone, from 2 s on
false%  windows of 32 ms in which Silero hears speech while the assistant speaks alone
runs    how often that lasts for 96 ms, which might interrupt
hits%   of the windows in which Silero hears the person's clean voice: those in which it still does
SNR     of the person's voice against magnitude spectra, in dB, while both speak, frames limited to -10 ... 35
"""

import json
import sys

import numpy as np
import onnxruntime

RATE = 16000


class Silero:
    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options)

    def __call__(self, samples):
        state, context, scores = np.zeros((2, 1, 128), "f4"), np.zeros(64, "f4"), []
        for start in range(0, len(samples) - 511, 512):
            window = samples[start : start + 512].astype("f4")
            inputs = {"input": np.concatenate([context, window])[None], "state": state, "sr": np.array(RATE, "i8")}
            score, state = self.session.run(None, inputs)
            context = window[-64:]
            scores.append(score[0, 0])
        return np.array(scores)


def decibels(ratio):
    return 10 * np.log10(ratio + 1e-12)


def latency(result, near):
    size = 1 << (len(near) * 2).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(result, size) * np.conj(np.fft.rfft(near, size)), size)
    return int(np.argmax(correlation[:2000]))


def runs(mask, length=3):
    count, lasting = 0, 0
    for value in mask:
        lasting = lasting + 1 if value else 0
        count += lasting == length
    return count


def magnitudes(samples):
    starts = np.arange(0, len(samples) - 512, 256)
    return np.abs(np.fft.rfft(np.stack([samples[s : s + 512] for s in starts]) * np.hanning(512), axis=1))


def measure(about, rows, result, silero):
    microphone, _, near, echo, noise = rows
    result = np.pad(result, (0, max(0, len(near) - len(result))))[: len(near)]
    late = latency(result, near)
    result = np.concatenate([result[late:], np.zeros(late, "f4")])
    windows = len(near) // 512
    energy = lambda samples: (samples[: windows * 512].reshape(windows, 512) ** 2).mean(1)
    time = np.arange(windows) * 512 / RATE
    alone = time < about["single"] - 0.1
    playing = energy(echo) > energy(echo).max() * 1e-3
    learnt = alone & playing & (time > 2)
    clean, heard = silero(near + noise), silero(result)
    spoken = (clean > 0.6) & ~alone
    wanted, got = magnitudes(near), magnitudes(result)
    power = (wanted**2).sum(1)
    centre = np.arange(len(power)) * 256 + 256
    both = (power > power.max() * 1e-3) & playing[np.minimum(centre // 512, windows - 1)]
    return {
        "ERLE": decibels(energy(echo)[learnt].sum() / energy(result)[learnt].sum()) if learnt.any() else np.nan,
        "false%": 100 * ((heard > 0.5) & alone & (time > 0.2)).sum() / alone.sum(),
        "runs": runs((heard > 0.5) & alone),
        "hits%": 100 * (heard[spoken] > 0.5).mean(),
        "SNR": np.clip(decibels(power[both] / ((wanted - got) ** 2).sum(1)[both]), -10, 35).mean(),
    }


def main(scenes, results, model):
    silero, table = Silero(model), {}
    with open(f"{scenes}/scenes.json") as file:
        index = json.load(file)
    for about in index:
        rows = np.fromfile(f"{scenes}/{about['name']}.f32", "<f4").reshape(5, about["length"])
        result = rows[0] if results == "-" else np.fromfile(f"{results}/{about['name']}.f32", "<f4")
        kind = f"{about['level']:+d} dB" if about["name"].startswith("room") else about["name"].rstrip("0123456789")
        table.setdefault(kind, []).append(measure(about, rows, result, silero))
    print("%10s %7s %7s %5s %7s %6s" % ("", "ERLE", "false%", "runs", "hits%", "SNR"))
    for kind, values in table.items():
        mean = {key: np.mean([value[key] for value in values]) for key in values[0]}
        count = sum(value["runs"] for value in values)
        print("%10s %7.1f %7.2f %5d %7.1f %6.1f" % (kind, mean["ERLE"], mean["false%"], count, mean["hits%"], mean["SNR"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
