"""Writes log-mel features of a few recordings, as faster-whisper's FeatureExtractor makes them.

    python log_mel.py RECORDINGS/commands > Tests/RiposteAudioTests/Fixtures/log-mel.json

To stay small the fixture holds, for each recording and number of mels, every 29th frame in full, rounded to 6 digits.
"""

import json
import pathlib
import sys
import wave

import numpy
from faster_whisper.feature_extractor import FeatureExtractor

STRIDE = 29


def main() -> None:
    recordings = sorted(pathlib.Path(sys.argv[1]).glob("*.wav"))[:2]
    rows = []
    for path in recordings:
        with wave.open(str(path)) as file:
            samples = numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype("float32") / 32768
        for mels in (80, 128):
            features = FeatureExtractor(feature_size=mels)(samples, padding=0)
            rows.append({
                "file": path.name, "mels": mels, "frames": features.shape[1], "stride": STRIDE,
                "values": [[round(float(x), 6) for x in features[:, t]] for t in range(0, features.shape[1], STRIDE)],
            })
    json.dump(rows, sys.stdout)
    print()


if __name__ == "__main__":
    main()
