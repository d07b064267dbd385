"""Writes the transcripts that faster-whisper gives, without timestamps, for the first spoken commands.

    python whisper_transcripts.py RECORDINGS/commands MODEL_FOLDER:NAME … > Tests/RiposteListeningTests/Fixtures/transcripts.json
    BEAM=5 python whisper_transcripts.py RECORDINGS/commands … > Tests/RiposteListeningTests/Fixtures/transcripts-beam.json

Greedy, unless BEAM says how many texts go on side by side.

A model folder is a CTranslate2 one (model.bin, config.json, tokenizer.json, vocabulary.txt). Made with faster-whisper
1.2.1 and CTranslate2 4.8.5, float32.
"""

import json
import os
import pathlib
import sys

from faster_whisper import WhisperModel

COUNT = 60


def main() -> None:
    recordings = sorted(pathlib.Path(sys.argv[1]).glob("*.wav"))[:COUNT]
    result = {}
    for argument in sys.argv[2:]:
        folder, name = argument.rsplit(":", 1)
        model = WhisperModel(folder, device="cpu", compute_type="float32", cpu_threads=1)
        rows = {}
        for path in recordings:
            segments, _ = model.transcribe(
                str(path), language="en", beam_size=int(os.environ.get("BEAM", "1")), temperature=0, without_timestamps=True,
                condition_on_previous_text=False, vad_filter=False)
            segments = list(segments)
            rows[path.name] = {
                "text": " ".join(s.text.strip() for s in segments),
                "averageLogProbability": round(segments[0].avg_logprob, 5) if segments else None,
                "noSpeechProbability": round(segments[0].no_speech_prob, 5) if segments else None,
            }
        result[name] = rows
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
