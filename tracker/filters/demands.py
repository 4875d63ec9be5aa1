"""The demand list across cases: status, case, addressee, owner, what it needs, words."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.filters.base import CaseChoiceFilter, ListFilter, PersonFilter
from tracker.filters.cases import authorities, people
from tracker.models import Case, Demand, Status, StatusProposal

NEEDS = [
    ("review", _("its review day has come")),
    ("date", _("no next date")),
    ("grade", _("an answer waits to be graded")),
    ("confirm", _("a second person must confirm")),
]


def cases(request: HttpRequest) -> QuerySet[Case]:
    return Case.objects.visible_to(request.user).order_by("reference", "pk")


class DemandFilter(ListFilter):
    search_fields = ("text", "heading", "case__title", "case__reference")

    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Status.choices, empty_label=_("any")
    )
    case = CaseChoiceFilter(label=_("Case"), queryset=cases, empty_label=_("all"))
    addressee = django_filters.ModelChoiceFilter(
        label=_("Addressee"),
        queryset=authorities,
        field_name="addressees__authority",
        empty_label=_("any"),
        distinct=True,
    )
    owner = PersonFilter(
        label=_("Owner"), queryset=people, method="of_person", empty_label=_("anybody")
    )
    needs = django_filters.ChoiceFilter(
        label=_("Needs"), choices=NEEDS, method="in_need", empty_label=_("anything")
    )

    def in_need(self, queryset: QuerySet[Demand], name: str, value: str) -> QuerySet[Demand]:
        if value == "review":
            return queryset.review_due(self.on)
        if value == "date":
            return queryset.without_next_date(self.on)
        if value == "confirm":
            return queryset.filter(pk__in=StatusProposal.objects.waiting().values("demand"))
        return queryset.waiting_for_grades()
