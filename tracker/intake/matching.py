"""Which known office the words of an appeal mean, across languages and endings of cases."""

import re
from collections.abc import Hashable, Iterable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# The beginning of a word -> the words it stands for. Longer beginnings come first.
_MEANINGS = (
    (r"вице-президент", "vice president"),
    (r"президент", "president"),
    (r"премьер", "prime minister"),
    (r"генпрокур", "prosecutor general"),
    (r"генеральн", "general"),
    (r"военн|аскер", "military"),
    (r"прокур", "prosecutor"),
    (r"правительств|өкмөт", "government cabinet"),
    (r"кабинет|кабмин", "cabinet government"),
    (r"министр", "ministry"),
    (r"жогорк", "jogorku parliament"),
    (r"кен[еӊң]ш", "kenesh parliament"),
    (r"парламент|мажилис|депутат|дум[аеуы]", "parliament"),
    (r"верховн", "supreme"),
    (r"конституционн", "constitutional"),
    (r"суд|сот", "court"),
    (r"омбудс|акыйкатч|уполномоченн", "ombudsman akyikatchy"),
    (r"цик$", "central election commission"),
    (r"центральн|борбордук", "central"),
    (r"избират|шайлоо", "election"),
    (r"комисс", "commission"),
    (r"гкнб|укмк", "state committee national security"),
    (r"комитет", "committee"),
    (r"государств|мамлекет", "state"),
    (r"национальн|улуттук", "national"),
    (r"безопасн|коопсузд", "security"),
    (r"мвд|иим", "ministry internal affairs"),
    (r"мид", "ministry foreign affairs"),
    (r"минюст", "ministry justice"),
    (r"внутренн|ички", "internal"),
    (r"иностранн|тышкы", "foreign"),
    (r"дел$|делам|иштер", "affairs"),
    (r"юстиц|адилет", "justice"),
    (r"культур|маданият", "culture"),
    (r"информац|маалымат", "information"),
    (r"исполнени|гсин|жаза", "penitentiary"),
    (r"наказани", "penitentiary"),
    (r"служб", "service"),
    (r"предупрежд", "prevention"),
    (r"пыт[ок]", "torture"),
    (r"мэр|акимиат|шаар", "city hall mayor"),
    (r"бишкек", "bishkek"),
    (r"политическ|саяси", "political"),
    (r"парти", "parties"),
    (r"сил[аыу]?$", "forces"),
    (r"групп", "groups"),
    (r"гражданск|жаран", "civil"),
    (r"обществ|коом", "society"),
    (r"кыргыз|^кр$", "kyrgyz"),
    (r"казах|^рк$", "kazakhstan"),
    (r"узбек|^руз$", "uzbekistan"),
    (r"таджик|^рт$", "tajikistan"),
    (r"росси|^рф$", "russian"),
    (r"белар|белорус", "belarus"),
    (r"европ", "european"),
    (r"оон$", "un"),
    (r"обсе", "osce"),
    (r"бдипч", "odihr"),
    (r"прав$", "rights"),
    (r"человек", "human"),
)
_ENGLISH = {
    "kyrgyzstan": "kyrgyz",
    "kr": "kyrgyz",
    "kg": "kyrgyz",
    "minister": "ministry",
    "ministers": "ministry",
    "deputies": "parliament",
    "deputy": "parliament",
    "mps": "parliament",
    "kazakh": "kazakhstan",
    "uzbek": "uzbekistan",
    "tajik": "tajikistan",
    "russia": "russian",
    "electoral": "election",
    "cec": "election",
    "gknb": "security",
    "scns": "security",
    "interior": "internal",
    "procurator": "prosecutor",
    "prosecutors": "prosecutor",
    "attorney": "prosecutor",
    "party": "parties",
    "group": "groups",
    "mia": "internal",
    "mfa": "foreign",
    "parliamentary": "parliament",
    "chancellery": "president",
    "presidential": "president",
    "courts": "court",
    "judges": "court",
    "belarusian": "belarus",
}
# Words that tell no office from another.
_EMPTY = frozenset(
    {
        "the",
        "of",
        "and",
        "for",
        "on",
        "to",
        "republic",
        "federation",
        "s",
        "all",
        "its",
        "in",
        "a",
        "an",
        "mr",
        "ms",
    }
)
_STATES = frozenset({"kyrgyz", "kazakhstan", "uzbekistan", "tajikistan", "russian", "belarus"})
# The least likeness that is worth proposing; below it the person chooses alone.
_ENOUGH = 0.6


def meaning(words: str) -> frozenset[str]:
    """The words of an office as English stems, whatever language they stand in."""
    found: set[str] = set()
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", words.casefold()):
        if re.match(r"[\u0400-\u04ff]", word):
            translated = next((en for ru, en in _MEANINGS if re.match(ru, word)), "")
            # Endings change with the case, so a word not listed is told by its beginning.
            found.update(translated.split() or [word[:5]])
        else:
            for part in word.split("-"):
                found.add(_ENGLISH.get(part, part))
    return frozenset(
        word
        for word in found
        # “Republic” and the Kyrgyz “and”, cut or not: they stand in the name of every office.
        if word not in _EMPTY and not word.startswith("респу") and word != "жана"
    )


def likeness(asked: frozenset[str], known: frozenset[str]) -> float:
    """From 0 to 1; two offices of different states are never alike."""
    if asked & _STATES and known & _STATES and not asked & known & _STATES:
        return 0.0
    office, other = asked - _STATES, known - _STATES
    shared = len(office & other)
    if not shared:
        return 0.0
    # Between two offices of one name, the one of the state that was named.
    score = 2 * shared / (len(office) + len(other)) + (0.01 if asked & known & _STATES else 0.0)
    # "Parliament" names the Jogorku Kenesh (Parliament) although it says less.
    return max(score, 0.6 + score / 10) if office <= other else score


def best_match(words: str, names: Iterable[tuple[Key, str]]) -> Key | None:
    """The key of the name that means the same office; None where none does, or two do."""
    asked = meaning(words)
    rated = sorted(
        ((likeness(asked, meaning(name)), key) for key, name in names),
        key=lambda entry: entry[0],
        reverse=True,
    )
    if not rated or rated[0][0] < _ENOUGH:
        return None
    # A wrong office would start a wrong clock; an empty choice is noticed.
    if len(rated) > 1 and rated[0][0] == rated[1][0]:
        return None
    return rated[0][1]
