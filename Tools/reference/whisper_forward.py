"""Whisper's forward pass in plain NumPy, read straight from a CTranslate2 model.bin.

An independent check of the prepared graphs: nothing here is shared with them but the checkpoint.
"""
import math
import struct

import numpy as np


def read_model(paths):
    """All arrays of a model.bin (or of its parts, in order) in double precision."""
    data = b"".join(open(path, "rb").read() for path in paths)
    offset = 0

    def take(form):
        nonlocal offset
        values = struct.unpack_from("<" + form, data, offset)
        offset += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def text():
        nonlocal offset
        length = take("H")
        value = data[offset : offset + length - 1].decode()
        offset += length
        return value

    take("I"), text(), take("I")
    kinds = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
    arrays = {}
    for _ in range(take("I")):
        name, rank = text(), take("B")
        shape = [take("I") for _ in range(rank)]
        kind, size = take("B"), take("I")
        array = np.frombuffer(data, kinds[kind], size // np.dtype(kinds[kind]).itemsize, offset)
        arrays[name] = array.reshape(shape).astype(np.float64)
        offset += size
    return arrays


_erf = np.vectorize(math.erf, otypes=[np.float64])


class Whisper:
    def __init__(self, paths):
        self.w = read_model(paths)
        self.width = self.w["decoder/embeddings/weight"].shape[1]
        self.heads = self.width // 64
        self.encoder_layers = self._count("encoder")
        self.decoder_layers = self._count("decoder")

    def _count(self, part):
        return sum(1 for name in self.w if name.startswith(part) and name.endswith("ffn/linear_0/weight"))

    def _linear(self, x, name):
        return x @ self.w[name + "/weight"].T + self.w[name + "/bias"]

    def _norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        return scaled * self.w[name + "/gamma"] + self.w[name + "/beta"]

    def _gelu(self, x):
        return x * 0.5 * (1 + _erf(x / math.sqrt(2)))

    def _attend(self, q, k, v, bias=0.0):
        q, k, v = (a.reshape(len(a), self.heads, 64).transpose(1, 0, 2) for a in (q, k, v))
        scores = q @ k.transpose(0, 2, 1) / 8 + bias
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return (weights @ v).transpose(1, 0, 2).reshape(q.shape[1], self.width)

    def _feed_forward(self, x, layer):
        inner = self._gelu(self._linear(self._norm(x, layer + "/ffn/layer_norm"), layer + "/ffn/linear_0"))
        return x + self._linear(inner, layer + "/ffn/linear_1")

    def _convolve(self, x, name, stride):
        """x: [channels, frames]"""
        weight, bias = self.w[name + "/weight"], self.w[name + "/bias"]
        padded = np.pad(x, ((0, 0), (1, 1)))
        count = (x.shape[1] - 1) // stride + 1
        columns = np.stack([padded[:, k : k + count * stride : stride][:, :count] for k in range(3)], -1)
        return self._gelu(np.einsum("oik,itk->ot", weight, columns, optimize=True) + bias[:, None])

    def encode(self, features, silence=None):
        """features: [mels, frames] to [frames / 2, width]. silence: see remember_silence."""
        if silence is not None:
            # The frame behind the last is silent, and the position that it would make is not wanted.
            features = np.pad(features, ((0, 0), (0, 2)), constant_values=silence["level"])
        x = self._convolve(self._convolve(features, "encoder/conv1", 1), "encoder/conv2", 2).T
        x = x[: features.shape[1] // 2 - (silence is not None)]
        count = len(x)
        x = x + self.w["encoder/position_encodings/encodings"][:count]
        self.keys_and_values = []
        for index in range(self.encoder_layers):
            layer = f"encoder/layer_{index}"
            normed = self._norm(x, layer + "/self_attention/layer_norm")
            q, k, v = np.split(self._linear(normed, layer + "/self_attention/linear_0"), 3, -1)
            self.keys_and_values.append((k, v))
            bias = 0.0
            if silence is not None:
                rows, bias = self._blocks(silence, count)
                k, v = (np.concatenate([a, s[rows]]) for a, s in zip((k, v), silence["layers"][index]))
            x = x + self._linear(self._attend(q, k, v, bias), layer + "/self_attention/linear_1")
            x = self._feed_forward(x, layer)
        x = self._norm(x, "encoder/layer_norm")
        if silence is None:
            return x, np.zeros(count)
        rows, bias = self._blocks(silence, count)
        return np.concatenate([x, silence["output"][rows]]), bias

    def remember_silence(self, level, stride):
        """What 30 s of silence are to the encoder, of which every block of `stride` positions is represented by its
        middle."""
        output, _ = self.encode(np.full((self.w["encoder/conv1/weight"].shape[1], 3000), level))
        return {"level": level, "stride": stride, "layers": self.keys_and_values, "output": output}

    def _blocks(self, silence, count):
        """The rows that stand for the silence behind `count` positions, and the bias of all the scores."""
        rows, sizes, total = [], [], len(silence["output"])
        for end in range(total, count, -silence["stride"]):
            start = max(0, end - silence["stride"])
            rows.append((start + end) // 2)
            sizes.append(end - max(start, count))
        bias = np.concatenate([np.zeros(count), np.log(sizes[::-1])])
        return rows[::-1], bias

    def decode(self, tokens, memory, bias):
        """Logits of every token, [tokens, vocabulary], given what encode gave."""
        count = len(tokens)
        causal = np.triu(np.full((count, count), -np.inf), 1)
        x = self.w["decoder/embeddings/weight"][tokens] + self.w["decoder/position_encodings/encodings"][:count]
        for index in range(self.decoder_layers):
            layer = f"decoder/layer_{index}"
            normed = self._norm(x, layer + "/self_attention/layer_norm")
            q, k, v = np.split(self._linear(normed, layer + "/self_attention/linear_0"), 3, -1)
            x = x + self._linear(self._attend(q, k, v, causal), layer + "/self_attention/linear_1")
            q = self._linear(self._norm(x, layer + "/attention/layer_norm"), layer + "/attention/linear_0")
            k, v = np.split(self._linear(memory, layer + "/attention/linear_1"), 2, -1)
            x = x + self._linear(self._attend(q, k, v, bias), layer + "/attention/linear_2")
            x = self._feed_forward(x, layer)
        return self._norm(x, "decoder/layer_norm") @ self.w["decoder/embeddings/weight"].T
