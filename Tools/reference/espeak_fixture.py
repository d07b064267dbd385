"""Writes the phonemes that espeak-ng (through piper-tts) gives for those of our test sentences that are plain words.

    python3 espeak_fixture.py OUTPUT_FOLDER      (with piper-tts installed)

Numbers, capitals and abbreviations are left out: there the two differ in how a text is read, not in how words sound.
"""
import json, pathlib, re, sys

from piper.phonemize_espeak import EspeakPhonemizer

here = pathlib.Path(__file__).parent
output = pathlib.Path(sys.argv[1])
espeak = EspeakPhonemizer()
rows = []
for name in ["pronunciation_sentences.txt", "pronunciation_unseen.txt"]:
    for line in (here / name).read_text(encoding="utf-8").splitlines():
        plain = re.fullmatch(r"[A-Za-z ,;:'\-—–()\"“”]+[.!?]?", line) and not re.search(r"[A-Z]{2}|\b[A-HJ-Z]\b", line)
        if plain:
            phonemes = " ".join("".join(clause) for clause in espeak.phonemize("en-us", line))
            rows.append(json.dumps({"text": line, "phonemes": phonemes}, ensure_ascii=False))
(output / "PronunciationEspeak.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
