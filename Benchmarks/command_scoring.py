"""Which spoken commands a transcript has right, by a folder's labels.json: the rules of `riposte bench stt --labels`.

A transcript is right when every slot's value is there, in the words of the label and as often as in the label, and
there is nothing else that would fill a slot. What all labels together name is taken for the values there are.
"""
import json
import pathlib
import re
import unicodedata

SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SAME = {"oz": "ounce", "ozs": "ounce", "ounces": "ounce"}
# Words that also stand outside of any slot.
COMMON = {"a", "an", "the", "of", "and", "with", "to", "some"}


def spoken(text):
    """The words as they would be said: without case, accents and signs, numbers below a hundred in words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    words = []
    for word in re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+|&", plain):
        if word.isdigit() and int(word) < 100:
            number = int(word)
            if number >= 20:
                words.append(TENS[number // 10 - 2])
            if number < 20 or number % 10:
                words.append(SMALL[number if number < 20 else number % 10])
        else:
            words.append("and" if word == "&" else SAME.get(word, word))
    return words


class Commands:
    def __init__(self, folder):
        labels = json.loads((pathlib.Path(folder) / "labels.json").read_text())
        self.slots = {file: [(slot, tuple(spoken(value))) for slot, value in label["slots"].items()]
                      for file, label in labels.items()}
        phrases = {phrase for slots in self.slots.values() for phrase in slots if phrase[1]}
        self.phrases = sorted(phrases, key=lambda phrase: (len(phrase[1]), phrase[0]), reverse=True)
        self.vocabulary = {}
        for slot, words in phrases:
            self.vocabulary.setdefault(slot, set()).update(words)
        self.own = set().union(*self.vocabulary.values()) - COMMON

    def is_right(self, transcript, file):
        """None for a file without a label."""
        if file not in self.slots:
            return None
        found = self.values(spoken(transcript))
        return found is not None and sorted(found) == sorted(self.slots[file])

    def values(self, words):
        """The slots with their values; None when some word would be part of a value and is not."""
        values, loose, index = [], [], 0
        while index < len(words):
            phrase = next(
                (p for p in self.phrases if tuple(words[index:index + len(p[1])]) == p[1]), None)
            if phrase is None:
                loose.append(words[index])
                index += 1
                continue
            if self.belongs(loose, phrase[0]):
                return None
            loose = []
            values.append(phrase)
            index += len(phrase[1])
        return None if self.belongs(loose, None) else values

    def belongs(self, loose, slot):
        """Whether words outside of any value would be part of one."""
        if self.own.intersection(loose):
            return True
        return bool(slot and loose and loose[-1] == "some" and "some" in self.vocabulary[slot])
