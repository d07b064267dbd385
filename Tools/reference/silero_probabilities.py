"""Writes the voice-activity probabilities of Silero for a few recordings, window by window.

    python silero_probabilities.py SILERO_DATA_FOLDER RECORDINGS > Tests/RiposteListeningTests/Fixtures/silero.json

The folder is `silero_vad/data` of the silero-vad 6.2.3 package. The package's own default file, `silero_vad.onnx`, is
run as the package does: windows of 512 samples with the last 64 samples in front, the state carried over.
"""

import json
import pathlib
import sys
import wave

import numpy
import onnxruntime

COMMANDS = 4
NOISE_WINDOWS = 200


def read(path: pathlib.Path) -> numpy.ndarray:
    with wave.open(str(path)) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype("float32") / 32768


def main() -> None:
    session = onnxruntime.InferenceSession(str(pathlib.Path(sys.argv[1]) / "silero_vad.onnx"))
    recordings = pathlib.Path(sys.argv[2])
    files = [(f"commands/{p.name}", None) for p in sorted((recordings / "commands").glob("*.wav"))[:COMMANDS]]
    files.append(("kitchen-noise.wav", NOISE_WINDOWS))
    rows = []
    for name, limit in files:
        samples = read(recordings / name)
        state = numpy.zeros((2, 1, 128), dtype="float32")
        context = numpy.zeros(64, dtype="float32")
        probabilities = []
        windows = len(samples) // 512 if limit is None else limit
        for index in range(windows):
            window = samples[index * 512:(index + 1) * 512]
            output, state = session.run(None, {
                "input": numpy.concatenate([context, window])[None], "state": state,
                "sr": numpy.array(16000, dtype="int64")})
            context = window[-64:]
            probabilities.append(round(float(output[0, 0]), 5))
        rows.append({"file": name, "probabilities": probabilities})
    json.dump(rows, sys.stdout)
    print()


if __name__ == "__main__":
    main()
