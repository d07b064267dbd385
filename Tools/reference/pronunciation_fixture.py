"""Writes the phonemes that the reference package hibari-tts 0.2.1 gives for our test sentences.

    python3 pronunciation_fixture.py OUTPUT_FOLDER      (with hibari-tts, onnxruntime and numpy installed)

One object a line, so that a change of the fixture reads well: text and phonemes; for the British voice, the same of
a sample under another name.
"""
import json, pathlib, sys

from hibari.g2p import G2P

here = pathlib.Path(__file__).parent
output = pathlib.Path(sys.argv[1])


def sentences(name):
    lines = (here / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def write(name, g2p, texts):
    rows = [json.dumps({"text": text, "phonemes": g2p(text)}, ensure_ascii=False) for text in texts]
    (output / name).write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


american, british = G2P(), G2P(british=True)
write("PronunciationReference.json", american, sentences("pronunciation_sentences.txt"))
write("PronunciationMore.json", american, sentences("pronunciation_more.txt"))
write("PronunciationUnseen.json", american, sentences("pronunciation_unseen.txt"))
write("PronunciationBritish.json", british, sentences("pronunciation_sentences.txt")[::5])
