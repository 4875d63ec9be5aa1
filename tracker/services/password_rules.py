"""What a password may not be: one that a patient guesser reaches early.

No rule about signs: length, and how many guesses it takes. The guesses are counted by zxcvbn,
which knows the 30,000 commonest passwords of known breaches, names, English words, keyboards,
dates, doublings and how people change letters into digits; Django's list of 20,000 passwords comes
beside it. Nothing is asked of another machine: a password that leaked elsewhere and is neither
common nor easy to guess is not recognised, nor is a single long word of Russian or Kyrgyz.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from tracker.models import User

ENOUGH = 10**10  # guesses; the library's “safe even if the stored proof is stolen”
LONGEST = 72  # letters the library looks at; what follows adds nothing
PRODUCT = {"tracker", "case", "cases", "appeal", "appeals", "demand", "password"}
# A Russian word typed on the keys of a Latin keyboard, or the other way round, is no other word.
RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
ON_LATIN_KEYS = str.maketrans(RUSSIAN_KEYS, LATIN_KEYS)


class NotGuessable:
    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        typed = password[:LONGEST]
        known = sorted(context_words(user))
        on_latin_keys = typed.lower().translate(ON_LATIN_KEYS)
        if min(guesses(typed, known), guesses(on_latin_keys, known)) < ENOUGH:
            sentence = _("Too easy to guess. Add a word or two that have nothing to do with it.")
            raise ValidationError(sentence, code="password_too_easy")

    def get_help_text(self) -> str:
        return _("Three or four words that have nothing to do with each other are good.")


def guesses(password: str, known: list[str]) -> int:
    return int(zxcvbn(password, user_inputs=known)["guesses"]) if password else 0


def context_words(user: User | None) -> set[str]:
    """What somebody who attacks this very account tries first: product, organisation, person."""
    texts = [urlsplit(settings.BASE_URL).hostname or "", settings.DEFAULT_FROM_EMAIL]
    if user is not None:
        texts += [user.email, user.name]
    parts = {part for text in texts for part in re.split(r"\W+", text.lower()) if len(part) > 2}
    return parts | PRODUCT
