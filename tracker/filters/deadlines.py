"""The list of dates: window, kind, state, case, addressee, owner, words."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.filters.base import CaseChoiceFilter, ListFilter, PersonFilter
from tracker.filters.cases import authorities, people
from tracker.filters.demands import cases
from tracker.models import Deadline

WINDOWS = [
    ("overdue", _("the clock has run out")),
    ("unanswered", _("run out without an answer")),
    ("today", _("today")),
    ("week", _("the next 7 days")),
    ("month", _("the next 30 days")),
    ("passed", _("our own dates that have passed")),
]


class DeadlineFilter(ListFilter):
    search_fields = ("title", "case__title", "case__reference", "addressee__authority__name")

    due = django_filters.ChoiceFilter(
        label=_("When"), choices=WINDOWS, method="in_window", empty_label=_("any time")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Deadline.Kind.choices, empty_label=_("any")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=Deadline.State.choices, empty_label=_("open and paused")
    )
    case = CaseChoiceFilter(label=_("Case"), queryset=cases, empty_label=_("all"))
    addressee = django_filters.ModelChoiceFilter(
        label=_("Addressee"),
        queryset=authorities,
        field_name="addressee__authority",
        empty_label=_("any"),
    )
    owner = PersonFilter(
        label=_("Owner"), queryset=people, method="of_person", empty_label=_("anybody")
    )

    def filter_queryset(self, queryset: QuerySet[Deadline]) -> QuerySet[Deadline]:
        """Ended dates appear only when they are asked for."""
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.running()
        return super().filter_queryset(queryset)

    def in_window(self, queryset: QuerySet[Deadline], name: str, value: str) -> QuerySet[Deadline]:
        if value == "overdue":
            return queryset.overdue(self.on)
        if value == "unanswered":
            return queryset.unanswered(self.on)
        if value == "today":
            return queryset.for_today(self.on)
        if value == "passed":
            return queryset.passed(self.on)
        return queryset.due_soon(7 if value == "week" else 30, self.on)
