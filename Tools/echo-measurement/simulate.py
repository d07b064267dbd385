"""Simulated rooms for measuring echo cancellation: loudspeaker, delay, room, microphone.

    python simulate.py FAR NEAR SCENES

FAR holds sentences of the assistant (WAV, 16 kHz mono), one file each, grouped by the voice's name before
the first digit (hibari0.wav, joe3.wav). NEAR holds what people say (the recordings' `commands`). SCENES gets
one NAME.f32 for each scene, five rows of 32-bit floats (microphone, reference, near, echo, noise), and
scenes.json. In each, the assistant speaks alone for 12 s (1.3 s in the `early` ones), then somebody speaks too.
"""

import glob
import json
import sys
import wave

import numpy as np

RATE = 16000
NEAR_LEVEL = -26  # dBFS while the person speaks


def load(path):
    with wave.open(path) as file:
        assert file.getframerate() == RATE
        return np.frombuffer(file.readframes(1 << 30), "<i2") / 32768.0


def active_rms(samples):
    energies = (samples[: len(samples) // 320 * 320].reshape(-1, 320) ** 2).mean(1)
    return np.sqrt(energies[energies > energies.max() * 10**-3.5].mean())


def convolve(samples, response):
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]


def room_response(rng, rt60):
    """Images of the source in a random box for 50 ms, then noise that decays with the same reverberation time."""
    box = rng.uniform([3, 3, 2.4], [6, 5, 3])
    source = box * [rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), 0] + [0, 0, rng.uniform(0.7, 1.2)]
    direction = rng.normal(size=3) * [1, 1, 0.3]
    distance = rng.uniform(0.15, 0.8)
    microphone = np.clip(source + direction / np.linalg.norm(direction) * distance, 0.1, box - 0.1)
    surface = 2 * (box[0] * box[1] + box[1] * box[2] + box[0] * box[2])
    reflection = np.sqrt(1 - min(0.95, 0.161 * box.prod() / (surface * rt60)))

    response = np.zeros(int(rt60 * RATE * 1.1) + 800)
    early = int(0.05 * RATE)
    orders = np.meshgrid(*[np.arange(-8, 9)] * 3, indexing="ij")
    for mirror in np.ndindex(2, 2, 2):
        offsets = [(1 - 2 * m) * s + 2 * n * b - p for m, s, n, b, p in zip(mirror, source, orders, box, microphone)]
        way = np.sqrt(sum(o**2 for o in offsets)).ravel()
        bounces = sum(abs(n - m) + abs(n) for n, m in zip(orders, mirror)).ravel()
        times = way / 343 * RATE
        whole = times.astype(int)
        inside = whole < early - 1
        strength = (reflection**bounces / way)[inside]
        fraction = (times - whole)[inside]
        np.add.at(response, whole[inside], strength * (1 - fraction))
        np.add.at(response, whole[inside] + 1, strength * fraction)
    decay = np.exp(-6.91 * np.arange(len(response)) / RATE / rt60)
    level = np.sqrt(np.mean(response[early - 320 : early - 20] ** 2)) / decay[early - 170]
    response[early:] += (rng.normal(size=len(response)) * decay * level)[early:]
    first = np.argmax(abs(response) > 1e-3)
    return response[first:] / np.sqrt(np.sum(response**2))


def loudspeaker(samples, strength):
    """Saturation, a little of the square, and no bass below 150 Hz."""
    samples = samples / np.abs(samples).max() * 0.8
    bent = np.tanh(1.2 * strength * samples) / (1.2 * strength) + 0.02 * strength * samples**2
    spectrum = np.fft.rfft(bent)
    ratio = (np.fft.rfftfreq(len(bent), 1 / RATE) / 150) ** 2
    return np.fft.irfft(spectrum * ratio / np.sqrt(1 + ratio**2), len(bent))


