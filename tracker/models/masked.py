"""Which columns of which rows are shown as a mask, to everybody and everywhere.

Whoever needs one asks for it, row by row, and that is recorded (`services/reveal.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.models.authorities import Authority

# In a form it stands for the value, which stays if the mask does. The same in every language, for
# a form may be opened in one and sent in another.
MASK = "••••••"


@dataclass(frozen=True)
class Hidden:
    """`words` stand on pages and in files instead of the first of `columns`."""

    columns: tuple[str, ...]
    words: Any
    when: Callable[[Any], bool]


HIDDEN = {
    "case": Hidden(("reply_address", "contacts"), _("contact hidden"), lambda case: True),
    "signatory": Hidden(
        ("name", "role", "place"), _("name withheld"), lambda signatory: signatory.at_risk
    ),
    "authority": Hidden(
        ("address", "email", "notes"),
        _("contact hidden"),
        lambda authority: authority.kind == Authority.Kind.PERSON,
    ),
}


def hidden_columns(row: models.Model) -> tuple[str, ...]:
    """The columns of this row that are masked and hold something; opens none of them."""
    hidden = HIDDEN.get(row._meta.model_name or "")
    if hidden is None or not hidden.when(row):
        return ()
    return tuple(name for name in hidden.columns if row.__dict__.get(name))


def shown(row: models.Model, column: str) -> str:
    """The value, or what stands for it."""
    hidden = hidden_columns(row)
    if column not in hidden:
        return getattr(row, column)
    named = HIDDEN[row._meta.model_name or ""]
    # One sentence for the row: three masks in a line tell no more.
    return f"({named.words})" if column == hidden[0] or column in NAMED_ALONE else ""


# Contacts stand under headings of their own; role and place of a signatory follow the name.
NAMED_ALONE = {"contacts", "address", "email", "notes", "reply_address"}
