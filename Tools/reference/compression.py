"""Writes the compression ratios that Whisper's loop guard works with (zlib), for sentences and for loops.

    python compression.py > Tests/RiposteListeningTests/Fixtures/compression.json
"""

import json
import sys
import zlib

SENTENCES = [
    "Can I have a light roast 12 ounce coffee?",
    "Make me a double shot medium roast cappuccino with a lot of cream.",
    "It was the first day of spring, and the whole town had come out to see the boats go by.",
    "Set a timer for ten minutes. Then remind me to call my mother at half past six.",
    "The quick brown fox jumps over the lazy dog while seven wizards mix hazy jumbo potions.",
]
PHRASES = ["so", "I like coffee,", "thank you very much.", "and then we went to the store and", "Can I have a"]


def main() -> None:
    texts = SENTENCES + [" ".join(SENTENCES)]
    texts += [" ".join([phrase] * count) for phrase in PHRASES for count in (2, 4, 8, 16, 40)]
    texts += [sentence + " " + " ".join(["with milk"] * count) for sentence in SENTENCES for count in (3, 12, 30)]
    json.dump(
        [{"text": text, "ratio": round(len(text.encode()) / len(zlib.compress(text.encode())), 3)} for text in texts],
        sys.stdout)
    print()


if __name__ == "__main__":
    main()
