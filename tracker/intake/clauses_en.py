"""Where an English clause ends, and who is not asked by it."""

import re

REASON = re.compile(
    r",\s+(?:as|because|since|otherwise|for|so as|given that|considering that|"
    r"so that)\s+(?!well\b|soon\b)(?:(?:this|it|they|these|that|the|such|we|he|she|his|her|their|"
    r"its|there|any)\b|\w+\s+(?:would|will|is|are|has|have|was|were|can|could|may)\b)",
    re.IGNORECASE,
)

SUPPORTERS = re.compile(
    r"\b(?:sign (?:this|the|our) (?:petition|appeal|letter|statement)|share this|spread the word|"
    r"donate|subscribe|join us|write to (?:the|your)|"
    r"contact your|send (?:your )?(?:appeals|letters|e-?mails|messages)|check with|click|(?:see|"
    r"visit|read) (?:(?:the|our) (?:web ?)?site|more)|readers?\b|our (?:members|supporters)|"
    r"add your (?:name|signature)|follow us|retweet)\b",
    re.IGNORECASE,
)

LAW_SUBJECT = re.compile(
    r"\b(?:law|constitution|article|convention|covenant|code|rules?|principles?|situation|case|"
    r"circumstances|time|justice|letter)\b",
    re.IGNORECASE,
)


def clause_end(words: str, start: int, limit: int) -> int:
    reason = REASON.search(words, start + 20, limit)
    end = reason.start() if reason else limit
    tail = re.search(r"(?:,?\s+(?:and|but|while|as well as)|[,;])\s*$", words[start:end])
    return start + tail.start() if tail else end
