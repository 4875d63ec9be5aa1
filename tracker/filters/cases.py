"""The case list: phase, issuer, addressee, lead, due window, words."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.filters.base import ListFilter, PersonFilter
from tracker.models import Authority, Case, Deadline, Phase, User
from tracker.reports.unscheduled import SILENT_DAYS, unmoved_cases

WINDOWS = [
    ("overdue", _("a clock has run out")),
    ("week", _("due within 7 days")),
    ("month", _("due within 30 days")),
    ("none", _("nothing scheduled")),
    ("silent", _("no movement for 60 days")),
]


def issuers(user: User) -> list[tuple[str, str]]:
    """Only the issuers of cases this person may see: a choice must not betray a hidden case."""
    # Read as rows: so it is noted that the issuer of a restricted case was shown.
    cases = Case.objects.visible_to(user).exclude(issuer="").only("issuer", "confidentiality")
    names = dict.fromkeys(case.issuer for case in cases.order_by("issuer"))
    return [(name, name if len(name) < 60 else f"{name[:57]}...") for name in names]


def authorities(request: HttpRequest) -> QuerySet[Authority]:
    return Authority.objects.visible_to(request.user).order_by("name", "pk")


def people(request: HttpRequest) -> QuerySet[User]:
    return User.objects.visible_to(request.user).active().order_by("name", "pk")


class CaseFilter(ListFilter):
    search_fields = ("title", "reference", "issuer", "summary", "demands__text")

    phase = django_filters.ChoiceFilter(
        label=_("Phase"), choices=Phase.choices, empty_label=_("any")
    )
    issuer = django_filters.ChoiceFilter(label=_("Issuer"), choices=[], empty_label=_("any"))
    addressee = django_filters.ModelChoiceFilter(
        label=_("Addressee"),
        queryset=authorities,
        field_name="addressees__authority",
        empty_label=_("any"),
        distinct=True,
    )
    lead = PersonFilter(label=_("Lead"), queryset=people, empty_label=_("anybody"))
    due = django_filters.ChoiceFilter(
        label=_("Dates"), choices=WINDOWS, method="in_window", empty_label=_("any")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["issuer"].extra["choices"] = issuers(self.request.user)

    def search(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return super().search(queryset, name, value).distinct()

    def in_window(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if value == "none":
            return queryset.without_next_date(self.on)
        if value == "silent":
            return unmoved_cases(queryset, days=SILENT_DAYS, on=self.on)
        dates = (
            Deadline.objects.overdue(self.on)
            if value == "overdue"
            else Deadline.objects.due_soon(7 if value == "week" else 30, self.on)
        )
        # Asked apart: joined to its deadlines, a case would stand in the list once for each.
        return queryset.filter(pk__in=dates.values("case"))
