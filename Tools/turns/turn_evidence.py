"""Collects what is known at every pause of spoken commands, for choosing how long to wait before answering.

    python turn_evidence.py COMMANDS SILERO.onnx SMART_TURN.onnx WHISPER_FOLDER RIPOSTE WORK > evidence.json

COMMANDS holds recordings and `speech-ends.json`. Each is taken as it is and twice with a pause of 0.4–1.2 s put in
where the sound is faintest between two words: once at a phrase boundary (before "with", "and", a preposition, or a
measure), once anywhere. For each of these the result has Silero's probability of every window and, for every gap in
them, smart-turn's probability and the transcript of the sound up to some windows into the gap. Everything slow is
kept in WORK. Probabilities of windows are characters, "!" for 0 up to "{" for 1. Needs numpy, onnxruntime and faster-whisper (for the words' times); transcripts are `riposte`'s own.
"""

import hashlib
import json
import pathlib
import random
import subprocess
import sys
import wave

import numpy
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import smart_turn  # noqa: E402

RATE = 16_000
WINDOW = 512
PRE_ROLL = 8000
# Windows into a gap at which smart-turn is asked, and at which the transcript is made.
TAILS = (2, 8)
TRANSCRIPT_TAIL = 3
GAP_THRESHOLD = 0.5
PHRASE_STARTS = {"with", "and", "for", "a", "in", "of", "to", "please", "some"}


def read(path):
    with wave.open(str(path)) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype("float32") / 32768


def write(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((numpy.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def cached(path, make):
    if path.exists():
        return json.loads(path.read_text())
    value = make()
    path.write_text(json.dumps(value))
    return value


def word_times(commands, folder):
    from faster_whisper import WhisperModel
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)
    result = {}
    for path in sorted(commands.glob("*.wav")):
        segments, _ = model.transcribe(str(path), language="en", beam_size=1, temperature=0, word_timestamps=True)
        result[path.name] = [(w.word.strip(), w.start, w.end) for s in segments for w in s.words]
    return result


def background(samples, count):
    """Noise of the recording itself: its faintest 100 ms, mirrored back and forth."""
    length = 1600
    starts = range(0, len(samples) - length, 400)
    first = min(starts, key=lambda s: float(numpy.mean(samples[s:s + length] ** 2)))
    piece = samples[first:first + length]
    loop = numpy.concatenate([piece, piece[::-1]])
    return numpy.tile(loop, count // len(loop) + 1)[:count]


def faintest(samples, centre, reach=1280):
    """The middle of the faintest 20 ms near a place."""
    starts = range(max(0, centre - reach), min(len(samples) - 320, centre + reach), 40)
    return min(starts, key=lambda s: float(numpy.mean(samples[s:s + 320] ** 2))) + 160


def with_pause(samples, place, seconds):
    fade = 160
    count = int(seconds * RATE)
    noise = background(samples, count)
    before, after = samples[:place].copy(), samples[place:].copy()
    ramp = numpy.linspace(1, 0, fade, dtype="float32")
    before[-fade:] = before[-fade:] * ramp + noise[:fade] * (1 - ramp)
    after[:fade] = after[:fade] * (1 - ramp) + noise[-fade:] * ramp
    return numpy.concatenate([before, noise, after]).astype("float32")


def variants(name, samples, words, end):
    """(kind, samples, true end, inserted pause) of a recording."""
    yield "plain", samples, end, None
    inner = [i for i in range(2, len(words)) if words[i][1] * RATE < end - 3200]
    at_phrases = [i for i in inner if words[i][0].strip(".,?!").lower() in PHRASE_STARTS]
    for kind, places in (("phrase", at_phrases or inner), ("word", inner)):
        if not places:
            continue
        chance = random.Random(hashlib.sha256((name + kind).encode()).hexdigest())
        index = chance.choice(places)
        centre = int((words[index - 1][2] + words[index][1]) / 2 * RATE)
        place = faintest(samples, centre)
        seconds = round(chance.uniform(0.4, 1.2), 2)
        count = int(seconds * RATE)
        yield kind, with_pause(samples, place, seconds), end + count, [place, place + count]


def windows_of(session, samples):
    state = numpy.zeros((2, 1, 128), dtype="float32")
    context = numpy.zeros(64, dtype="float32")
    scores = []
    for start in range(0, len(samples) - WINDOW + 1, WINDOW):
        window = samples[start:start + WINDOW]
        output, state = session.run(None, {
            "input": numpy.concatenate([context, window])[None], "state": state, "sr": numpy.array(RATE, "int64")})
        context = window[-64:]
        scores.append(round(float(output[0, 0]), 4))
    return scores


def gaps(scores):
    """(first window, window after the last) of every stretch below the threshold after speech."""
    found, start, spoken = [], None, False
    for index, score in enumerate(scores + [1.0]):
        if score >= GAP_THRESHOLD:
            if start is not None:
                found.append((start, index))
            start, spoken = None, True
        elif spoken and start is None:
            start = index
    return found


def main():
    commands, silero, network, whisper, riposte, work = sys.argv[1:7]
    commands, work = pathlib.Path(commands), pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    ends = json.loads((commands / "speech-ends.json").read_text())["files"]
    words = cached(work / "words.json", lambda: word_times(commands, whisper))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    silero = onnxruntime.InferenceSession(silero, options)
    network = smart_turn.load(network)

    def collect():
        cases = []
        for path in sorted(commands.glob("*.wav")):
            fact = ends[path.name]
            end = int(fact["speechEndSeconds"] * RATE)
            for kind, samples, true_end, pause in variants(path.name, read(path), words[path.name], end):
                scores = windows_of(silero, samples)
                first = next((i for i, s in enumerate(scores) if s >= GAP_THRESHOLD), 0)
                audio_start = max(0, first * WINDOW - PRE_ROLL)
                case = {"file": path.name, "kind": kind, "end": true_end, "pause": pause, "scores": scores, "gaps": []}
                for start, after in gaps(scores):
                    gap = {"start": start, "after": after, "smartTurn": {}}
                    for tail in TAILS:
                        if start + tail <= after:
                            sound = samples[audio_start:(start + tail) * WINDOW]
                            gap["smartTurn"][tail] = round(smart_turn.probability(network, sound), 4)
                    if start + TRANSCRIPT_TAIL <= after:
                        gap["wave"] = f"{path.stem}-{kind}-{start}.wav"
                        write(work / gap["wave"], samples[audio_start:(start + TRANSCRIPT_TAIL) * WINDOW])
                    case["gaps"].append(gap)
                cases.append(case)
            print(path.name, file=sys.stderr, flush=True)
        return cases

    cases = cached(work / "cases.json", collect)
    waves = [g["wave"] for c in cases for g in c["gaps"] if "wave" in g]

    def transcribe():
        run = subprocess.run(
            [riposte, "transcribe", "--model", "whisper-base", "--format", "json", *(str(work / w) for w in waves)],
            stdout=subprocess.PIPE, check=True)
        rows = (json.loads(line) for line in run.stdout.splitlines())
        return {pathlib.Path(row["file"]).name: row["text"] for row in rows}

    texts = cached(work / "texts.json", transcribe)
    for case in cases:
        for gap in case["gaps"]:
            if "wave" in gap:
                gap["text"] = texts.get(gap.pop("wave"), "")
        case["scores"] = "".join(chr(33 + round(min(1, max(0, p)) * 90)) for p in case["scores"])
        del case["pause"]
    json.dump(cases, sys.stdout, separators=(",", ":"), ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
