"""Writes what the `tokenizers` package makes of varied text with Whisper's two vocabularies.

    python tokens.py NAME=TOKENIZER_JSON … > Tests/RiposteListeningTests/Fixtures/tokens.json
"""

import json
import sys

from tokenizers import Tokenizer

TEXTS = [
    "", " ", "Hello", " Hello world", "I'd like a large latte, please.", "don't we'll they're I'VE you'd it's 'tis",
    "  two  spaces   here ", "tabs\tand\nnew lines\n\n  indented", "trailing spaces   ", "3.14159 and 1,000,000 in 2024",
    "naïve café Ünïcödé", "Straße, Größe, weiß", "Привет, как дела?", "你好，世界", "こんにちは世界", "한국어 문장입니다",
    "مرحبا بالعالم", "emoji 😀👍🏽 and 👨‍👩‍👧", "e\u0301 combining", "nbsp\u00a0here\u3000wide", "²³ ½ Ⅷ ٣٤", "a_b-c/d\\e@f#g$h%i^j&k*",
    "ALLCAPS MixedCase camelCase", "http://example.org/path?x=1&y=2", "...!!!???", "“quoted” ‘single’ — dash…",
    "<|startoftranscript|><|notimestamps|> with specials<|endoftext|>", "x" * 70, "antidisestablishmentarianism",
    "\u0000\u0001control\u007f", "zero\u200bwidth", "mixed123abc 12ab ab12", "'s 's's", "\r\nwindows\r\n", " \u2028line",
]


def main() -> None:
    result = {}
    for argument in sys.argv[1:]:
        name, path = argument.split("=", 1)
        tokenizer = Tokenizer.from_file(path)
        rows = []
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            rows.append({
                "text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                "beginnings": [tokenizer.decode(ids[:k]) for k in range(len(ids))] if len(ids) < 24 else [],
            })
        result[name] = rows
    json.dump(result, sys.stdout, ensure_ascii=True)
    print()


if __name__ == "__main__":
    main()
