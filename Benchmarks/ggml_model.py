#!/usr/bin/env python3
"""Writes a Whisper model for whisper.cpp (ggml, f16) from a CTranslate2 folder, so that both run the same weights.

    python Benchmarks/ggml_model.py CTRANSLATE2_FOLDER OUT.bin

requirements: numpy. The folder has model.bin (version 6) and tokenizer.json.
"""
import argparse
import json
import pathlib
import struct

import numpy

KINDS = {0: numpy.float32, 1: numpy.int8, 2: numpy.int16, 3: numpy.int32, 4: numpy.float16}


def read_variables(path):
    """All arrays of a CTranslate2 model.bin by name."""
    data = path.read_bytes()
    offset = 0

    def take(form):
        nonlocal offset
        (value,) = struct.unpack_from("<" + form, data, offset)
        offset += struct.calcsize("<" + form)
        return value

    def text():
        nonlocal offset
        length = take("H")
        offset += length
        return data[offset - length:offset - 1].decode()

    version, spec = take("I"), text()
    if version != 6 or spec != "WhisperSpec":
        raise SystemExit(f"{path} is a {spec} of version {version}, not a Whisper model of version 6.")
    take("I")
    variables = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        kind, size = KINDS[take("B")], take("I")
        variables[name] = numpy.frombuffer(data, kind, size // numpy.dtype(kind).itemsize, offset).reshape(shape)
        offset += size
    if variables["encoder/conv1/weight"].dtype not in (numpy.float16, numpy.float32):
        raise SystemExit(f"{path} is quantised; weights in f16 or f32 are needed.")
    return variables


def mel_filters(count):
    """Slaney's triangular filters, 0 to 8000 Hz, each of the same area: [count, 201]."""
    def hertz(mel):
        return numpy.where(mel < 15, mel * 200 / 3, 1000 * numpy.exp((mel - 15) * numpy.log(6.4) / 27))

    # The scale is linear up to 1000 Hz, which is mel 15, and logarithmic above.
    highest = 15 + 27 * numpy.log(8) / numpy.log(6.4)
    edges = hertz(numpy.linspace(0, highest, count + 2))
    bins = numpy.arange(201) * 40.0
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return (numpy.clip(numpy.minimum(rising, falling), 0, None) * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(
        numpy.float32)


def token_bytes(path):
    """The bytes of each token of text, in order; what comes after them are special tokens, which whisper.cpp knows."""
    model = json.loads(path.read_text())
    vocabulary = {**model["model"]["vocab"], **{token["content"]: token["id"] for token in model["added_tokens"]}}
    # Byte-level BPE writes each byte as a printable character: its own where it has one, else from U+0100 on.
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    byte = {chr(value): value for value in own}
    byte.update({chr(0x100 + n): value for n, value in enumerate(v for v in range(256) if v not in own)})
    text = {token_id: token for token, token_id in vocabulary.items()}
    end = vocabulary["<|endoftext|>"]
    return [bytes(byte[character] for character in text.get(n, "")) for n in range(end)]


def tensors(variables, encoder_layers, decoder_layers):
    """Name and array of each tensor as whisper.cpp calls it."""
    def linear(target, source, has_bias=True):
        yield f"{target}.weight", variables[f"{source}/weight"]
        if has_bias:
            yield f"{target}.bias", variables[f"{source}/bias"]

    def norm(target, source):
        yield f"{target}.weight", variables[f"{source}/gamma"]
        yield f"{target}.bias", variables[f"{source}/beta"]

    def parts(targets, source):
        weights = numpy.split(variables[f"{source}/weight"], len(targets))
        biases = numpy.split(variables[f"{source}/bias"], len(targets))
        for target, weight, bias in zip(targets, weights, biases):
            yield f"{target}.weight", weight
            # A key has no bias in Whisper; here it is zeros.
            if not target.endswith(".key"):
                yield f"{target}.bias", bias

    def block(target, source, is_decoder):
        yield from norm(f"{target}.attn_ln", f"{source}/self_attention/layer_norm")
        yield from parts([f"{target}.attn.{name}" for name in ("query", "key", "value")],
                         f"{source}/self_attention/linear_0")
        yield from linear(f"{target}.attn.out", f"{source}/self_attention/linear_1")
        if is_decoder:
            yield from norm(f"{target}.cross_attn_ln", f"{source}/attention/layer_norm")
            yield from linear(f"{target}.cross_attn.query", f"{source}/attention/linear_0")
            yield from parts([f"{target}.cross_attn.{name}" for name in ("key", "value")],
                             f"{source}/attention/linear_1")
            yield from linear(f"{target}.cross_attn.out", f"{source}/attention/linear_2")
        yield from norm(f"{target}.mlp_ln", f"{source}/ffn/layer_norm")
        yield from linear(f"{target}.mlp.0", f"{source}/ffn/linear_0")
        yield from linear(f"{target}.mlp.2", f"{source}/ffn/linear_1")

    yield "encoder.positional_embedding", variables["encoder/position_encodings/encodings"]
    for name in ("conv1", "conv2"):
        yield f"encoder.{name}.weight", variables[f"encoder/{name}/weight"]
        yield f"encoder.{name}.bias", variables[f"encoder/{name}/bias"].reshape(-1, 1)
    yield from norm("encoder.ln_post", "encoder/layer_norm")
    for n in range(encoder_layers):
        yield from block(f"encoder.blocks.{n}", f"encoder/layer_{n}", is_decoder=False)
    yield "decoder.positional_embedding", variables["decoder/position_encodings/encodings"]
    yield "decoder.token_embedding.weight", variables["decoder/embeddings/weight"]
    yield from norm("decoder.ln", "decoder/layer_norm")
    for n in range(decoder_layers):
        yield from block(f"decoder.blocks.{n}", f"decoder/layer_{n}", is_decoder=True)


def write(folder, path):
    variables = read_variables(folder / "model.bin")
    vocabulary, width = variables["decoder/embeddings/weight"].shape
    mels = variables["encoder/conv1/weight"].shape[1]
    layers = {part: sum(name.startswith(part) and name.endswith("ffn/linear_0/weight") for name in variables)
              for part in ("encoder", "decoder")}
    with open(path, "wb") as out:
        out.write(struct.pack(
            "<I11i", 0x67676D6C, vocabulary, 1500, width, width // 64, layers["encoder"], 448, width, width // 64,
            layers["decoder"], mels, 1))
        filters = mel_filters(mels)
        out.write(struct.pack("<2i", *filters.shape) + filters.tobytes())
        tokens = token_bytes(folder / "tokenizer.json")
        out.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            out.write(struct.pack("<i", len(token)) + token)
        for name, array in tensors(variables, layers["encoder"], layers["decoder"]):
            # Biases, norms and positions stay in single precision, as whisper.cpp wants them.
            is_single = array.ndim == 1 or "positional" in name or name.endswith(".bias")
            array = numpy.ascontiguousarray(array, numpy.float32 if is_single else numpy.float16)
            out.write(struct.pack("<3i", array.ndim, len(name), 0 if is_single else 1))
            out.write(struct.pack(f"<{array.ndim}i", *reversed(array.shape)) + name.encode() + array.tobytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    write(arguments.folder, arguments.out)
