"""The names of feasts in the reader's language, where the `holidays` package has them."""

from datetime import date
from functools import lru_cache

import holidays

# Jurisdiction, our language: the package's language.
LANGUAGES = {
    ("KG", "ky"): "ky",
    ("KG", "ru"): "ru_KG",
    ("RU", "ru"): "ru",
    ("TJ", "ru"): "ru",
}


def local_name(code: str, day: date, language: str) -> str:
    """The feast of `day`, or "" where the package has no name in that language."""
    chosen = LANGUAGES.get((code, language))
    return _names(code, day.year, chosen).get(day, "") if chosen else ""


@lru_cache(maxsize=128)
def _names(code: str, year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays(code, years=year, language=language).items())
