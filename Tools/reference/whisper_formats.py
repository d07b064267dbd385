"""Writes a CTranslate2 Whisper model (float16) in other forms: to try `riposte models import` on real weights.

    python whisper_formats.py MODEL_FOLDER FORM OUTPUT

FORM is a ggml file of whisper.cpp (f32, f16, q4_0, q4_1, q5_0, q5_1, q8_0) or a folder of CTranslate2
(ct2-float32, ct2-bfloat16, ct2-int8). Needs NumPy. Everything is written from descriptions of the formats; that
whisper.cpp and faster-whisper read the results shows that the descriptions are right.
"""
import json
import pathlib
import shutil
import struct
import sys

import numpy as np

from whisper_forward import read_model

TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8}
# What the file as a whole is called at its front has numbers of its own.
FILE_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q8_0": 7, "q5_0": 8, "q5_1": 9}


def mel_filters(mels):
    """Slaney's triangles over 201 frequencies up to 8 kHz, each of the same area."""
    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))
    top = 15 + np.log(8) * 27 / np.log(6.4)
    points, frequencies = hertz(np.linspace(0, top, mels + 2)), np.linspace(0, 8000, 201)
    rise = (frequencies - points[:-2, None]) / np.diff(points)[:-1, None]
    fall = (points[2:, None] - frequencies) / np.diff(points)[1:, None]
    return (np.maximum(0, np.minimum(rise, fall)) * 2 / (points[2:] - points[:-2])[:, None]).astype(np.float32)


def quantised(matrix, form):
    """Blocks of 32 numbers of a row."""
    blocks = matrix.reshape(-1, 32).astype(np.float32)
    half = lambda values: values.astype(np.float16).view(np.uint8).reshape(-1, 2)
    inverse = lambda scale: np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    if form == "q8_0":
        scale = np.abs(blocks).max(1) / 127
        numbers = np.rint(blocks * inverse(scale)[:, None]).astype(np.int8)
        return np.concatenate([half(scale), numbers.view(np.uint8)], 1).tobytes()
    bits = int(form[1])
    if form.endswith("_0"):
        extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)[:, 0]
        scale = extreme / -(2 ** (bits - 1))
        numbers = np.floor(blocks * inverse(scale)[:, None] + 2 ** (bits - 1) + 0.5)
        head = [half(scale)]
    else:
        low = blocks.min(1)
        scale = (blocks.max(1) - low) / (2**bits - 1)
        numbers = np.floor((blocks - low[:, None]) * inverse(scale)[:, None] + 0.5)
        head = [half(scale), half(low)]
    numbers = np.clip(numbers, 0, 2**bits - 1).astype(np.uint8)
    if bits == 5:
        fifths = ((numbers >> 4).astype(np.uint32) << np.arange(32, dtype=np.uint32)).sum(1, dtype=np.uint32)
        head.append(fifths.view(np.uint8).reshape(-1, 4))
    low_bits = numbers & 15
    return np.concatenate(head + [low_bits[:, :16] | low_bits[:, 16:] << 4], 1).tobytes()


def token_bytes(tokenizer):
    """The bytes of the text tokens in the order of their ids."""
    visible = [b for b in range(256) if 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE]
    letters = {chr(b): b for b in visible}
    letters.update({chr(0x100 + i): b for i, b in enumerate(b for b in range(256) if b not in visible)})
    special = {token["id"] for token in tokenizer["added_tokens"]}
    vocabulary = sorted((i, t) for t, i in tokenizer["model"]["vocab"].items() if i < min(special))
    return [bytes(letters[letter] for letter in token) for _, token in vocabulary]


def ggml_names(weights):
    """Every array under the name it has in OpenAI's checkpoint, and so in whisper.cpp's files."""
    places = {
        "self_attention/layer_norm": "attn_ln", "self_attention/linear_1": "attn.out",
        "attention/layer_norm": "cross_attn_ln", "attention/linear_0": "cross_attn.query",
        "attention/linear_2": "cross_attn.out", "ffn/layer_norm": "mlp_ln", "ffn/linear_0": "mlp.0",
        "ffn/linear_1": "mlp.2"}
    stacks = {
        "self_attention/linear_0": ["attn.query", "attn.key", "attn.value"],
        "attention/linear_1": ["cross_attn.key", "cross_attn.value"]}
    rest = {
        "encoder/position_encodings/encodings": "encoder.positional_embedding",
        "decoder/position_encodings/encodings": "decoder.positional_embedding",
        "decoder/embeddings/weight": "decoder.token_embedding.weight"}
    for name, array in weights.items():
        if name in rest:
            yield rest[name], array
            continue
        part, *path, last = name.split("/")
        if part not in ("encoder", "decoder") or array.ndim == 0:
            continue
        last = {"gamma": "weight", "beta": "bias"}.get(last, last)
        if path[0].startswith("conv"):
            yield f"{part}.{path[0]}.{last}", array[:, None] if last == "bias" else array
        elif path == ["layer_norm"]:
            yield f"{part}.{'ln_post' if part == 'encoder' else 'ln'}.{last}", array
        elif path[0].startswith("layer_"):
            block, place = f"{part}.blocks.{path[0][6:]}", "/".join(path[1:])
            if place in places:
                yield f"{block}.{places[place]}.{last}", array
            elif place in stacks:
                for target, piece in zip(stacks[place], np.split(array, len(stacks[place]))):
                    if not (target.endswith("key") and last == "bias"):
                        yield f"{block}.{target}.{last}", piece


