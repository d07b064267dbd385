"""Writes what the package's own weights make of sentences: a forward pass in NumPy, apart from the project's graph.

    python minilm_vectors.py FOLDER > Tests/RiposteDialogTests/Fixtures/sentence-vectors.json

FOLDER has the package's model.safetensors and tokenizer.json.
"""

import json
import struct
import sys

import numpy
from scipy.special import erf
from tokenizers import Tokenizer

SENTENCES = [
    "turn the lights on", "Make it bright in here, please.", "a large latte with a bit of soy milk", "hello",
    "what's the weather like in Zürich tomorrow?", "wake me at half past ten", "I'd like to transfer $200 to savings",
    "naïve café façade", "antidisestablishmentarianism", "is 3.14 pi",
]
TEXTS = SENTENCES + [
    "", " ", "UPPER lower MiXeD", "don't we'll they're I'VE", "a_b-c/d\\e@f#g$h%i^j&k*", "你好，世界 hello", "emoji 😀 here",
    "tabs\tand\nnew lines", "e\u0301 combining", "zero\u200bwidth", "control\u0007here", "x" * 120, "…“quoted” — dash",
    "İstanbul STRASSE ß", "½ ² Ⅷ", "http://example.org/path?x=1",
]


def weights(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    return {
        name: numpy.frombuffer(data[slice(*entry["data_offsets"])], numpy.float32).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"
    }


def vector(w, ids):
    def linear(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    def norm(x, name):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / numpy.sqrt(variance + 1e-12) * w[name + ".weight"] + w[name + ".bias"]

    def heads(x):
        return x.reshape(len(ids), 12, 32).transpose(1, 0, 2)

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(6):
        at = f"encoder.layer.{layer}."
        query, key, value = (heads(linear(x, at + "attention.self." + n)) for n in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / numpy.sqrt(32)
        scores = numpy.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        mixed = mixed.transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + linear(mixed, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        inner = linear(x, at + "intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / numpy.sqrt(2)))
        x = norm(x + linear(inner, at + "output.dense"), at + "output.LayerNorm")
    mean = x.mean(0)
    return mean / numpy.linalg.norm(mean)


def main() -> None:
    folder = sys.argv[1]
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    w = weights(f"{folder}/model.safetensors")
    rows = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        row = {"text": text, "pieces": ids}
        if text in SENTENCES:
            row["vector"] = [round(float(value), 5) for value in vector(w, ids)]
        rows.append(row)
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
