#!/usr/bin/env python3
"""Text to speech side by side: riposte, Piper's and hibari's own Python packages and espeak-ng, in turns.

    python3 -m venv venv && venv/bin/pip install numpy piper-tts hibari-tts
    venv/bin/python Benchmarks/tts_peer.py --piper en_US-joe-medium.onnx [--rounds 3] [--runs 7] [--json OUT]

requirements: numpy, piper-tts, hibari-tts, libespeak-ng1; a built riposte with its models; Linux.

`--piper` names the voice file that riposte's own "joe" is made of, so that both speak with the same network. Every
engine says the same three sentences; the first sound is when the first samples are handed over, silence included, as
the engine's own streaming interface gives them. In each round every engine runs once in a process of its own, in random
order: it loads, says each sentence once uncounted, then `--runs` times. A fixed piece of work (products of matrices) is
timed beside each run, because a machine's own speed drifts: only the ratios within one round count. The table has
medians over the rounds; CPU is the processor time for the three sentences, on all cores, in per cent of the sound's
length. riposte is `riposte bench tts`, with one thread.
"""
import argparse
import ctypes
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import measuring

SENTENCES = [
    "One moment.",
    "Your timer is set for ten minutes.",
    "The kitchen lights are on, the front door is locked, and it will be about twenty degrees this afternoon.",
]
PEERS = ["piper-tts", "hibari-tts", "espeak-ng"]


def piper(model):
    from piper import PiperVoice

    voice = PiperVoice.load(model)
    return lambda text: (len(chunk.audio_int16_bytes) / 2 / chunk.sample_rate for chunk in voice.synthesize(text))


def hibari(_):
    from hibari import Hibari

    voice = Hibari()
    return lambda text: (len(samples) / 24_000 for samples in voice.stream(text))


def espeak(_):
    library = ctypes.CDLL("libespeak-ng.so.1")
    rate = library.espeak_Initialize(2, 0, None, 0x8000)
    callback_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    library.espeak_SetVoiceByName(b"en-us")

    def speak(text):
        parts = []

        def take(samples, count, events):
            parts.append((time.perf_counter(), count))
            return 0

        callback = callback_type(take)
        library.espeak_SetSynthCallback(callback)
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        speak.first = next((stamp for stamp, count in parts if count), None)
        yield sum(count for _, count in parts) / rate

    return speak


def run_peer(name, model, runs):
    """The other side of `peer`, in a process of its own: a line of JSON with every time."""
    speak = {"piper-tts": piper, "hibari-tts": hibari, "espeak-ng": espeak}[name](model)

    def take(text):
        start, first, seconds = time.perf_counter(), None, 0.0
        for length in speak(text):
            first = first or getattr(speak, "first", None) or time.perf_counter()
            seconds += length
        return (first - start) * 1000, (time.perf_counter() - start) * 1000, seconds

    result = {"first": [], "whole": [], "seconds": []}
    for text in SENTENCES:
        take(text)
        takes = [take(text) for _ in range(runs)]
        result["first"].append(measuring.median([take[0] for take in takes]))
        result["whole"].append(measuring.median([take[1] for take in takes]))
        result["seconds"].append(takes[-1][2])
    cpu = time.process_time()
    seconds = sum(take(text)[2] for _ in range(runs) for text in SENTENCES)
    result["cpu"] = (time.process_time() - cpu) / seconds * 100
    result["memory"] = measuring.peak_memory()
    print(json.dumps(result))


def peer(name, model, runs):
    command = [sys.executable, __file__, "--run-peer", name, str(model), str(runs)]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    if process.returncode:
        raise SystemExit(f"{name} has failed; what it said is above.")
    return json.loads(process.stdout.splitlines()[-1])


def riposte(command, voice, runs):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        _, _, memory = measuring.run_measured(
            [command, "bench", "tts", "--voice", voice, "--runs", str(runs), "--json", out.name])
        rows = json.load(open(out.name))["rows"]
    figures = lambda start: [row["median"] for row in rows if row["metric"].startswith(start)]
    return {
        "first": figures("first sound of"), "whole": figures("all of"), "cpu": figures("processor for")[0],
        "seconds": [float(row["metric"].split()[-2]) for row in rows if row["metric"].startswith("all of")],
        "memory": memory,
    }


def main():
    if sys.argv[1:2] == ["--run-peer"]:
        return run_peer(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--piper", type=pathlib.Path, required=True, help="Piper's voice joe, NAME.onnx")
    parser.add_argument("--riposte", default=".build/release/riposte")
    parser.add_argument("--voice", action="append", help="riposte's voices (default: heart and joe)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures and every round to this file")
    arguments = parser.parse_args()

    own = [f"riposte {voice}" for voice in arguments.voice or ["heart", "joe"]]
    engines = own + PEERS
    shuffle = random.Random(arguments.seed)
    rounds = []
    for number in range(arguments.rounds):
        results = {}
        for engine in shuffle.sample(engines, len(engines)):
            work = measuring.fixed_work()
            if engine in own:
                result = riposte(arguments.riposte, engine.split()[-1], arguments.runs)
            else:
                result = peer(engine, arguments.piper, arguments.runs)
            results[engine] = {**result, "fixed_work": work}
            print(f"  round {number + 1}  {engine}: first sound {result['first'][1]:.0f} ms, fixed work {work:.0f} ms",
                  file=sys.stderr, flush=True)
        rounds.append(results)
    print(f"{arguments.rounds} rounds; first sound and all of \"{SENTENCES[1]}\", all of the longest; CPU of the sound")
    print(f"{'':<16}{'first':>9}{'× heart':>9}{'all':>9}{'longest':>10}{'CPU':>9}{'memory':>10}{'fixed work':>13}")
    figures = {}
    for engine in engines:
        runs = [results[engine] for results in rounds]
        figures[engine] = row = {
            "first_ms": measuring.median([run["first"][1] for run in runs]),
            "ratio": measuring.median(
                [results[engine]["first"][1] / results[own[0]]["first"][1] for results in rounds]),
            "all_ms": measuring.median([run["whole"][1] for run in runs]),
            "longest_ms": measuring.median([run["whole"][2] for run in runs]),
            "cpu_percent": measuring.median([run["cpu"] for run in runs]),
            "memory_mb": max(run["memory"] for run in runs),
            "fixed_work_ms": measuring.median([run["fixed_work"] for run in runs]),
        }
        print(f"{engine:<16}{row['first_ms']:>6.1f} ms{row['ratio']:>9.2f}{row['all_ms']:>6.0f} ms"
              f"{row['longest_ms']:>7.0f} ms{row['cpu_percent']:>7.1f} %{row['memory_mb']:>7.0f} MB"
              f"{row['fixed_work_ms']:>10.0f} ms")
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"machine": measuring.machine(), "figures": figures, "rounds": rounds}, indent=1))


if __name__ == "__main__":
    main()
