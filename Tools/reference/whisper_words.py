"""Writes the word times that faster-whisper finds in the first spoken commands.

    python whisper_words.py RECORDINGS/commands MODEL_FOLDER:NAME … > Tests/RiposteListeningTests/Fixtures/words.json

Model folders as for whisper_transcripts.py.
"""

import json
import pathlib
import sys

from faster_whisper import WhisperModel

COUNT = 8


def main() -> None:
    recordings = sorted(pathlib.Path(sys.argv[1]).glob("*.wav"))[:COUNT]
    result = {}
    for argument in sys.argv[2:]:
        folder, name = argument.rsplit(":", 1)
        model = WhisperModel(folder, device="cpu", compute_type="float32", cpu_threads=1)
        rows = {}
        for path in recordings:
            segments, _ = model.transcribe(
                str(path), language="en", beam_size=1, temperature=0, without_timestamps=True,
                condition_on_previous_text=False, vad_filter=False, word_timestamps=True)
            rows[path.name] = [
                {"word": word.word.strip(), "start": round(float(word.start), 2), "end": round(float(word.end), 2),
                 "confidence": round(float(word.probability), 4)}
                for segment in segments for word in segment.words]
        result[name] = rows
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
