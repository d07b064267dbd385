#!/usr/bin/env python3
"""Speech to text side by side: riposte, faster-whisper and whisper.cpp over the same recordings, in turns.

    python3 -m venv venv && venv/bin/pip install numpy faster-whisper pywhispercpp
    venv/bin/python Benchmarks/stt_peer.py FOLDER --whisper base=CTRANSLATE2_FOLDER \\
        [--whisper tiny.en=CTRANSLATE2_FOLDER] [--limit 30] [--rounds 3] [--labels] [--json OUT]

requirements: numpy, faster-whisper, pywhispercpp; a built riposte with its models; Linux.

FOLDER has WAV files (16 kHz, 16 bit, mono). `--whisper` names a size as riposte does, and the same weights as a
CTranslate2 folder; for whisper.cpp they are written as ggml (f16) by ggml_model.py. Every engine decodes greedily in
English (faster-whisper also with beam 5), without timestamps and without its retries at higher temperature, on all
cores, and is given each recording as samples, cold.

In each round every engine runs once in a process of its own, in random order: it loads, transcribes the first
recording once uncounted, then each. A fixed piece of work (products of matrices) is timed beside each run, because a
machine's own speed drifts: only the ratios within one round count. The table has medians over the rounds. CPU each
is the CPU time of one recording in the mean, on all cores.

`--labels` also counts the commands understood, by the folder's labels.json: for riposte by its own `bench stt
--labels`, for the others by the same rules in command_scoring.py.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy

import command_scoring
import ggml_model
import measuring

PEERS = ["faster-whisper beam 1", "faster-whisper beam 5", "whisper.cpp"]


def faster_whisper(model, beam):
    from faster_whisper import WhisperModel

    engine = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=os.cpu_count())

    def transcribe(samples):
        segments, _ = engine.transcribe(
            samples, language="en", beam_size=beam, without_timestamps=True, temperature=0,
            condition_on_previous_text=False)
        return "".join(segment.text for segment in segments)

    return transcribe


def whisper_cpp(model):
    from pywhispercpp.model import Model

    engine = Model(
        model, redirect_whispercpp_logs_to=None, n_threads=os.cpu_count(), language="en", no_timestamps=True,
        print_progress=False, temperature_inc=0.0, greedy={"best_of": 1})
    return lambda samples: "".join(segment.text for segment in engine.transcribe(samples))


def run_peer(name, model, files):
    """The other side of `peer`, in a process of its own: a line of JSON with every time and text."""
    transcribe = whisper_cpp(model) if name == "whisper.cpp" else faster_whisper(model, int(name.split()[-1]))
    sounds = [measuring.read_wave(file)[0].astype(numpy.float32) / 32768 for file in files]
    transcribe(sounds[0])
    times, texts = [], []
    cpu = time.process_time()
    for sound in sounds:
        start = time.perf_counter()
        texts.append(transcribe(sound))
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / len(sounds)
    print(json.dumps({"times": times, "texts": texts, "cpu": cpu, "memory": measuring.peak_memory()}))


def peer(name, model, files):
    command = [sys.executable, __file__, "--run-peer", name, str(model), *map(str, files)]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    if process.returncode:
        raise SystemExit(f"{name} has failed; what it said is above.")
    result = json.loads(process.stdout.splitlines()[-1])
    return {"median": measuring.median(result["times"]), "p95": measuring.p95(result["times"]), **result}


def riposte(arguments, size, count):
    rows, cpu, memory = riposte_bench(arguments, size, count)
    # What loading takes, the uncounted recording and the first one go with a run over one recording.
    _, once, _ = riposte_bench(arguments, size, 1)
    row = next(row for row in rows if row["metric"] == "final transcript")
    cpu = None if count == 1 else (cpu - once) * 1000 / (count - 1)
    return {"median": row["median"], "p95": row["p95"], "cpu": cpu, "memory": memory}


def riposte_bench(arguments, size, count, *more):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        _, cpu, memory = measuring.run_measured([
            arguments.riposte, "bench", "stt", arguments.folder, "--model", size, "--limit", str(count),
            "--json", out.name, *more])
        return json.load(open(out.name))["rows"], cpu, memory


def understood(arguments, size, files, last):
    """The share of commands right of each engine, in per cent, from the texts of the last round."""
    rows, _, _ = riposte_bench(arguments, size, len(files), "--labels")
    shares = {"riposte": next(row["median"] for row in rows if row["metric"] == "commands right")}
    commands = command_scoring.Commands(arguments.folder)
    for name in PEERS:
        marks = [commands.is_right(text, file.name) for file, text in zip(files, last[name]["texts"])]
        marks = [mark for mark in marks if mark is not None]
        shares[name] = 100 * sum(marks) / len(marks)
    return shares


def tabulate(size, rounds, shares):
    print(f"\n{size:<24}{'median':>10}{'p95':>10}{'× riposte':>11}{'CPU each':>11}{'memory':>10}{'right':>9}"
          f"{'fixed work':>13}")
    figures = {}
    for name in ["riposte", *PEERS]:
        runs = [results[size, name] for results in rounds]
        figures[name] = row = {
            "median_ms": measuring.median([run["median"] for run in runs]),
            "p95_ms": measuring.median([run["p95"] for run in runs]),
            "ratio": measuring.median(
                [results[size, name]["median"] / results[size, "riposte"]["median"] for results in rounds]),
            "cpu_ms_each": None if runs[0]["cpu"] is None else measuring.median([run["cpu"] for run in runs]),
            "memory_mb": max(run["memory"] for run in runs),
            "commands_right_percent": shares.get(name),
            "fixed_work_ms": measuring.median([run["fixed_work"] for run in runs]),
        }
        cpu = "–" if row["cpu_ms_each"] is None else f"{row['cpu_ms_each']:.0f} ms"
        right = "–" if row["commands_right_percent"] is None else f"{row['commands_right_percent']:.1f} %"
        print(f"{name:<24}{row['median_ms']:>7.0f} ms{row['p95_ms']:>7.0f} ms{row['ratio']:>11.2f}"
              f"{cpu:>11}{row['memory_mb']:>7.0f} MB{right:>9}{row['fixed_work_ms']:>10.0f} ms")
    return figures


def main():
    if sys.argv[1:2] == ["--run-peer"]:
        return run_peer(sys.argv[2], sys.argv[3], sys.argv[4:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--riposte", default=".build/release/riposte")
    parser.add_argument("--whisper", action="append", required=True, metavar="SIZE=FOLDER")
    parser.add_argument("--limit", type=int, default=30, help="at most so many recordings; 0 takes all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--labels", action="store_true", help="also count the commands understood")
    parser.add_argument("--seed", type=int, default=1, help="of the random order")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures and every round to this file")
    arguments = parser.parse_args()

    files = measuring.recordings(arguments.folder, arguments.limit)
    sizes = dict(size.split("=", 1) for size in arguments.whisper)
    turns = [(size, engine) for size in sizes for engine in ["riposte", *PEERS]]
    shuffle = random.Random(arguments.seed)
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        ggml = {size: pathlib.Path(name) / f"{size}.bin" for size in sizes}
        for size, folder in sizes.items():
            ggml_model.write(pathlib.Path(folder), ggml[size])
        for number in range(arguments.rounds):
            results = {}
            for size, engine in shuffle.sample(turns, len(turns)):
                work = measuring.fixed_work()
                if engine == "riposte":
                    result = riposte(arguments, size, len(files))
                else:
                    result = peer(engine, ggml[size] if engine == "whisper.cpp" else sizes[size], files)
                results[size, engine] = {**result, "fixed_work": work}
                print(f"  round {number + 1}  {size}  {engine}: median {result['median']:.0f} ms,"
                      f" fixed work {work:.0f} ms", file=sys.stderr, flush=True)
            rounds.append(results)
    print(f"{len(files)} recordings, {arguments.rounds} rounds")
    figures = {}
    for size in sizes:
        last = {engine: rounds[-1][size, engine] for engine in PEERS}
        shares = understood(arguments, size, files, last) if arguments.labels else {}
        figures[size] = tabulate(size, rounds, shares)
    if arguments.json:
        lines = [{f"{size} {engine}": run for (size, engine), run in results.items()} for results in rounds]
        arguments.json.write_text(json.dumps(
            {"machine": measuring.machine(), "recordings": len(files), "figures": figures, "rounds": lines}, indent=1))


if __name__ == "__main__":
    main()
