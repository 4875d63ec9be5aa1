"""Which of the three working languages a text is written in."""

import re

# Letters that Kyrgyz adds to the Russian alphabet; Kazakh shares them but has more of its own.
_KYRGYZ_LETTERS = re.compile("[ңүөҢҮӨ]")
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
    letters = len(_KYRGYZ_LETTERS.findall(sample))
    words = len(_KYRGYZ_WORDS.findall(sample))
    # A Russian text may hold Kyrgyz names; one letter in fifty is beyond names.
    if letters * 50 > cyrillic or (words >= 3 and letters * 100 > cyrillic):
        return "ky"
    return "ru"
