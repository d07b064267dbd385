"""What the scripts beside it share: the recordings, the spread of figures, the machine and its momentary speed."""
import json
import os
import pathlib
import platform
import time
import wave

import numpy


def recordings(folder, limit):
    """The WAV files of a folder in order of name; `limit` 0 takes all."""
    files = sorted(pathlib.Path(folder).glob("*.wav"))
    if not files:
        raise SystemExit(f"There are no WAV files in {folder}.")
    return files[:limit] if limit else files


def speech_ends(folder):
    """The true end of speech by file name, in seconds, from the folder's speech-ends.json.

    A file whose end by the rule is a late noise counts by its `effectiveEndSeconds`.
    """
    file = pathlib.Path(folder) / "speech-ends.json"
    if not file.exists():
        raise SystemExit(f"{file} is needed: the true end of speech in each recording.")
    files = json.loads(file.read_text())["files"]
    return {name: entry.get("effectiveEndSeconds", entry["speechEndSeconds"]) for name, entry in files.items()}


def read_wave(path):
    """The samples (int16, one channel) of a WAV file, and their rate."""
    with wave.open(str(path)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise SystemExit(f"{path} is not 16-bit mono.")
        return numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16), file.getframerate()


def write_wave(path, samples, rate):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(numpy.asarray(samples, numpy.int16).tobytes())


def median(values):
    """The middle value, the lower one of two, as `riposte bench` has it."""
    return sorted(values)[(len(values) - 1) // 2]


def p95(values):
    """The smallest value that at least 95 % are not above, as `riposte bench` has it."""
    return sorted(values)[-(-95 * len(values) // 100) - 1]


def fixed_work():
    """Milliseconds of a fixed piece of work on one core: how fast the machine is just now."""
    # Matrices too small for the linear algebra to bring in further threads, whose waiting for each other would count.
    matrices = numpy.random.default_rng(1).standard_normal((2000, 48, 48)).astype(numpy.float32)
    start = time.perf_counter()
    product = matrices
    for _ in range(10):
        product = product @ matrices
        product /= numpy.abs(product).max()
    return (time.perf_counter() - start) * 1000


def machine():
    """What figures were measured on."""
    model = platform.processor()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {"processors": os.cpu_count(), "model": model, "load": os.getloadavg()[0]}


def peak_memory():
    """The most memory this process has had resident, in megabytes (10⁶ bytes)."""
    status = pathlib.Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def run_measured(command, **options):
    """Runs a command to its end: its output, CPU seconds, and peak memory in megabytes.

    Raises SystemExit with the command's own words when it fails.
    """
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **options)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{text}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6
