#!/usr/bin/env python3
"""Response latency through a real sound server: what a person in front of the machine would hear.

    Benchmarks/loop_back.py FOLDER [--limit 20] [--riposte .build/release/riposte]

Needs PulseAudio (`pulseaudio`, `pulseaudio-utils`, `libasound2-plugins`), no sound card: one silent sink with two
channels is the air between the two. A recording is played into the left one, which the microphone hears; the assistant
answers into the right one. Both are recorded together, on one clock, and the latency is read off: from the true end of
speech on the left (speech-ends.json, else the rule of −35 dB) to the first sample of at least 1 % of full scale on the
right. `riposte talk` holds one long conversation; what its own trace says is shown beside it.
"""
import argparse
import array
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time
import wave

RATE = 16_000
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--riposte", default=".build/release/riposte")
parser.add_argument("--limit", type=int, default=20)
parser.add_argument("--json", type=pathlib.Path)
arguments = parser.parse_args()
files = sorted(arguments.folder.glob("*.wav"))[: arguments.limit]
ends_file = arguments.folder / "speech-ends.json"
ends = json.loads(ends_file.read_text())["files"] if ends_file.exists() else {}

place = pathlib.Path(tempfile.mkdtemp(prefix="riposte-air-", dir="/tmp"))
place.chmod(0o700)
environment = dict(
    os.environ, PULSE_SERVER=f"unix:{place}/socket", PULSE_COOKIE=f"{place}/cookie", XDG_RUNTIME_DIR=str(place),
    PULSE_RUNTIME_PATH=str(place), PULSE_STATE_PATH=str(place))
children = []


def start(*command, **options):
    child = subprocess.Popen(command, env=environment, **options)
    children.append(child)
    return child


def control(*command):
    return subprocess.run(["pactl", *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def serve():
    modules = [
        f"module-native-protocol-unix socket={place}/socket auth-anonymous=1",
        f"module-null-sink sink_name=air rate={RATE} channels=2 channel_map=left,right",
        "module-remap-sink sink_name=user master=air channels=1 master_channel_map=left channel_map=mono remix=no",
        "module-remap-sink sink_name=assistant master=air channels=1 master_channel_map=right channel_map=mono remix=no",
        "module-remap-source source_name=ear master=air.monitor channels=1 master_channel_map=left channel_map=mono"
        " remix=no",
    ]
    loads = [part for module in modules for part in ("-L", module)]
    start("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", *loads,
          stderr=subprocess.DEVNULL)
    for _ in range(100):
        if control("set-default-source", "ear").returncode == 0 and control("set-default-sink", "assistant").returncode == 0:
            return
        time.sleep(0.05)
    raise SystemExit("the sound server does not start")


class Air:
    """What is in the air, recorded as it sounds."""

    def __init__(self):
        self.file = place / "air.raw"
        start("parec", "--device=air.monitor", "--latency-msec=10", "--raw", "--format=s16le", f"--rate={RATE}",
              "--channels=2", "--channel-map=left,right", str(self.file))
        while not self.file.exists() or self.length() == 0:
            time.sleep(0.02)

    def length(self):
        return self.file.stat().st_size // 4

    def channel(self, which, start, end=None):
        with self.file.open("rb") as file:
            file.seek(start * 4)
            data = file.read() if end is None else file.read((end - start) * 4)
        samples = array.array("h")
        samples.frombytes(data[: len(data) // 4 * 4])
        return samples[which::2]

    def is_silent(self, seconds):
        now = self.length()
        return max((abs(x) for x in self.channel(1, max(0, now - int(seconds * RATE)))), default=0) < 328


def first_loud(samples, level=328):
    return next((index for index, sample in enumerate(samples) if abs(sample) >= level), None)


def speech_end(samples):
    """The rule of speech-ends.json: the end of the last frame of 30 ms above -35 dB of the loudest."""
    frames = [sum(x * x for x in samples[i:i + 480]) for i in range(0, len(samples) - 479, 480)]
    least = max(frames) * 10 ** -3.5
    return (max(index for index, energy in enumerate(frames) if energy > least) + 1) * 480


def original(file):
    with wave.open(str(file)) as sound:
        samples = array.array("h")
        samples.frombytes(sound.readframes(sound.getnframes()))
    return samples


def offset(samples, heard):
    """Where a recording begins in what was heard of it, by its loudest moment."""
    loudest = max(range(len(samples)), key=lambda index: abs(samples[index]))
    pattern = samples[max(0, loudest - 200):loudest + 200]
    candidates = [index for index in range(len(heard)) if abs(heard[index]) >= 0.95 * abs(samples[loudest])]

    def distance(at):
        part = heard[at - (loudest - max(0, loudest - 200)):][: len(pattern)]
        return sum(abs(a - b) for a, b in zip(part, pattern)) if len(part) == len(pattern) else float("inf")

    best = min(candidates, key=distance, default=None)
    return None if best is None else best - loudest


def main():
    serve()
    air = Air()
    trace, log = place / "trace.jsonl", place / "talk.log"
    talk = start(arguments.riposte, "talk", "--trace", str(trace), "--quiet", "0", stdout=log.open("w"))
    while "ready" not in log.read_text():
        if talk.poll() is not None:
            raise SystemExit(log.read_text())
        time.sleep(0.1)
    time.sleep(1)
    latencies, unanswered, early = [], 0, 0
    for file in files:
        begin = air.length()
        subprocess.run(["paplay", "--device=user", str(file)], env=environment, check=True)
        until = time.time() + 8
        while time.time() < until and air.is_silent(0.3):
            time.sleep(0.05)
        while not air.is_silent(1.0):
            time.sleep(0.1)
        time.sleep(2)
        samples = original(file)
        at = offset(samples, air.channel(0, begin))
        end = ends.get(file.name, {})
        end = end.get("effectiveEndSeconds") or end.get("speechEndSeconds")
        end = int(end * RATE) if end else speech_end(samples)
        sound = first_loud(air.channel(1, begin))
        if at is None or sound is None:
            unanswered += 1
            print(f"  {file.name}: no answer", flush=True)
            continue
        latency = (sound - at - end) * 1000 / RATE
        early += latency < 0
        latencies.append(latency)
        print(f"  {file.name}: {latency:.0f} ms", flush=True)
    told = [json.loads(line).get("responseLatencyMs") for line in trace.read_text().splitlines()]
    told = [value for value in told if value is not None]
    ordered = sorted(latencies)
    figures = {
        "answered": len(ordered), "unanswered": unanswered, "early": early,
        "medianMs": statistics.median(ordered) if ordered else None,
        "p95Ms": ordered[max(0, -(-95 * len(ordered) // 100) - 1)] if ordered else None,
        "traceMedianMs": statistics.median(told) if told else None,
    }
    print("  through the sound server: " + ", ".join(
        f"{key} {value:.0f}" for key, value in figures.items() if value is not None))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


try:
    main()
finally:
    for child in reversed(children):
        child.terminate()
    for child in children:
        child.wait()
    shutil.rmtree(place, ignore_errors=True)
