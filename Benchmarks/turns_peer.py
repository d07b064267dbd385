#!/usr/bin/env python3
"""Turn-taking side by side: riposte and Pipecat, all local, over the same recordings, in turns.

    python3 -m venv venv
    venv/bin/pip install numpy "pipecat-ai[whisper,piper,silero,local-smart-turn-v3]==1.14.0"
    venv/bin/python Benchmarks/turns_peer.py FOLDER --whisper CTRANSLATE2_FOLDER --piper-voice VOICE.onnx \\
        [--limit 25] [--rounds 2] [--json OUT]

requirements: numpy, pipecat-ai 1.14 with the extras above; a built riposte with its models; Linux.

FOLDER has WAV files (16 kHz, 16 bit, mono), each one order, and speech-ends.json, the true end of speech in each.
`--whisper` is the same size as `--model`, as a CTranslate2 folder; `--piper-voice` an .onnx file with its .onnx.json.

Both hear each recording at real pace, one after the other, and who is first changes from order to order. A fixed
piece of work (products of matrices) is timed beside each, because a machine's own speed drifts: only what one run
says of both can be compared.

- riposte: `riposte talk` with files for microphone and loudspeaker, a process for each recording, so that each turn
  is its first. It answers with its own skills. Its loudspeaker has a buffer of 20 ms, which counts.
- Pipecat: Silero, smart-turn, faster-whisper int8, Piper, all with Pipecat's defaults, and a fixed answer in a language
  model's place, see pipecat_session.py. One process and one pipeline for all recordings, warm from one recording
  that does not count. Its loudspeaker has no delay.

What the figures are:

- response latency: from the true end of speech to the first sample of at least 1 % of full scale of the answer; of
  several answers, the first that begins after the end or at most 200 ms before it.
- unanswered: no answer was heard. premature: more than 200 ms of an answer were heard before the true end.
  in two: more than one answer to one order. Only riposte does these: taken back: an answer was begun and withdrawn;
  asked back: the answer was that it had not understood.
- CPU seconds a turn: of the whole recording and the answer, on all cores, without loading the models: for riposte
  less what a run over a tenth of a second of silence takes. Answers differ in length.
- memory: the most that was resident, models included.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

import measuring

# Digital silence is appended where a recording ends sooner after the speech, so that its end tells nobody anything.
TAIL = 4.0
EARLY = 0.2


class Riposte:
    name = "riposte"

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        silence = folder / "silence.wav"
        measuring.write_wave(silence, numpy.zeros(1600), 16_000)
        _, self.loading, _ = self.talk(silence)

    def talk(self, file):
        return measuring.run_measured([
            self.arguments.riposte, "talk", "--model", self.arguments.model, "--input", file,
            "--output", self.folder / "answer.wav", "--trace", self.folder / "trace.jsonl"])

    def hear(self, file):
        (self.folder / "trace.jsonl").unlink(missing_ok=True)
        _, cpu, memory = self.talk(file)
        trace = self.folder / "trace.jsonl"
        turns = [json.loads(line) for line in trace.read_text().splitlines()] if trace.exists() else []
        sound = heard(*measuring.read_wave(self.folder / "answer.wav"))
        # Where the trace has an answer, the first sound of it in the file, found as Pipecat's is.
        # What was not said to the user's words (an apology of its own, "are you still there?") is no answer.
        told = [turn for turn in turns if turn.get("firstSoundMs") is not None and turn.get("speechEndMs") is not None]
        stated = [turn["firstSoundMs"] / 1000 for turn in told]
        answers = [next((max(begin, at) for begin, end in sound if end > at), None) for at in stated]
        return {
            "answers": answers, "stated": stated, "heard": sound,
            "transcripts": [turn["transcript"] for turn in turns if turn.get("transcript")],
            "replies": [turn.get("heard") for turn in turns],
            "asked_back": any(turn["outcome"] == "reprompted" for turn in told),
            "taken_back": [ms for turn in turns for ms in turn.get("takenBackMs", [])],
            "cpu": cpu - self.loading, "memory": memory,
        }

    def close(self):
        pass


class Pipecat:
    name = "pipecat"

    def __init__(self, arguments, folder):
        script = pathlib.Path(__file__).with_name("pipecat_session.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), "--model", arguments.whisper, "--voice", arguments.piper_voice],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"Pipecat has ended with {self.process.wait()}; what it said is above.")
        return json.loads(line)

    def hear(self, file):
        print(json.dumps({"file": str(file)}), file=self.process.stdin, flush=True)
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


def heard(samples, rate):
    """[begin, end] of what is audible, in seconds: pieces of 10 ms with a sample of at least 1 % of full scale.

    Begin is that sample's time; pieces less than 50 ms apart are one.
    """
    length = rate // 100
    spans = []
    for offset in range(0, len(samples), length):
        loud = numpy.abs(samples[offset:offset + length].astype(int)) >= 328
        if not loud.any():
            continue
        begin, end = (offset + int(loud.argmax())) / rate, (offset + length) / rate
        if spans and begin - spans[-1][1] < 0.05:
            spans[-1][1] = end
        else:
            spans.append([begin, end])
    return spans


def judged(outcome, end):
    """The outcome of an order with what it means, its true end of speech known."""
    begun = [at for at in outcome["answers"] if at is not None]
    whole = [at for at in begun if at >= end - EARLY]
    first = whole[0] if whole else begun[-1] if begun else None
    before = sum(max(0, min(stop, end) - begin) for begin, stop in outcome["heard"])
    return {
        **outcome, "true_end": end, "latency": None if first is None else (first - end) * 1000,
        "before_end": before * 1000, "premature": before > EARLY, "in_two": len(begun) > 1,
    }


def summary(outcomes):
    latencies = [outcome["latency"] for outcome in outcomes if outcome["latency"] is not None]
    n = len(outcomes)
    return {
        "orders": n,
        "median_ms": measuring.median(latencies) if latencies else None,
        "p95_ms": measuring.p95(latencies) if latencies else None,
        "worst_ms": max(latencies, default=None),
        "unanswered": n - len(latencies),
        "premature": sum(outcome["premature"] for outcome in outcomes),
        "in_two": sum(outcome["in_two"] for outcome in outcomes),
        "asked_back": sum(outcome.get("asked_back", False) for outcome in outcomes),
        "taken_back": sum(bool(outcome.get("taken_back")) for outcome in outcomes),
        "cpu_seconds_a_turn": sum(outcome["cpu"] for outcome in outcomes) / n,
        "memory_mb": max(outcome["memory"] for outcome in outcomes),
        "fixed_work_ms": measuring.median([outcome["fixed_work"] for outcome in outcomes]),
    }


def shown(name, figures):
    def number(value, form):
        return "–" if value is None else format(value, form)

    print(f"  {name:<8}  median {number(figures['median_ms'], '.0f')}  p95 {number(figures['p95_ms'], '.0f')}"
          f"  worst {number(figures['worst_ms'], '.0f')} ms"
          f"  | of {figures['orders']}: unanswered {figures['unanswered']}, premature {figures['premature']},"
          f" in two {figures['in_two']}, taken back {figures['taken_back']},"
          f" asked back {figures['asked_back']}"
          f"  | {figures['cpu_seconds_a_turn']:.1f} CPU s a turn, {figures['memory_mb']:.0f} MB"
          f"  | fixed work {figures['fixed_work_ms']:.0f} ms", flush=True)


def with_tail(file, end, folder):
    """A copy of the recording that goes on for `TAIL` seconds after the speech, with silence where it did not."""
    samples, rate = measuring.read_wave(file)
    missing = int((end + TAIL) * rate) - len(samples)
    copy = folder / file.name
    measuring.write_wave(copy, numpy.pad(samples, (0, max(0, missing))), rate)
    return copy


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--riposte", default=".build/release/riposte")
    parser.add_argument("--model", default="base")
    parser.add_argument("--whisper", required=True, help="the same weights as a CTranslate2 folder, for Pipecat")
    parser.add_argument("--piper-voice", required=True, help="the .onnx file of Pipecat's voice")
    parser.add_argument("--limit", type=int, default=25, help="at most so many recordings; 0 takes all")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path, help="write every order and the figures to this file")
    arguments = parser.parse_args()

    ends = measuring.speech_ends(arguments.folder)
    files = [file for file in measuring.recordings(arguments.folder, arguments.limit) if file.name in ends]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        engines = [Riposte(arguments, folder), Pipecat(arguments, folder)]
        copies = [with_tail(file, ends[file.name], folder) for file in files]
        engines[1].hear(copies[-1])
        print(f"{arguments.model}, {len(files)} recordings")
        rounds = []
        for number in range(arguments.rounds):
            outcomes = {engine.name: [] for engine in engines}
            for index, copy in enumerate(copies):
                for engine in engines if (index + number) % 2 == 0 else reversed(engines):
                    work = measuring.fixed_work()
                    outcome = judged(engine.hear(copy), ends[copy.name])
                    outcomes[engine.name].append({"file": copy.name, "fixed_work": work, **outcome})
                line = "  ".join(
                    f"{name} {rows[-1]['latency']:.0f}" if rows[-1]["latency"] is not None else f"{name} none"
                    for name, rows in outcomes.items())
                print(f"  {index + 1}/{len(copies)} {copy.name}: {line} ms", file=sys.stderr, flush=True)
            rounds.append(outcomes)
            figures = report(f"round {number + 1}", outcomes)
            if number > 0:
                every = {engine.name: [row for each in rounds for row in each[engine.name]] for engine in engines}
                figures = report(f"{number + 1} rounds together", every)
            if arguments.json:
                arguments.json.write_text(json.dumps(
                    {"machine": measuring.machine(), "model": arguments.model, "figures": figures, "rounds": rounds},
                    indent=1))
        for engine in engines:
            engine.close()


def report(title, outcomes):
    print(title)
    figures = {name: summary(rows) for name, rows in outcomes.items()}
    for name, row in figures.items():
        shown(name, row)
    ours, theirs = figures["riposte"]["median_ms"], figures["pipecat"]["median_ms"]
    if ours and theirs and ours > 0:
        figures["ratio"] = theirs / ours
        print(f"  ratio of the medians {figures['ratio']:.1f}")
    return figures


if __name__ == "__main__":
    main()
