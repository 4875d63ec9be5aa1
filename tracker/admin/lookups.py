"""What an address may ask of a list: its declared filters, its dates, its search, and no more.

The framework answers any lookup on any column and on whatever points to the row. The number of
rows that come back then tells letter by letter what one may not see, and a regular expression in a
link keeps a process busy for as long as its writer likes.
"""

import datetime
import re

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.filters.base import LONGEST_SEARCH

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
KEY = re.compile(r"[0-9]{1,18}")
# Parameters of the page itself, and what they may hold; the others hold one short line.
OF_THE_PAGE = {
    ALL_VAR: None,
    ERROR_FLAG: None,
    IS_FACETS_VAR: None,
    IS_POPUP_VAR: None,
    SEARCH_VAR: None,
    ORDER_VAR: re.compile(r"-?[0-9]{1,2}(\.-?[0-9]{1,2})*|"),
    PAGE_VAR: re.compile(r"[0-9]{1,6}"),
    TO_FIELD_VAR: None,
}
YES_OR_NO = re.compile("True|False|1|0")
PARTS_OF_A_DAY = ("year", "month", "day")


def filtered_by(model: type[models.Model], item) -> tuple[str, models.Field]:
    """The path of one entry of `list_filter`, and the column at its end."""
    path = item[0] if isinstance(item, tuple | list) else item
    return path, get_fields_from_path(model, path)[-1]


def exact(path: str, field: models.Field) -> str:
    """How the framework's filters ask for one value of this column."""
    if field.is_relation:
        return f"{path}__{field.target_field.name}__exact"
    if field.choices or isinstance(field, models.BooleanField):
        return f"{path}__exact"
    return path


def is_day(parts: list[str | None]) -> bool:
    """Whether year, month and day, each asked only with the one before, are in the calendar.

    Neither end of it: the framework counts one year on, and to another clock.
    """
    year, month, day = parts
    if (month and not year) or (day and not month):
        return False
    try:
        asked = datetime.date(*(int(part or 1) for part in (year or "2000", month, day)))
    except (ValueError, OverflowError):
        return False
    return datetime.MINYEAR < asked.year < datetime.MAXYEAR


class DeclaredLookups:
    """For the admin of a table: permits what its `list_filter` and `date_hierarchy` declare."""

    def lookups(self) -> dict[str, models.Field | None]:
        """Each name that may stand in an address, and the column whose values it takes."""
        found: dict[str, models.Field | None] = {}
        for path, field in (filtered_by(self.model, item) for item in self.list_filter):
            found |= {exact(path, field): field, f"{path}__isnull": None}
        if self.date_hierarchy:
            found |= dict.fromkeys(f"{self.date_hierarchy}__{part}" for part in PARTS_OF_A_DAY)
        return found

    def lookup_allowed(self, lookup, value, request):
        return lookup in self.lookups()

    def odd_parameters(self, asked: QueryDict) -> set[str]:
        """The names of those that this list does not answer."""
        lookups = self.lookups()
        odd = {
            name
            for name, values in asked.lists()
            if name not in {**OF_THE_PAGE, **lookups}
            or not all(fits(name, value, lookups.get(name)) for value in values)
        }
        if asked.get(TO_FIELD_VAR, self.opts.pk.name) != self.opts.pk.name:
            odd.add(TO_FIELD_VAR)
        if self.date_hierarchy:
            day = [f"{self.date_hierarchy}__{part}" for part in PARTS_OF_A_DAY]
            if not is_day([asked.get(name) for name in day]):
                odd |= {name for name in day if name in asked}
        return odd

    def changelist_view(self, request, extra_context=None):
        if odd := self.odd_parameters(request.GET):
            # Leaving one out shows more rows, so that an action must not go on with the rest.
            messages.warning(
                request,
                ngettext(
                    "This list has no such filter, so it was left out.",
                    "This list has no such filters, so they were left out.",
                    len(odd),
                ),
            )
            return HttpResponseRedirect(without(request, odd | {ERROR_FLAG}))
        if ERROR_FLAG in request.GET:
            # Else the framework would call the next nonsense a broken database.
            request.GET = request.GET.copy()
            del request.GET[ERROR_FLAG]
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(KEY.fullmatch(key) for key in chosen):
            messages.warning(request, _("Choose rows of this list."))
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request, queryset, search_term):
        """Also what one types into a choice of rows, which no form has looked at."""
        words = CONTROL.sub(" ", search_term)[:LONGEST_SEARCH]
        return super().get_search_results(request, queryset, words)


def fits(name: str, value: str, field: models.Field | None) -> bool:
    """Whether a value is of a kind that may be asked for; `field` is the column that is asked."""
    if CONTROL.search(value) or len(value) > LONGEST_SEARCH:
        return False
    if pattern := OF_THE_PAGE.get(name):
        return bool(pattern.fullmatch(value))
    if name.endswith("__isnull"):
        return bool(YES_OR_NO.fullmatch(value))
    if field is None or field.is_relation:  # its filter answers for rows that may be seen
        return True
    try:
        field.run_validators(field.to_python(value))
    except ValidationError:
        return False
    return True


def without(request, names: set[str]) -> str:
    """The same list without these parameters."""
    rest = request.GET.copy()
    for name in names & rest.keys():
        del rest[name]
    return f"{request.path}?{rest.urlencode()}" if rest else request.path
