"""How a service says no."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class Refused(Exception):
    """The change is not allowed as it stands; nothing was written.

    Its text is a sentence for the person; `field` names the part of the form they must look at
    ("" for the whole).
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class StaleRecord(Refused):
    """Somebody changed the row after the person had read it: what they saw is not so any more.

    What was changed since, and by whom, the page reads from the event log. `parts` narrows that
    to a part of the row: of a response, the numbers of the demands graded meanwhile.
    """

    def __init__(self, row: models.Model, parts: Collection[int] = ()) -> None:
        super().__init__("", _("Somebody changed this after you had read it. Read it again."))
        self.row = row
        self.parts = parts


def check_shown(row: Any, shown_version: int | None) -> None:
    """Raise StaleRecord for a row, locked, that is not at the version the person's page showed.

    None is a program that has just read it.
    """
    if shown_version is not None and row.version != shown_version:
        raise StaleRecord(row)
