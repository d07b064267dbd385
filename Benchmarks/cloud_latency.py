#!/usr/bin/env python3
"""From the first byte of a service's sound to the loudspeaker, in `riposte talk`, against the stand-in of the tests.

    make cloud-server && swift build -c release --product riposte --traits Cloud --scratch-path .build-cloud
    Benchmarks/cloud_latency.py --turns 64 [--riposte .build-cloud/release/riposte] [--service google|openai]

One long conversation at real pace, files in the place of microphone and loudspeaker. Each turn's figure is `handOverMs` of
the trace: from when the first byte had come, and the sound might leave, to the first sample that is handed over. It is held
twice: as usual, where answers are prepared before they may sound, and with --no-speculate, where each first byte comes when
its sound may leave at once. There the figure that matters is `fromFirstByte`, which leaves no room for what counts as
"might leave": from the first byte to the hand-over. For Google the stand-in writes down, by the same clock, when it gave its
first bytes away: `fromTheServiceItself` begins there (gRPC's way through both processes included). As usual, the time that an
answer is held back on purpose is left out of both.

With --service openai a second `riposte serve` speaks, as a program of its own.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import wave

import measuring

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTION = "What is twelve times seven?"
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--riposte", default=".build-cloud/release/riposte")
parser.add_argument("--python", default=".build/cloud-server/bin/python", help="with Google's packages")
parser.add_argument("--service", choices=["google", "openai"], default="google")
parser.add_argument("--turns", type=int, default=64)
parser.add_argument("--pause", type=float, default=3.5, help="seconds between two questions")
parser.add_argument("--json", type=pathlib.Path)
arguments = parser.parse_args()
folder = pathlib.Path(tempfile.mkdtemp(prefix="riposte-cloud-"))


def conversation():
    """The question again and again, with time for an answer after it."""
    question, whole = folder / "question.wav", folder / "input.wav"
    subprocess.run([arguments.riposte, "say", "--voice", "joe", QUESTION, "-o", str(question), "--sample-rate", "16000"],
                   check=True, stdout=subprocess.DEVNULL)
    samples, rate = measuring.read_wave(question)
    with wave.open(str(whole), "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(bytes(2 * rate))
        for _ in range(arguments.turns):
            file.writeframes(samples.tobytes() + bytes(int(arguments.pause * rate) * 2))
    return whole


def service(log):
    """The service, and what `--stt` and `--tts` call it."""
    if arguments.service == "google":
        script = {"text": QUESTION, "delay": 0.02}
        child = subprocess.Popen(
            [arguments.python, "-u", str(ROOT / "Tests/RiposteCloudTests/Server/speech_services.py"), str(log),
             json.dumps(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = f"google=http://127.0.0.1:{json.loads(child.stdout.readline())['port']}"
        return child, address
    child = subprocess.Popen(
        [arguments.riposte, "serve", "--port", "0", "--wyoming-port", "0", "--request-rate", "0"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for line in child.stderr:
        if "serving on" in line:
            return child, f"openai={line.split()[-1]}/v1"
    raise SystemExit("the server does not start")


def spread(values):
    return {"n": len(values), "medianMs": measuring.median(values), "p95Ms": measuring.p95(values),
            "maxMs": max(values)} if values else {"n": 0}


def hold(sound, name, *more):
    log, trace = folder / f"{name}.log", folder / f"{name}.jsonl"
    child, address = service(log)
    try:
        subprocess.run(
            [arguments.riposte, "talk", "--input", str(sound), "--output", str(folder / f"{name}.wav"), "--trace",
             str(trace), "--stt", address, "--tts", address, "--quiet", "0", *more], check=True,
            stdout=subprocess.DEVNULL)
    finally:
        child.kill()
        child.wait()
    turns = [json.loads(line) for line in trace.read_text().splitlines()]
    speeches = [turn["cloud"]["speech"] for turn in turns if turn.get("cloud", {}).get("speech")]
    speculates = "--no-speculate" not in more
    held = [max(0, speech["releasedAt"] - speech["firstByteAt"]) if speculates else 0 for speech in speeches]
    figures = {"turns": len(turns), "handOver": spread([speech["handOverMs"] for speech in speeches]),
               "fromFirstByte": spread([1000 * (speech["handedOverAt"] - speech["firstByteAt"] - wait)
                                        for speech, wait in zip(speeches, held)])}
    if arguments.service == "google":
        calls = [json.loads(line) for line in log.read_text().splitlines()]
        firsts = sorted(call["first"] for call in calls if call.get("call") == "StreamingSynthesize" and call["first"])
        given = []
        for speech, wait in zip(speeches, held):
            # The latest that was given away before it came: of answers that were taken back the first bytes are older.
            before = [first for first in firsts if first <= speech["firstByteAt"]]
            if not before:
                raise SystemExit(f"{name}: sound came before the service gave any away: the clocks differ")
            given.append(1000 * (speech["handedOverAt"] - before[-1] - wait))
        figures["fromTheServiceItself"] = spread(given)
    print(f"  {name}: " + json.dumps(figures), flush=True)
    return figures


sound = conversation()
result = {"service": arguments.service, "usual": hold(sound, "usual"),
          "direct": hold(sound, "direct", "--no-speculate")}
if arguments.json:
    arguments.json.write_text(json.dumps(result, indent=2))
