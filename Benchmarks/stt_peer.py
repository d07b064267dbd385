#!/usr/bin/env python3
"""Speech to text side by side: riposte and faster-whisper over the same files, in turns.

    python3 -m venv venv && venv/bin/pip install faster-whisper
    venv/bin/python Benchmarks/stt_peer.py FOLDER --peer-model CTRANSLATE2_FOLDER [--limit 30] [--rounds 2]

Each engine is loaded once a round and transcribes every file from cold sound. The machine's speed drifts, so
the engines take turns and only ratios within one run count.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--riposte", default=".build/release/riposte")
parser.add_argument("--model", default="base")
parser.add_argument("--peer-model", required=True, help="the same weights as a CTranslate2 folder")
parser.add_argument("--limit", type=int, default=30)
parser.add_argument("--rounds", type=int, default=2)
arguments = parser.parse_args()
files = sorted(arguments.folder.glob("*.wav"))[: arguments.limit]


def riposte():
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(
            [arguments.riposte, "bench", "stt", str(arguments.folder), "--model", arguments.model,
             "--limit", str(arguments.limit), "--json", out.name],
            check=True, stdout=subprocess.DEVNULL)
        rows = json.load(open(out.name))["rows"]
    return next(row["median"] for row in rows if row["metric"] == "final transcript")


def faster_whisper():
    from faster_whisper import WhisperModel

    model = WhisperModel(arguments.peer_model, device="cpu", compute_type="int8", cpu_threads=2)
    times = []
    for file in files[:1] + files:
        start = time.perf_counter()
        segments, _ = model.transcribe(
            str(file), language="en", beam_size=1, without_timestamps=True, temperature=0,
            condition_on_previous_text=False)
        list(segments)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])


ours, theirs = [], []
for round in range(arguments.rounds):
    ours.append(riposte())
    theirs.append(faster_whisper())
    print(f"round {round + 1}: riposte {ours[-1]:.0f} ms, faster-whisper int8 beam 1 {theirs[-1]:.0f} ms,"
          f" ratio {theirs[-1] / ours[-1]:.1f}")
print(f"{arguments.model}, {len(files)} files: riposte {statistics.median(ours):.0f} ms,"
      f" faster-whisper {statistics.median(theirs):.0f} ms, median ratio"
      f" {statistics.median(t / o for o, t in zip(ours, theirs)):.1f}")
