"""The list of reminders: state, person, case, day, words."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker import permissions
from tracker.filters.base import CaseChoiceFilter, ListFilter, PersonFilter
from tracker.filters.demands import cases
from tracker.models import Mail, Reminder, User

STATES = [
    ("planned", _("planned")),
    ("waiting", _("waiting in an e-mail")),
    ("sent", _("sent")),
    ("failed", _("failed")),
    ("held", _("held for a person")),
    ("skipped", _("skipped")),
    ("cancelled", _("cancelled")),
]
IN_MAIL = Q(state=Reminder.State.IN_MAIL)
CONDITIONS = {
    "waiting": IN_MAIL & Q(mail__state__in=Mail.UNFINISHED),
    "failed": IN_MAIL & Q(mail__state=Mail.State.DEAD),
    "held": IN_MAIL & Q(mail__state=Mail.State.HELD),
}


def people(request: HttpRequest) -> QuerySet[User]:
    """Whose reminders one may look at, those who have left included."""
    staff = User.objects.visible_to(request.user).order_by("name", "pk")
    return staff if permissions.coordinates(request.user) else staff.filter(pk=request.user.pk)


class ReminderFilter(ListFilter):
    search_fields = ("deadline__title", "deadline__case__title", "deadline__case__reference")

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="in_state", empty_label=_("any")
    )
    person = PersonFilter(label=_("Person"), queryset=people, empty_label=_("everybody"))
    case = CaseChoiceFilter(
        label=_("Case"), queryset=cases, field_name="deadline__case", empty_label=_("all")
    )
    day = django_filters.DateFilter(
        label=_("Day"),
        field_name="fire_on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def in_state(self, queryset: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        return queryset.filter(CONDITIONS.get(value, Q(state=value)))
