"""Where the wake word engines' own Python packages hear words: what `wake-words.json` beside the tests was made from.

    python3 -m venv venv && venv/bin/pip install pvporcupine==1.9.5 openwakeword==0.4.0
    venv/bin/python Tools/reference/wake_words.py RECORDINGS > Tests/RiposteListeningTests/Fixtures/wake-words.json

RECORDINGS has the folders wake/alexa, wake/jarvis and wake/computer. For Porcupine: the frames (512 samples) in which a
word was told, at two sensitivities, with all three words listened for at once. For openWakeWord: the score of each 80 ms.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import openwakeword
import pvporcupine

WORDS = ["alexa", "computer", "jarvis"]


def samples(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


def porcupine(paths, sensitivity):
    result = {}
    for path in paths:
        handle = pvporcupine.create(keywords=WORDS, sensitivities=[sensitivity] * len(WORDS))
        sound = samples(path)
        frames = []
        for frame in range(len(sound) // handle.frame_length):
            start = frame * handle.frame_length
            index = handle.process(sound[start:start + handle.frame_length])
            if index >= 0:
                frames.append([frame, WORDS[index]])
        handle.delete()
        result[str(path)] = frames
    return result


def open_wake_word(path):
    names = ["alexa", "hey_jarvis"]
    paths = [openwakeword.models[name]["model_path"] for name in names]
    model = openwakeword.Model(wakeword_model_paths=paths)
    sound = samples(path)
    scores = []
    for start in range(0, len(sound) - 1280 + 1, 1280):
        prediction = model.predict(sound[start:start + 1280])
        scores.append([round(float(prediction[Path(path).stem]), 6) for path in paths])
    return scores


def main():
    root = Path(sys.argv[1])
    files = [path for word in WORDS for path in sorted((root / "wake" / word).glob("*.wav"))]

    def name(path):
        return str(Path(path).relative_to(root))

    result = {"porcupine": [], "openWakeWord": []}
    for sensitivity in (0.5, 0.7):
        heard = porcupine(files, sensitivity)
        result["porcupine"].append(
            {"sensitivity": sensitivity, "files": {name(path): frames for path, frames in heard.items()}})
    for path in files[:6] + files[-6:]:
        result["openWakeWord"].append({"file": name(path), "scores": open_wake_word(path)})
    json.dump(result, sys.stdout, separators=(",", ":"))


main()
