"""Makes the fixture of the prepared Whisper graphs' tests: features of a recording and the logits that follow.

Usage: whisper_graphs.py RECORDING.wav NAME=FOLDER... > Tests/RiposteListeningTests/Fixtures/whisper-graphs.json
A folder holds a CTranslate2 checkpoint (model.bin or its parts, tokenizer.json). Needs numpy, faster-whisper and
tokenizers.
"""
import base64
import json
import sys
import wave
from pathlib import Path

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer
from whisper_forward import Whisper

FRAMES = 300  # 3 s
TEXT = " Can I have a light roast"
LEVEL = (1.5 - 8 + 4) / 4
SAMPLED = 64  # logits kept of each row


def features(path):
    """[80, FRAMES] as bytes b for b / 64 - 1, at the level that the silence memory wants."""
    with wave.open(path) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    mel = FeatureExtractor()(sound, padding=0)[:, :FRAMES]
    mel = mel - mel.max() + (1.5 + 4) / 4
    return np.rint((np.maximum(mel, LEVEL) + 1) * 64).astype(np.uint8)


def rows(logits):
    indices = [i * (logits.shape[1] - 1) // (SAMPLED - 1) for i in range(SAMPLED)]
    probabilities = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities /= probabilities.sum(-1, keepdims=True)
    return [
        {
            "best": int(row.argmax()),
            "largest": round(float(row.max()), 5),
            "probability": round(float(chances.max()), 5),
            "sampled": [round(float(x), 5) for x in row[indices]],
        }
        for row, chances in zip(logits, probabilities)
    ]


def main():
    stored = features(sys.argv[1])
    short = stored.astype(np.float32) / 64 - 1
    full = np.full((80, 3000), LEVEL, np.float32)
    full[:, :FRAMES] = short
    result = {"frames": FRAMES, "features": base64.b64encode(stored.tobytes()).decode(), "models": {}}
    for argument in sys.argv[2:]:
        name, folder = argument.split("=")
        files = sorted(path for path in Path(folder).rglob("model.bin*"))
        tokenizer = Tokenizer.from_file(str(next(Path(folder).rglob("tokenizer.json"))))
        prompt = ["<|startoftranscript|>"] + ([] if name.endswith(".en") else ["<|en|>", "<|transcribe|>"])
        tokens = [tokenizer.token_to_id(token) for token in prompt + ["<|notimestamps|>"]]
        tokens += tokenizer.encode(TEXT, add_special_tokens=False).ids
        model = Whisper(files)
        silence = model.remember_silence(LEVEL, 32)
        result["models"][name] = {
            "tokens": tokens,
            "full": rows(model.decode(tokens, *model.encode(full))),
            "remembered": rows(model.decode(tokens, *model.encode(short, silence))),
        }
    json.dump(result, sys.stdout, indent=None, separators=(",", ":"))
    print()


main()