def write_ggml(weights, tokenizer, form, path):
    count = lambda part: sum(n.startswith(part) and n.endswith("ffn/linear_0/weight") for n in weights)
    vocabulary, width = weights["decoder/embeddings/weight"].shape
    mels = weights["encoder/conv1/weight"].shape[1]
    with open(path, "wb") as file:
        numbers = lambda *values: file.write(struct.pack(f"<{len(values)}i", *values))
        numbers(0x67676D6C, vocabulary, len(weights["encoder/position_encodings/encodings"]), width, width // 64,
                count("encoder"), len(weights["decoder/position_encodings/encodings"]), width, width // 64,
                count("decoder"), mels, FILE_TYPES[form])
        filters = mel_filters(mels)
        numbers(*filters.shape)
        file.write(filters.tobytes())
        tokens = token_bytes(tokenizer)
        numbers(len(tokens))
        for token in tokens:
            numbers(len(token))
            file.write(token)
        for name, array in ggml_names(weights):
            whole = array.ndim < 2 or "positional_embedding" in name or (array.ndim == 2 and array.shape[1] == 1)
            # Convolutions are never quantised.
            kind = "f32" if whole else "f16" if array.ndim == 3 and form != "f32" else form
            numbers(array.ndim, len(name), TYPES[kind], *reversed(array.shape))
            file.write(name.encode())
            if kind == "f32":
                file.write(array.astype(np.float32).tobytes())
            elif kind == "f16":
                file.write(array.astype(np.float16).tobytes())
            else:
                file.write(quantised(array, kind))


def write_ct2(weights, form, source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "config.json", "vocabulary.txt"):
        shutil.copy(source / name, folder / name)
    arrays = {}
    for name, array in weights.items():
        single = array.astype(np.float32)
        if name.endswith("/weight") and form == "int8":
            scale = 127 / np.maximum(np.abs(single.reshape(len(single), -1)).max(1), 1e-30)
            shaped = scale.reshape(-1, *[1] * (single.ndim - 1))
            arrays[name] = (1, np.rint(single * shaped).astype(np.int8))
            arrays[name + "_scale"] = (0, scale.astype(np.float32))
        elif form == "bfloat16" and array.ndim:
            arrays[name] = (5, ((single.view(np.uint32) + 0x8000) >> 16).astype(np.uint16))
        elif array.ndim == 0:
            arrays[name] = (1, array.astype(np.int8)) if array in (0, 1) else (3, array.astype(np.int32))
        else:
            arrays[name] = (0, single)
    text = lambda value: struct.pack("<H", len(value) + 1) + value.encode() + b"\0"
    with open(folder / "model.bin", "wb") as file:
        file.write(struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(arrays)))
        for name, (code, array) in arrays.items():
            file.write(text(name) + struct.pack("<B", array.ndim) + struct.pack(f"<{array.ndim}I", *array.shape))
            file.write(struct.pack("<BI", code, array.nbytes) + array.tobytes())
        alias = [("decoder/projection/weight", "decoder/embeddings/weight")]
        if form == "int8":
            alias.append(("decoder/projection/weight_scale", "decoder/embeddings/weight_scale"))
        file.write(struct.pack("<I", len(alias)))
        for pair in alias:
            file.write(text(pair[0]) + text(pair[1]))


def main():
    source, form, output = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    weights = read_model([source / "model.bin"])
    weights.pop("decoder/projection/weight", None)
    if form.startswith("ct2-"):
        write_ct2(weights, form[4:], source, output)
    else:
        write_ggml(weights, json.loads((source / "tokenizer.json").read_text()), form, output)


if __name__ == "__main__":
    main()
