#!/usr/bin/env python3
"""Wake words side by side: riposte and the engines' own Python packages over the same recordings, frame by frame.

    python3 -m venv venv && venv/bin/pip install numpy pvporcupine==1.9.5
    venv/bin/python Benchmarks/wake_peer.py FOLDER [--sensitivity 0.7] [--riposte .build/release/riposte]

requirements: numpy, pvporcupine 1.9.5; a built riposte with the model porcupine.

FOLDER has a folder of WAV files (16 kHz, 16 bit, mono) for each word, named after it. Both are told to listen for all of
these words at once. Printed are the words missed by each, and every recording in which they differ by a single frame;
the exit code is 1 when there is one. `Tools/reference/wake_words.py` does the same for the tests, with openWakeWord.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

import pvporcupine

import measuring


def own_package(files, words, sensitivity):
    """Frames in which a word is told, by file, with the engine's own package."""
    told = {}
    for file in files:
        engine = pvporcupine.create(keywords=words, sensitivities=[sensitivity] * len(words))
        samples, _ = measuring.read_wave(file)
        frames = []
        for frame in range(len(samples) // engine.frame_length):
            start = frame * engine.frame_length
            index = engine.process(samples[start:start + engine.frame_length])
            if index >= 0:
                frames.append((frame, words[index]))
        engine.delete()
        told[str(file)] = frames
    return told


def riposte(program, files, words, sensitivity):
    """The same with riposte."""
    command = [program, "listen", "--wake-engine", "porcupine", "--format", "json", "--sensitivity", str(sensitivity)]
    for word in words:
        command += ["--wake", word]
    output = subprocess.run(
        command + ["--input"] + [str(file) for file in files], check=True, capture_output=True, text=True).stdout
    told = collections.defaultdict(list)
    for line in output.splitlines():
        heard = json.loads(line)
        told[heard["file"]].append((round(heard["atMs"] / 32) - 1, heard["word"]))
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--sensitivity", type=float, default=0.7)
    parser.add_argument("--riposte", default=".build/release/riposte")
    arguments = parser.parse_args()
    words = sorted(path.name for path in pathlib.Path(arguments.folder).iterdir() if path.name in pvporcupine.KEYWORDS)
    files = [file for word in words for file in measuring.recordings(pathlib.Path(arguments.folder) / word, 0)]
    theirs = own_package(files, words, arguments.sensitivity)
    ours = riposte(arguments.riposte, files, words, arguments.sensitivity)
    different = [file for file in map(str, files) if theirs[file] != ours[file]]
    for word in words:
        own = [str(file) for file in files if file.parent.name == word]
        missed = [sum(all(heard != word for _, heard in told[file]) for file in own) for told in (theirs, ours)]
        print(f"{word}: missed {missed[0]} by the package, {missed[1]} by riposte, of {len(own)}")
    for file in different:
        print(f"{file}: the package {theirs[file]}, riposte {ours[file]}")
    print(f"{len(files) - len(different)} of {len(files)} recordings equal, frame by frame")
    sys.exit(1 if different else 0)


main()