def scene(name, seed, level, voice, far, near, single=12.0, delay=None, jump=0, move=0, strength=1.0, drift=0):
    rng = np.random.default_rng(seed)
    rt60 = rng.uniform(0.2, 0.5)
    delay = rng.uniform(0.02, 0.12) if delay is None else delay
    pieces = [np.zeros(int(0.3 * RATE))]
    for path in list(rng.permutation(far[voice])) * 2:
        pieces += [load(path), np.zeros(int(rng.uniform(0.3, 0.8) * RATE))]
    reference = np.concatenate(pieces)
    person = [np.zeros(int(single * RATE))]
    for path in rng.choice(near, 4, replace=False):
        said = load(path)
        person += [said / active_rms(said) * 10 ** (NEAR_LEVEL / 20), np.zeros(int(rng.uniform(0.5, 1) * RATE))]
    person = np.concatenate(person)
    length = min(len(person), int((single + 14) * RATE), len(reference)) // 512 * 512
    person, reference = person[:length], reference[:length]

    played = loudspeaker(reference, strength)
    echo = convolve(played, room_response(rng, rt60))
    if move:  # the loudspeaker is carried elsewhere within 100 ms
        mix = np.clip((np.arange(length) - move * RATE) / 1600, 0, 1)
        echo = (1 - mix) * echo + mix * convolve(played, room_response(rng, rt60))
    if drift:  # parts in a million by which the clocks differ
        echo = np.interp(np.arange(length) * (1 + drift * 1e-6), np.arange(length), echo)
    echo = np.concatenate([np.zeros(int(delay * RATE)), echo])[:length]
    if jump:  # 50 ms more from here on
        at = int(jump * RATE)
        echo[at + 800 :] = echo[at : length - 800].copy()
    echo *= 10 ** ((NEAR_LEVEL + level) / 20) / active_rms(echo)
    spectrum = np.fft.rfft(rng.normal(size=length))
    noise = np.fft.irfft(spectrum / np.sqrt(1 + (np.fft.rfftfreq(length, 1 / RATE) / 500) ** 2), length)
    noise *= 10 ** (-66 / 20) / noise.std()
    microphone = np.clip(person + echo + noise, -1, 1)
    reference = reference / np.abs(reference).max() * 0.8
    rows = np.stack([microphone, reference, person, echo, noise]).astype("<f4")
    return rows, dict(name=name, length=length, level=level, single=single, delay=delay, rt60=rt60)


def main(far_folder, near_folder, out):
    far = {}
    for path in sorted(glob.glob(f"{far_folder}/*.wav")):
        far.setdefault(path.split("/")[-1].rstrip("0123456789.wav"), []).append(path)
    near = sorted(glob.glob(f"{near_folder}/*.wav"))
    voices = sorted(far)
    plans = [(f"room{r}at{level}", 7000 + 31 * r, level, {}) for r in range(10) for level in (-20, -10, 0, 10)]
    plans += [(f"early{k}", 7300 + k, 0, dict(single=1.3)) for k in range(6)]
    plans += [(f"move{k}", 7400 + k, 0, dict(move=7.0)) for k in range(4)]
    plans += [(f"jump{k}", 7500 + k, 0, dict(jump=8.0)) for k in range(4)]
    plans += [("distorted", 7201, 0, dict(strength=2.0)), ("drift", 7202, 0, dict(drift=50))]
    plans += [("close", 7600, 0, dict(delay=0.002)), ("distant", 7601, 0, dict(delay=0.28))]
    index = []
    for number, (name, seed, level, extra) in enumerate(plans):
        rows, about = scene(name, seed, level, voices[number % len(voices)], far, near, **extra)
        rows.tofile(f"{out}/{name}.f32")
        index.append(about)
    with open(f"{out}/scenes.json", "w") as file:
        json.dump(index, file, indent=1)
    print(len(index), "scenes,", round(sum(s["length"] for s in index) / RATE), "seconds")


if __name__ == "__main__":
    main(*sys.argv[1:])
