"""Which of the three working languages a text is written in."""

import re

# Letters that Kyrgyz adds to the Russian alphabet; Kazakh shares them but has more of its own.
# Words with a capital are left out: a Russian text may be full of Kyrgyz names.
_PLAIN_WORD = re.compile(r"(?<!\w)[а-яёңүө][\u0400-\u04ff]*")
_KYRGYZ_LETTERS = re.compile("[ңүө]")
_KYRGYZ_WORDS = re.compile(
    r"\b(?:жана|менен|үчүн|боюнча|жөнүндө|катары|тарабынан|мыйзам\w*|кыргыз республикасынын|"
    r"керек|эмес|болгон)\b",
    re.IGNORECASE,
)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")

# Beyond this many characters the answer no longer changes.
_SAMPLE = 50_000


def detect_language(text: str) -> str | None:
    """`en`, `ru` or `ky`; None when the text holds no letters of either alphabet."""
    sample = text[:_SAMPLE]
    cyrillic = len(_CYRILLIC.findall(sample))
    latin = len(_LATIN.findall(sample))
    if not cyrillic and not latin:
        sample = text
        cyrillic = len(_CYRILLIC.findall(sample))
        latin = len(_LATIN.findall(sample))
    if not cyrillic and not latin:
        return None
    if latin >= cyrillic:
        return "en"
    plain = _PLAIN_WORD.findall(sample)
    marked = sum(1 for word in plain if _KYRGYZ_LETTERS.search(word))
    words = len(_KYRGYZ_WORDS.findall(sample))
    return "ky" if marked * 10 > len(plain) or words * 30 > len(plain) else "ru"
