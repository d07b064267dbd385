#!/usr/bin/env python3
"""Response latency through a real sound server: what a person in front of the machine would hear.

    Benchmarks/loop_back.py FOLDER [--limit 20] [--riposte .build/release/riposte]

Needs numpy and PulseAudio (`pulseaudio`, `pulseaudio-utils`, `libasound2-plugins`), no sound card: one silent sink with
two channels is the air between the two. A recording is played into the left one, which the microphone hears; the
assistant answers into the right one. Both are recorded together, on one clock, and the latency is read off: from the
true end of speech on the left (of the folder's speech-ends.json) to the first sample of at least 1 % of full scale on
the right. `riposte talk` holds one long conversation; what its own trace says is shown beside it.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import numpy

import measuring

RATE = 16_000
# A sound is a sample of at least 1 % of full scale.
SOUND = 328
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--riposte", default=".build/release/riposte")
parser.add_argument("--limit", type=int, default=20)
parser.add_argument("--json", type=pathlib.Path)
arguments = parser.parse_args()

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

    def channel(self, which, start):
        data = numpy.fromfile(self.file, numpy.int16, offset=start * 4)
        return data[: len(data) // 2 * 2][which::2].astype(int)

    def is_silent(self, seconds):
        return not (abs(self.channel(1, max(0, self.length() - int(seconds * RATE)))) >= SOUND).any()


def offset(samples, heard):
    """Where a recording begins in what was heard of it, by its loudest moment."""
    samples = samples.astype(int)
    loudest = int(abs(samples).argmax())
    first = max(0, loudest - 200)
    pattern = samples[first:loudest + 200]
    best, least = None, float("inf")
    for candidate in numpy.nonzero(abs(heard) >= 0.95 * abs(samples[loudest]))[0]:
        part = heard[candidate - (loudest - first):][: len(pattern)]
        if candidate >= loudest - first and len(part) == len(pattern):
            distance = abs(part - pattern).sum()
            if distance < least:
                best, least = int(candidate) - loudest, distance
    return best


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
    ends = measuring.speech_ends(arguments.folder)
    latencies, unanswered, early = [], 0, 0
    for file in measuring.recordings(arguments.folder, arguments.limit):
        begin = air.length()
        subprocess.run(["paplay", "--device=user", str(file)], env=environment, check=True)
        until = time.time() + 8
        while time.time() < until and air.is_silent(0.3):
            time.sleep(0.05)
        while not air.is_silent(1.0):
            time.sleep(0.1)
        time.sleep(2)
        at = offset(measuring.read_wave(file)[0], air.channel(0, begin))
        sounds = numpy.nonzero(abs(air.channel(1, begin)) >= SOUND)[0]
        if at is None or not len(sounds):
            unanswered += 1
            print(f"  {file.name}: no answer", flush=True)
            continue
        latency = (int(sounds[0]) - at) * 1000 / RATE - ends[file.name] * 1000
        early += latency < 0
        latencies.append(latency)
        print(f"  {file.name}: {latency:.0f} ms", flush=True)
    told = [json.loads(line).get("responseLatencyMs") for line in trace.read_text().splitlines()]
    told = [value for value in told if value is not None]
    figures = {"answered": len(latencies), "unanswered": unanswered, "early": early}
    if latencies and told:
        figures.update(
            medianMs=measuring.median(latencies), p95Ms=measuring.p95(latencies), traceMedianMs=measuring.median(told))
    print("  through the sound server: " + ", ".join(f"{key} {value:.0f}" for key, value in figures.items()))
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
